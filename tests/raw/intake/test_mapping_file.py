from pathlib import Path

import pytest

from duonen_stats.errors import DataError, DictionaryError
from duonen_stats.raw.intake.mapping import AgeRule
from duonen_stats.raw.intake.mapping_file import read_mapping

GOOD = """
sources:
  - source: Lab export.xlsx
    table: labs
    columns: {Pacjent: SUBJID, Wizyta: VISIT}
    codes:
      VISIT: {1: T1, "2": V1}
    dates: {LBDT: DMY}
    decimal: comma
    separator: semicolon
    encoding: cp1250
"""

LONG = "long: {value: VALUE, "


def _read(tmp_path: Path, study, text: str):
    path = tmp_path / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    return read_mapping(path, study)


def test_a_mapping_file(tmp_path, study):
    mapping = _read(tmp_path, study, GOOD)
    (source,) = mapping.sources
    assert source.codes == {"VISIT": {"1": "T1", "2": "V1"}}
    assert mapping.of_file("LAB EXPORT.xlsx") == (source,)
    assert mapping.of_file("lab export.xlsx") == (source,)
    assert mapping.of_file("other.csv") == ()
    stated = source.stated(study.table("labs"))
    assert (stated.encoding, stated.separator) == ("cp1250", ";")
    assert {"Pacjent", "SUBJID"} <= stated.expected


@pytest.mark.parametrize("codes", ["1: F12", '"kontrola *": "F*"'])
def test_visits_of_late_follow_up_are_codes_without_an_end(tmp_path, study, codes):
    (source,) = _read(tmp_path, study, GOOD.replace("1: T1", codes)).sources
    assert "V1" in source.codes["VISIT"].values()
    with pytest.raises(DataError, match=r"there are T1, .*, V4, F1 and so on"):
        _read(tmp_path, study, GOOD.replace("1: T1", "1: G1"))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("table: labs", "table: blood"), "no table 'blood'"),
        (("Wizyta: VISIT", "Wizyta: VIZIT"), "no column 'VIZIT'"),
        (("Wizyta: VISIT", "Wizyta: SUBJID"), "two columns become SUBJID"),
        (("1: T1", "1: T9"), "'T9' is no code of VISIT"),
        (("1: T1", "No: T1"), "truth values"),
        (("LBDT: DMY", "VALUE: DMY"), "VALUE is not a column of dates"),
        (("LBDT: DMY", "LBDT: DM"), "expected one of DMY, MDY, YMD"),
        (("cp1250", "cp1250x"), "no encoding 'cp1250x'"),
        (("decimal: comma", "decimals: comma"), "unknown field 'decimals'"),
        (("sources:", "tables:"), "field sources is missing"),
        (("dates:", "header: 0\n    dates:"), "0 is not the number of a line"),
        (("dates:", "factors: {VALUE: 0}\n    dates:"), "factors: VALUE is 0"),
        (("dates:", "factors: {VALUE: -1}\n    dates:"), "has to be above 0"),
        (("dates:", "factors: {VISIT: 2}\n    dates:"), "VISIT is not a column of numbers"),
        (("dates:", "difference: {VALUE: a}\n    dates:"), "VALUE needs two columns or more"),
        (("dates:", "numbered: {VALUE: LBDT}\n    dates:"), "VALUE is not a column of whole numbers"),
        (("dates:", "join: {LABORATORY: []}\n    dates:"), "join: LABORATORY needs a column"),
        (("dates:", "first: {LABORATORY: []}\n    dates:"), "first: LABORATORY needs a column"),
        (("dates:", "stack: {VISIT: {T1: T1}}\n    dates:"), "needs one star"),
        (("dates:", "sheet_name: Lab\n    dates:"), "no column of the table in braces"),
        (("dates:", 'parts: {Nr: "{SITE}-*"}\n    dates:'), "no column 'SITE'"),
        (
            ("dates:", LONG + "names: ANALYTE, columns: {HB: HB}}\n    dates:"),
            "'HB' is no code of ANALYTE",
        ),
        (
            ("dates:", LONG + "names: [ANALYTE, UNIT], columns: {HB: HGB}}\n    dates:"),
            "has 1 values for",
        ),
        (("dates:", "constants: {VISIT: T1}\n    dates:"), "two columns become VISIT"),
        (("dates:", "only: {VISITS: {a: b}}\n    dates:"), "no column 'VISITS'"),
        (("Wizyta: VISIT", 'Wizyta: "*"'), "columns: 'Wizyta' needs one star"),
        (("1: T1", '"*": "X*"'), "'X*' is no code of VISIT"),
        (("1: T1", "1: F0"), "'F0' is no code of VISIT"),
        (("dates:", "limits_by_sex: {M: M, K: K}\n    dates:"), "K is 'K'; there are F, M"),
        (("dates:", "block: '*{VISIT}'\n    dates:"), "is any cell"),
        (("dates:", "block: A\n    title: '{LABORATORY}'\n    dates:"), "has no title besides"),
        (("dates:", "limits_by_sex: {M: M}\n    dates:"), "limits_by_sex: needs limits"),
        (("dates:", "marks: [g/l]\n    dates:"), "'g/l' may be part of"),
        (("dates:", "marks: '<'\n    dates:"), "'<' may be part of"),
        (("dates:", "limits_line: 0\n    dates:"), "0 is not the number of a line"),
        (("dates:", "limits_line: 2\n    limits: N\n    dates:"), "two columns become LLN"),
        (("dates:", "limits_line: 2\n    units_line: 2\n    dates:"), "2 is the line of more than one"),
    ],
)
def test_faults_are_all_named(tmp_path, study, change, fault):
    assert change[0] in GOOD
    with pytest.raises(DataError, match="The mapping file") as raised:
        _read(tmp_path, study, GOOD.replace(*change))
    assert fault in str(raised.value)


def test_records_are_numbered_within_patients(tmp_path, study):
    text = "sources:\n  - {source: a, table: data_cut, numbered: {LABEL: [CUTDT]}}"
    with pytest.raises(DataError, match="data_cut has no SUBJID"):
        _read(tmp_path, study, text)


def test_a_date_without_quotes_is_the_text_of_that_date(tmp_path, study):
    text = "sources:\n  - {source: a, table: labs, constants: {LBDT: 2024-01-05}, rows: {Day: [2024-01-05]}}"
    (source,) = _read(tmp_path, study, text).sources
    assert (source.constants["LBDT"], source.rows["Day"]) == ("2024-01-05", ("2024-01-05",))


def test_a_sheet_is_read_by_its_tables_or_as_a_whole(tmp_path, study):
    text = "sources:\n  - {source: x, table: labs, block: A}\n  - {source: x, table: dosimetry}\n"
    with pytest.raises(DataError, match="x has a block for one table, and needs one for dosimetry"):
        _read(tmp_path, study, text)


def test_a_source_twice(tmp_path, study):
    again = GOOD + GOOD.replace("\nsources:\n", "").replace("Lab export", "LAB EXPORT")
    with pytest.raises(DataError, match="more than once"):
        _read(tmp_path, study, again)


def test_yaml_is_loaded_safely(tmp_path, study):
    with pytest.raises(DictionaryError, match="not valid YAML"):
        _read(tmp_path, study, "sources: !!python/object/apply:os.system ['true']")


def test_the_dates_that_an_age_follows_from_have_an_order(tmp_path, study):
    text = "sources:\n  - {source: a, table: subjects, dates: {AGE: DMY}"
    mapping = _read(tmp_path, study, text + ", age: {birth: Born, 'on': RANDDT}}")
    assert mapping.sources[0].dates == {"AGE": "DMY"}
    with pytest.raises(DataError, match="AGE is not a column of dates"):
        _read(tmp_path, study, text + "}")


def test_a_source_of_several_tables_is_an_entry_for_each(tmp_path, study):
    text = """
sources:
  - source: a
    fill_down: ID
    columns: {ID: SUBJID}
    tables:
      - {table: labs, columns: {Day: LBDT}, rows: {Kind: lab}}
      - {table: follow_up, constants: {STATUS: ALIVE}}
"""
    labs, follow = _read(tmp_path, study, text).sources
    assert (labs.table, labs.fill_down, labs.rows) == ("labs", ("ID",), {"Kind": ("lab",)})
    assert labs.columns == {"ID": ("SUBJID",), "Day": ("LBDT",)}
    assert (follow.table, follow.columns) == ("follow_up", {"ID": ("SUBJID",)})
    with pytest.raises(DataError, match="give table or tables, not both"):
        _read(tmp_path, study, text.replace("    fill_down", "    table: labs\n    fill_down"))
    with pytest.raises(DataError, match="tables is a list of tables"):
        _read(tmp_path, study, "sources:\n  - {source: a, tables: labs}")


def test_faults_of_form_and_of_content_are_listed_together(tmp_path, study):
    text = GOOD.replace("decimal: comma", "decimal: commas").replace("Wizyta: VISIT", "Wizyta: VIZIT")
    text = text.replace("    codes:", "    code: {}\n    codes:").replace("LBDT: DMY", "LABDT: DMY")
    with pytest.raises(DataError, match="has 4 fault") as raised:
        _read(tmp_path, study, text)
    for fault in (
        "'commas'",
        "unknown field 'code'; did you mean codes?",
        "no column 'VIZIT'",
        "no column 'LABDT'",
    ):
        assert fault in str(raised.value)


def test_on_of_the_age_needs_no_quotes(tmp_path, study):
    path = tmp_path / "m.yaml"
    for on in ("on", '"on"'):
        path.write_text(
            f"sources: [{{source: x, table: subjects, age: {{birth: Born, {on}: RANDDT}}}}]\n", "utf-8"
        )
        assert read_mapping(path, study).sources[0].age == AgeRule(birth="Born", on="RANDDT")
