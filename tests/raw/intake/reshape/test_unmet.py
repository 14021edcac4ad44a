import pytest
from made_sheet import made_sheet

from duonen_stats.raw.cut import read_cut
from duonen_stats.raw.intake.mapping import LongForm, SourceMapping
from duonen_stats.raw.intake.reshape.apply import reshaped
from duonen_stats.raw.intake.reshape.unmet import unmet_findings


def _of(study, sheet, table="labs", **fields):
    entry = SourceMapping(source="x", table=table, **fields)
    held = reshaped(sheet, entry, study.table(table), study).named
    return [
        (one.rule, one.column, one.message) for one in unmet_findings(held, table, study.table(table).columns)
    ]


def test_a_value_of_rows_that_no_row_has_names_the_nearest(study):
    sheet = made_sheet({"Event": ["Cycle 1", "Cycle 2", "Baseline"], "SUBJID": ["P"] * 3})
    assert _of(study, sheet, rows={"Event": ("Cycel 1", "Cycle 2")}) == [
        (
            "RD-NOMATCH",
            None,
            "rows of the mapping file: Event has no value 'Cycel 1', but 'Cycle 1'; correct the one in the mapping "
            "file, unless both are meant.",
        )
    ]
    ((rule, _, message),) = _of(study, sheet, rows={"Event": ("Wizyta 1",)})
    assert rule == "RD-NOMATCH"
    assert "so no row was chosen; it has 'Cycle 1', 'Cycle 2', 'Baseline'." in message


def test_a_value_that_differs_in_its_number_only_is_another_value(study):
    sheet = made_sheet({"Event": ["cycle_1", "cycle_2"], "SUBJID": ["P", "P"]})
    assert [rule for rule, *_ in _of(study, sheet, rows={"Event": ("cycle_1", "cycle_3")})] == ["RD-UNMET"]


@pytest.mark.parametrize("field", ["left_out", "only"])
def test_totals_and_conditions_are_held_against_the_source(study, field):
    sheet = made_sheet({"Typ": ["suma", "1"], "SUBJID": ["P", "P"], "LBDT": ["", ""]})
    wanted = {"left_out": {"Typ": ("sumaa",)}, "only": {"LBDT": {"Typ": ("sumaa",)}}}[field]
    ((rule, column, message),) = _of(study, sheet, **{field: wanted})
    assert (rule, column) == ("RD-NOMATCH", None)
    assert message.startswith(f"{field} of the mapping file: Typ has no value 'sumaa', but 'suma'")


def test_codes_are_held_against_values_labels_and_stars(study):
    sheet = made_sheet(
        {"SEX": ["Kobeta", "M", "1"], "SUBJID": ["P", "Q", "R"]}, labels={"SEX": {"1": "Mężczyzna"}}
    )
    codes = {"SEX": {"Kobieta": "F", "mężczyzna": "M", "x*": "F", "*": "M"}}
    assert [(rule, column) for rule, column, _ in _of(study, sheet, "subjects", codes=codes)] == [
        ("RD-UNMET", "SEX")
    ]
    without_rest = {"SEX": {"Kobieta": "F", "mężczyzna": "M", "x*": "F"}}
    found = _of(study, sheet, "subjects", codes=without_rest)
    assert [(rule, column) for rule, column, _ in found] == [("RD-NOMATCH", "SEX"), ("RD-UNMET", "SEX")]
    assert found[1][2] == "codes of the mapping file: SEX has no value 'x*'."


def test_what_one_of_several_files_has_is_there(study, worked):
    worked.read()
    text = (worked.folder / "subjects.csv").read_text(encoding="utf-8").replace(",A,", ",Ramie A,")
    header, first, second = text.splitlines()
    (worked.folder / "subjects.csv").unlink()
    for name, line in (("pac 1.csv", first), ("pac 2.csv", second)):
        (worked.folder / name).write_text(f"{header}\n{line}\n", encoding="utf-8")
    mapping = "sources: [{source: pac *, table: subjects, codes: {ARM: {Ramie A: A, Ramie B: B}}}]\n"
    (worked.folder / "mapping.yaml").write_text(mapping, encoding="utf-8")
    found = [
        one for one in read_cut(study, worked.folder).findings if one.rule.startswith(("RD-UNM", "RD-NOM"))
    ]
    assert [(one.rule, one.table, one.column) for one in found] == [("RD-UNMET", "subjects", "ARM")]
    assert "'Ramie B'" in found[0].message


def test_a_value_of_another_table_of_the_source_is_no_spelling_of_one(study, worked):
    worked.read()
    (worked.folder / "labs.csv").unlink()
    lines = [
        "Form,SUBJID,VISIT,LBDT,ANALYTE,VALUE,UNIT",
        "form_lab,P-1,T1,2023-01-01,HGB,12,g/dL",
        "form_labs,P-1,,,,,",
    ]
    (worked.folder / "all.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    mapping = "sources: [{source: all.csv, tables: [{table: labs, rows: {Form: [form_lab, form_laps]}}%s]}]\n"
    for other, rule in (("", "RD-NOMATCH"), (", {table: enrolment, rows: {Form: form_labs}}", "RD-UNMET")):
        (worked.folder / "mapping.yaml").write_text(mapping % other, encoding="utf-8")
        found = [one.rule for one in read_cut(study, worked.folder).findings if one.table == "labs"]
        assert [one for one in found if one in {"RD-NOMATCH", "RD-UNMET"}] == [rule]


def test_records_without_a_code_are_counted_by_value(study):
    sheet = made_sheet({"SUBJID": ["P", "Q"], "Hb": ["12", "13"], "MCV": ["90", ""], "Hbb": ["1", "2"]})
    long = LongForm(
        value="VALUE", names=("ANALYTE",), columns={"Hb": ("HGB",), "MCV": ("MCV",), "Hbb": ("Haemoglobinn",)}
    )
    entry = SourceMapping(source="x", table="labs", long=long, only_codes=("ANALYTE",))
    found = reshaped(sheet, entry, study.table("labs"), study)
    (note,) = [one for one in found.sheet.findings if one.rule == "RD-ONLYCODES"]
    assert (note.severity, note.column) == ("note", "ANALYTE")
    assert note.message == (
        "3 records have no code of ANALYTE and were left out: 'Haemoglobinn' 2 (similar to 'Hemoglobin'), 'MCV' 1."
    )
    assert len(found.sheet.numbers) == 2
