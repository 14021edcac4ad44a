import pytest

from duonen_stats.raw.intake.mapping import CutMapping, LongForm, SourceMapping


@pytest.mark.parametrize(
    ("source", "name", "found"),
    [
        ("wyniki 2025", "Wyniki_2025.XLSX", True),
        ("wyniki*", "wyniki_osrodki.csv", True),
        ("*/labs.csv", "osrodek 02/labs.csv", True),
        ("labs", "labs_old.csv", False),
    ],
)
def test_a_source_is_found_by_its_name(source, name, found):
    assert SourceMapping(source=source, table="labs").is_of(name) == found


def test_a_worksheet_is_named_alone_or_with_its_file():
    alone = SourceMapping(source="Ośrodek *", table="labs")
    both = SourceMapping(source="wyniki.xlsx", sheet="Ośrodek *", table="labs")
    mapping = CutMapping(sources=(alone, both))
    assert mapping.of_worksheet("Wyniki.xlsx", "OŚRODEK 02") == (alone, both)
    assert mapping.of_worksheet("other.xlsx", "Ośrodek 02") == (alone,)
    assert mapping.of_file("wyniki.xlsx") == ()


def test_columns_come_from_the_names_of_file_and_worksheet():
    entry = SourceMapping(
        source="*", table="labs", file_name="lab/{SUBJID}_results", sheet_name="Wizyta {VISIT}"
    )
    assert entry.named_constants("lab/01-007_results.xlsx", "wizyta T1") == (
        {"SUBJID": "01-007", "VISIT": "T1"},
        [],
    )
    assert entry.named_constants("lab/01-007.xlsx", None) == ({}, ["lab/{SUBJID}_results", "Wizyta {VISIT}"])


def test_what_an_entry_names_and_what_it_fills():
    long = LongForm(value="VALUE", names=("ANALYTE",), columns={"HGB": ("HGB",)})
    entry = SourceMapping(
        source="x", table="labs", columns={"Nr": ("SUBJID",)}, long=long, limits="Zakres", parts={"Id": "{VISIT}-*"},
        rows={"Typ": ("lab",)}, carry={"Nr": "Rekord"}, constants={"LABORATORY": "LAB-01"},
    )  # fmt: skip
    assert {*entry.source_columns()} == {"Nr", "HGB", "Rekord", "Typ", "Id", "Zakres"}
    assert {*entry.filled_columns()} == {
        "SUBJID", "VALUE", "ANALYTE", "LABORATORY", "VISIT", "LLN", "ULN",
    }  # fmt: skip
