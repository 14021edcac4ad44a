import json

import pytest
from made_sheet import texts_held

from duonen_stats.raw.intake.readers.dataset_json import read_dataset_json, read_dataset_ndjson

COLUMNS = [
    {"itemOID": "IT.SUBJID", "name": "SUBJID", "label": "Subject", "dataType": "string", "length": 8},
    {
        "itemOID": "IT.VALUE",
        "name": "VALUE",
        "label": "Value",
        "dataType": "decimal",
        "targetDataType": "decimal",
    },
    {"itemOID": "IT.N", "name": "N", "label": "Number", "dataType": "integer"},
    {"itemOID": "IT.LBDT", "name": "LBDT", "label": "Date", "dataType": "date", "targetDataType": "integer"},
    {"itemOID": "IT.LBDTM", "name": "LBDTM", "label": "Date", "dataType": "datetime"},
]
ROWS = [
    ["01", "1.50", 3, "2024-02-29", "2024-02-29T08:30:00"],
    ["Łódź", "", None, "2024-02", "2024-02-29T00:00:00"],
    ["03", "n/a", -1, None, None],
]
ABOUT = {"datasetJSONVersion": "1.1.0", "itemGroupOID": "IG.LB", "records": 3, "name": "LB", "label": "Labs"}


def _whole(**more) -> bytes:
    return json.dumps({**ABOUT, "columns": COLUMNS, "rows": ROWS, **more}).encode()


def _lines(rows=ROWS, **more) -> bytes:
    first = {**ABOUT, "columns": COLUMNS, **more}
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in [first, *rows]).encode()


@pytest.mark.parametrize(("read", "data"), [(read_dataset_json, _whole()), (read_dataset_ndjson, _lines())])
def test_values_as_the_types_of_their_columns_say(read, data):
    sheet = read(data, "labs")
    assert [(line, *cells.values()) for line, cells in sheet.rows] == [
        (1, "01", "1.50", "3", "2024-02-29", "2024-02-29 08:30:00"),
        (2, "Łódź", "", "", "2024-02", "2024-02-29"),
        (3, "03", "n/a", "-1", "", ""),
    ]
    assert texts_held(sheet) == {"SUBJID": ["01", "Łódź", "03"], "VALUE": ["n/a"], "N": [], "LBDT": ["2024-02"],
                                 "LBDTM": []}  # fmt: skip
    assert (sheet.form, sheet.findings) == ({"format": "Dataset-JSON"}, ())


def test_a_record_with_a_value_too_many_or_too_few_is_not_read():
    sheet = read_dataset_json(_whole(rows=[ROWS[0], [*ROWS[1], "x"], ROWS[2][:3]]), "labs")
    assert [(one.rule, one.row) for one in sheet.findings] == [("RD-RAGGED", 2), ("RD-RAGGED", 3)]


@pytest.mark.parametrize(
    ("read", "data"), [(read_dataset_json, _whole(records=4)), (read_dataset_ndjson, _lines(ROWS[:2]))]
)
def test_a_file_without_some_of_its_records_is_not_read(read, data):
    (found,) = read(data, "labs").findings
    assert (found.rule, "records, and has" in found.message) == ("RD-UNREADABLE", True)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"[1, 2]", "no rows"),
        (b'{"clinicalData": {}}', "no columns"),
        (_whole(rows=7), "no rows"),
        (_whole(columns=[{"label": "x"}]), "a column has no name"),
        (_whole(rows=[{}], records=1), "record 1 is no list"),
        (_whole().replace(b"-1", b"NaN"), "NaN is no number"),
        (b'{"rows": [], "rows": []}', "twice"),
        (_whole()[:-5], "cut off"),
        (b"[" * 100_000, "RecursionError"),
    ],
)
def test_what_is_no_dataset_json(data, why):
    (found,) = read_dataset_json(data, "labs").findings
    assert (found.rule, why in found.message) == ("RD-UNREADABLE", True), found.message
