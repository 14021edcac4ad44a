import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_sheet import made_sheet

from duonen_stats.raw import read_cut
from duonen_stats.raw.intake.convert import raw_csv, typed_table
from duonen_stats.raw.intake.readers.delimited import read_csv
from duonen_stats.study import RawColumn, RawTable
from duonen_stats.study.shipped_files import cohort_path

TABLE = RawTable(
    name="things",
    label="Things",
    rows="any",
    key=("SUBJID",),
    columns=(
        RawColumn(name="SUBJID", label="Patient", type="text"),
        RawColumn(name="COUNT", label="Count", type="integer"),
        RawColumn(name="SIZE", label="Size", type="number"),
        RawColumn(name="DAY", label="Day", type="date"),
    ),
)


def _one(column: str, text: str):
    sheet = made_sheet({"SUBJID": ["P-1"], "COUNT": [""], "SIZE": [""], "DAY": [""], column: [text]}, first=2)
    frame, findings = typed_table(sheet, TABLE)
    return frame[column].iloc[0], findings


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("COUNT", "12", 12),
        ("COUNT", "-3", -3),
        ("COUNT", "12.0", 12),
        ("SIZE", "12.5", 12.5),
        ("SIZE", ".5", 0.5),
        ("SIZE", "+1e3", 1000.0),
        ("DAY", "2024-02-29", pd.Timestamp("2024-02-29")),
        ("SUBJID", "001", "001"),
        ("SUBJID", "NA", "NA"),
    ],
)
def test_cells_that_convert(column, text, value):
    assert _one(column, text) == (value, ())


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("COUNT", "12.5"),
        ("COUNT", "1e3"),
        ("COUNT", "1_000"),
        ("COUNT", "9" * 30),
        ("COUNT", "٣"),
        ("SIZE", "12,5"),
        ("SIZE", "<5"),
        ("SIZE", "nan"),
        ("SIZE", "inf"),
        ("SIZE", "1e999"),
        ("SIZE", "NA"),
        ("DAY", "2023-02-29"),
        ("DAY", "31.12.2023"),
        ("DAY", "20231231"),
        ("DAY", "2023-W01-1"),
        ("DAY", "2023-12"),
        ("DAY", "0023-12-31"),
        ("DAY", "2203-12-31"),
    ],
)
def test_cells_that_do_not_convert_are_missing_and_found(column, text):
    value, (found,) = _one(column, text)
    assert pd.isna(value)
    assert (found.severity, found.rule, found.row, found.column, found.subject) == (
        "error",
        "DD-TYPE",
        2,
        column,
        "P-1",
    )
    assert text[:20] in found.message


def test_empty_cells_are_missing_without_a_finding():
    frame, findings = typed_table(read_csv(b"SUBJID,COUNT,SIZE,DAY\n,,,\nP-1,,,\n", "things"), TABLE)
    assert findings == ()
    assert frame[["COUNT", "SIZE", "DAY"]].isna().all(axis=None)


@pytest.mark.parametrize(
    "text", [b"SUBJID,COUNT,SIZE,DAY\n", b"SUBJID,COUNT,SIZE,DAY\nP-1,1,2.5,2024-01-01\n", b""]
)
def test_types_are_those_of_the_dictionary_whatever_the_file_holds(text):
    frame, _ = typed_table(read_csv(text, "things"), TABLE)
    assert [*frame.columns] == ["SUBJID", "COUNT", "SIZE", "DAY", "_ROW"]
    assert frame.dtypes.astype(str).to_dict() == {
        "SUBJID": "object",
        "COUNT": "Int64",
        "SIZE": "float64",
        "DAY": "datetime64[ns]",
        "_ROW": "int64",
    }


def test_columns_too_few_and_too_many():
    frame, findings = typed_table(
        read_csv(b"SUBJID,COUNT,DAY,COLOUR\nP-1,1,2024-01-01,red\n", "things"), TABLE
    )
    assert [(one.rule, one.severity, one.column) for one in findings] == [
        ("DD-COLUMN", "error", "SIZE"),
        ("DD-UNKNOWN", "note", "COLOUR"),
    ]
    assert frame["SIZE"].isna().all()
    assert "COLOUR" not in frame.columns


@pytest.mark.law
@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["COUNT", "SIZE", "DAY"]),
    st.text(alphabet="0123456789-+.eE_,/ :TZ", min_size=1, max_size=12),
)
def test_a_cell_is_either_a_value_or_a_finding(column, text):
    value, findings = _one(column, text)
    assert pd.isna(value) == (len(findings) == 1)


@pytest.mark.law
@settings(max_examples=100, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_as_python_writes_it_comes_back(number):
    assert _one("SIZE", repr(number)) == (number, ())


def test_a_date_in_another_form_is_told_the_form():
    (found,) = _one("DAY", "15.03.2024")[1]
    assert found.message == (
        "Expected a date written as YYYY-MM-DD, from 1900 to 2099, found '15.03.2024'; correct the cell."
    )


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("SIZES", "did you mean it by 'SIZES'? Rename that column, or map it in the mapping file."),
        ("COLOUR", "add it, empty if need be."),
    ],
)
def test_a_missing_column_names_the_one_that_is_much_like_it(name, advice):
    sheet = made_sheet({"SUBJID": ["P-1"], "COUNT": [""], name: [""], "DAY": [""]}, first=2)
    found = {one.rule: one.message for one in typed_table(sheet, TABLE)[1]}
    assert found["DD-COLUMN"] == f"Column SIZE is missing; {advice}"


def test_reading_what_was_written_gives_the_same_tables(cut, study, tmp_path):
    for table in study.tables:
        (tmp_path / f"{table.name}.csv").write_bytes(raw_csv(cut.tables[table.name], table))
    again = read_cut(study, tmp_path)
    for name, frame in cut.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], frame)


def test_numbers_are_as_short_as_they_can_be(cut, study):
    first = raw_csv(cut.tables["administrations"], study.table("administrations")).decode().splitlines()
    assert first[:2] == [
        "SUBJID,CYCLE,EXDT,LU177_MBQ,Y90_MBQ,LU177_SET_MBQ,Y90_SET_MBQ,REASON",
        "01-001,T1,2022-02-04,3721,1826,3700,1850,PLANNED",
    ]
    arm_a = next(line for line in first if ",," in line)
    assert arm_a.split(",")[4] == ""


def test_the_shipped_subjects_come_out_byte_for_byte_but_for_trailing_zeros(cut, study):
    shipped = (cohort_path() / "disposition.csv").read_bytes()
    assert raw_csv(cut.tables["disposition"], study.table("disposition")) == shipped


def test_text_with_commas_and_missing_values(study):
    table = study.table("disposition")
    frame = pd.DataFrame(
        {
            "SUBJID": ["1"], "STATUS": ["COMPLETED"], "DSDT": pd.to_datetime([None]), "REASON": [None],
            "DETAIL": ['a, "b"'], "_ROW": [2],
        }
    )  # fmt: skip
    assert raw_csv(frame, table).decode().splitlines()[1] == '1,COMPLETED,,,"a, ""b"""'


def test_very_many_unknown_columns_are_one_note():
    names = [f"X{number}" for number in range(10_000)]
    sheet = read_csv(",".join(["SUBJID", *names]).encode() + b"\n" + b"," * 10_000 + b"\n", "things")
    _, findings = typed_table(sheet, TABLE)
    (note,) = (one for one in findings if one.rule == "DD-UNKNOWN")
    assert note.message.startswith(
        "10000 columns are not in the data dictionary and were not read: 'X0', 'X1',"
    )
    assert len(findings) == 4
