import pytest

from duonen_stats.errors import DataError
from duonen_stats.raw.blinded_view import read_blinded_cut, readable
from duonen_stats.raw.intake.mapping_file import read_mapping
from duonen_stats.raw.planning_cut import read_planning_cut
from duonen_stats.raw.withheld import require_open_choice, withheld_columns

REFUSED = [
    "{source: x, table: labs, columns: {Ramię: LABORATORY}, rows: {Ramię: A}}",
    "{source: x, table: labs, left_out: {arm: B}}",
    "{source: x, table: labs, filled: Treatment arm}",
    "{source: x, tables: [{table: subjects, columns: {grp: ARM}}, {table: labs, rows: {GRP: '1'}}]}",
    "{source: x, table: follow_up, only: {DEATHDT: {Arm: A}}}",
    "{source: x, table: administrations, columns: {lu: LU177_MBQ}, filled: lu}",
    "{source: x, table: subjects, only_codes: ARM}",
    "{source: x, table: adverse_events, columns: {act: ACTION}, empty: act}",
    '{source: x, table: adverse_events, columns: {"ae_*": "*"}, filled: ae_action}',
]
TAKEN = [
    '{source: x, table: adverse_events, columns: {"ae_*": "*"}, filled: ae_term}',
    "{source: x, table: labs, rows: {Form: lab}, left_out: {Typ: suma}}",
    "{source: x, table: administrations, filled: adm_start, columns: {adm_start: EXDT, lu: LU177_MBQ}}",
    "{source: x, table: subjects, columns: {grp: ARM}, only: {ARM: {grp: A}}}",
    "{source: x, table: dosimetry, rows: {Arm: A}}",
    "{source: x, tables: [{table: subjects, columns: {a: ARM}}, {table: labs, rows: {form: lab}}]}",
]


def _mapping(tmp_path, study, entry):
    path = tmp_path / "m.yaml"
    path.write_text(f"sources: [{entry}]\n", encoding="utf-8")
    return read_mapping(path, study)


@pytest.mark.parametrize("entry", REFUSED)
def test_records_chosen_by_what_tells_the_arm_are_refused(tmp_path, study, entry):
    with pytest.raises(DataError, match=r"chooses rows of .* which reveals the arm"):
        require_open_choice(_mapping(tmp_path, study, entry), study)


@pytest.mark.parametrize("entry", TAKEN)
def test_records_chosen_by_other_columns_are_taken(tmp_path, study, entry):
    require_open_choice(_mapping(tmp_path, study, entry), study)


def test_blinded_reports_and_planning_ask(cohort_copy, study, tmp_path):
    path = tmp_path / "m.yaml"
    path.write_text("sources: [{source: labs.csv, table: labs, rows: {ARM: A}}]\n", encoding="utf-8")
    for read in (read_blinded_cut, read_planning_cut):
        with pytest.raises(DataError, match="reveals the arm"):
            read(study, cohort_copy, mapping=path)


def test_what_is_withheld_is_what_is_not_readable(study):
    for table in study.tables:
        every = {column.name for column in table.columns}
        assert {*readable(study).get(table.name, ())} == (
            set() if table.name == "dosimetry" else every - withheld_columns(study, table.name)
        )
