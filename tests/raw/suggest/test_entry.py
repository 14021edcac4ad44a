import pytest
from raw.suggest.test_which_table import made_sheet

from duonen_stats.raw.suggest.entry import entry_of
from duonen_stats.raw.suggest.which_table import tables_in


@pytest.mark.parametrize(
    ("table", "columns", "numbered"),
    [
        ("concomitant_therapies", ("Patient", "Therapy", "Start date"), {"CMSEQ": ["STARTDT", "TERM"]}),
        ("protocol_deviations", ("Patient", "Deviation date", "Deviation"), {"DVSEQ": ["DVDT", "TERM"]}),
    ],
)
def test_tables_of_later_years_are_found_and_their_records_numbered(study, table, columns, numbered):
    sheet = made_sheet({name: ["x"] for name in columns})
    assert tables_in(sheet, study, "x") == [table]
    assert entry_of(sheet, study.table(table), study, "x.csv", None).fields["numbered"] == numbered
