from io import BytesIO

import pytest

from duonen_stats.errors import OtherFormatError, UnreadableFileError
from duonen_stats.raw.intake.readers import odm
from duonen_stats.raw.intake.readers.odm import open_odm
from duonen_stats.raw.intake.reshape.header import FileDescription

METADATA = """<Study OID="S"><BasicDefinitions>
<MeasurementUnit OID="MU_GL" Name="g/L"><Symbol><TranslatedText>g/L</TranslatedText></Symbol></MeasurementUnit>
<MeasurementUnit OID="MU_GDL" Name="g/dL"/></BasicDefinitions><MetaDataVersion OID="V">
<ItemDef OID="I_DT" Name="LBDT" DataType="datetime"/>
<ItemDef OID="I_HGB" Name="HGB" DataType="float"><MeasurementUnitRef MeasurementUnitOID="MU_GDL"/></ItemDef>
<ItemDef OID="I_HGB_2" Name="HGB" DataType="float"><MeasurementUnitRef MeasurementUnitOID="MU_GL"/></ItemDef>
<ItemDef OID="I_ST" Name="STARTDT" DataType="partialDate"/>
<ItemDef OID="I_SEX" Name="SEX" DataType="text"><CodeListRef CodeListOID="CL"/></ItemDef>
<CodeList OID="CL"><CodeListItem CodedValue="1"><Decode><TranslatedText>F</TranslatedText></Decode></CodeListItem>
</CodeList></MetaDataVersion></Study>"""

NAMESPACES = 'xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:oc="http://example.org/oc"'


def _odm(body: str, kind: str = "Snapshot", **more: str):
    attributes = " ".join(f'{name}="{value}"' for name, value in more.items())
    text = f'<ODM {NAMESPACES} FileType="{kind}" {attributes}>{METADATA}{body}</ODM>'
    return open_odm(BytesIO(text.encode()))


def _subject(key: str, *groups: str, own: str = "", site: str = "S", action: str = "") -> str:
    named = f' oc:StudySubjectID="{own}"' if own else ""
    said = f' TransactionType="{action}"' if action else ""
    forms = "".join(
        f'<StudyEventData StudyEventOID="SE" StudyEventRepeatKey="{number}"><FormData FormOID="F">{group}'
        "</FormData></StudyEventData>"
        for number, group in enumerate(groups, 1)
    )
    return (
        f'<ClinicalData StudyOID="{site}" MetaDataVersionOID="V">'
        f'<SubjectData SubjectKey="{key}"{named}{said}>{forms}</SubjectData></ClinicalData>'
    )


def _group(*items: str, key: str = "1", oid: str = "IG", action: str = "") -> str:
    said = f' TransactionType="{action}"' if action else ""
    return f'<ItemGroupData ItemGroupOID="{oid}" ItemGroupRepeatKey="{key}"{said}>{"".join(items)}</ItemGroupData>'


def _item(oid: str, value: str, unit: str = "", **more: str) -> str:
    attributes = " ".join(f'{name}="{text}"' for name, text in more.items())
    inner = f'<MeasurementUnitRef MeasurementUnitOID="{unit}"/>' if unit else ""
    return f'<ItemData ItemOID="{oid}" Value="{value}" {attributes}>{inner}</ItemData>'


def _rows(opened, title="IG", *names: str, expected: frozenset[str] = frozenset()):
    sheet = opened.read(title, "labs", FileDescription(expected=expected))
    return [tuple(cells.get(name) for name in names) for _, cells in sheet.rows]


def test_each_item_group_is_a_sheet_whose_rows_know_their_place():
    body = _subject("SS_1", _group(_item("I_SEX", "1")), own="01-001", site="S_01")
    body += _subject(
        "SS_2", _group(_item("I_SEX", "2"), oid="IG_2"), _group(_item("I_SEX", "1")), site="S_02"
    )
    opened = _odm(body)
    assert opened.titles == ["IG", "IG_2"]
    names = (
        "STUDYOID",
        "SUBJECTKEY",
        "STUDYSUBJECTID",
        "STUDYEVENTOID",
        "STUDYEVENTREPEATKEY",
        "FORMOID",
        "SEX",
    )
    assert _rows(opened, "IG", *names) == [
        ("S_01", "SS_1", "01-001", "SE", "1", "F", "1"),
        ("S_02", "SS_2", "SS_2", "SE", "2", "F", "1"),
    ]
    sheet = opened.read("IG", "labs", FileDescription())
    assert (sheet.lines, sheet.labels["SEX"], sheet.header[0]) == (2, {"1": "F"}, "StudyOID")
    assert sheet.form == {"format": "CDISC ODM-XML", "worksheet": "IG"}


def test_values_as_attributes_and_as_elements_with_a_type():
    typed = '<ItemDataFloat ItemOID="I_HGB" MeasurementUnitOID="MU_GL"> 120.5 </ItemDataFloat>'
    typed += '<ItemDataPartialDate ItemOID="I_ST">2023-05</ItemDataPartialDate>'
    body = _subject("1", _group(typed), _group(_item("I_HGB", "12.1"), _item("I_ST", "2023")))
    assert _rows(_odm(body), "IG", "HGB", "HGB.UNIT", "STARTDT") == [
        ("120.5", "g/L", "2023-05"),
        ("12.1", "g/dL", "2023"),
    ]


def test_the_unit_of_a_value_wins_over_that_of_its_item():
    body = _subject("1", _group(_item("I_HGB", "121", unit="MU_GL")))
    assert _rows(_odm(body), "IG", "HGB", "HGB.UNIT") == [("121", "g/L")]


def test_items_of_two_versions_of_a_form_are_one_column_if_no_row_has_both():
    old, new = _group(_item("I_HGB", "12.1")), _group(_item("I_HGB_2", "121"))
    apart = _odm(_subject("1", old, new))
    assert _rows(apart, "IG", "HGB", "HGB.UNIT") == [("12.1", "g/dL"), ("121", "g/L")]
    both = _odm(_subject("1", _group(_item("I_HGB", "12.1"), _item("I_HGB_2", "121"))))
    assert _rows(both, "IG", "HGB", "I_HGB", "I_HGB_2") == [(None, "12.1", "121")]


def test_an_item_is_there_by_its_oid_if_that_is_expected():
    opened = _odm(_subject("1", _group(_item("I_HGB", "12.1"))))
    assert _rows(opened, "IG", "HGB", "I_HGB", "I_HGB.UNIT", expected=frozenset({"i_hgb"})) == [
        (None, "12.1", "g/dL")
    ]


def test_null_flavours_and_known_empty_values_are_missing_with_their_reason():
    null = '<ItemData ItemOID="I_HGB" IsNull="Yes"/>'
    body = _subject("1", _group(_item("I_HGB", "NASK")), _group(null), _group(_item("I_HGB", "13")))
    sheet = _odm(body).read("IG", "labs", FileDescription())
    assert [cells["HGB"] for _, cells in sheet.rows] == ["", "", "13"]
    assert [(one.line, one.column, one.code, one.label) for one in sheet.missing] == [
        (1, "HGB", "NASK", "not asked"),
        (2, "HGB", "IsNull", "marked as known to be empty"),
    ]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("2023-05--", "2023-05"),
        ("2023----", "2023"),
        ("--05-17", ""),
        ("2023-05-17", "2023-05-17"),
        ("2023", "2023"),
    ],
)
def test_dates_whose_unknown_parts_are_hyphens(value, read):
    opened = _odm(_subject("1", _group(_item("I_ST", value), _item("I_HGB", "1"))))
    assert _rows(opened, "IG", "STARTDT") == [(read,)]


def test_two_values_under_one_key_are_a_finding():
    twice = _group(_item("I_HGB", "12"), _item("I_HGB", "13")) + _group(_item("I_HGB", "12"))
    sheet = _odm(_subject("1", twice)).read("IG", "labs", FileDescription())
    assert [(one.rule, one.table, one.row, one.column) for one in sheet.findings] == [
        ("RD-VALUETWICE", "labs", 1, "HGB")
    ]
    assert [cells["HGB"] for _, cells in sheet.rows] == ["12"]


def test_many_rows_and_items_that_come_late(monkeypatch):
    monkeypatch.setattr(odm, "_BUFFER", 3)
    groups = [_group(_item("I_HGB", str(n)), *([_item("I_ST", "2023")] if n == 7 else [])) for n in range(8)]
    assert _rows(_odm(_subject("1", *groups)), "IG", "HGB", "STARTDT") == [
        *((str(n), "") for n in range(7)),
        ("7", "2023"),
    ]
    monkeypatch.setattr(odm, "_MOST_GROUPS", 0)
    with pytest.raises(UnreadableFileError, match="more than 0 item groups"):
        _odm(_subject("1", *groups))
    monkeypatch.undo()
    monkeypatch.setattr(odm, "_MOST_COLUMNS", 4)
    with pytest.raises(UnreadableFileError, match="more than 4 items"):
        _odm(_subject("1", *groups))


def test_a_transactional_file_is_played_back():
    body = _subject("1", _group(_item("I_HGB", "12"), action="Insert"), action="Insert")
    body += _subject("2", _group(_item("I_HGB", "11"), action="Insert"), action="Insert")
    body += _subject(
        "1", _group(_item("I_HGB", "13", TransactionType="Update"), action="Update"), action="Update"
    )
    again = _group(_item("I_HGB", "9"), key="2", action="Insert") + _group(key="2", action="Remove")
    body += _subject("1", again, action="Context")
    body += _subject("2", action="Remove")
    opened = _odm(body, "Transactional")
    assert _rows(opened, "IG", "SUBJECTKEY", "ITEMGROUPREPEATKEY", "HGB") == [("1", "1", "13")]


@pytest.mark.parametrize("action", ["Update", "Remove"])
def test_a_log_that_changes_what_is_not_there_is_refused(action):
    with pytest.raises(UnreadableFileError, match="is not there; export a snapshot"):
        _odm(_subject("1", action=action), "Transactional")


def test_a_log_of_changes_to_another_file_is_refused():
    with pytest.raises(UnreadableFileError, match="changes to another file, F-1"):
        _odm("", "Transactional", PriorFileOID="F-1")


def test_what_is_no_odm_file():
    with pytest.raises(OtherFormatError, match="its first element is html, not ODM"):
        open_odm(BytesIO(b"<html/>"))
    assert _odm("").titles == []


def test_an_item_is_there_by_its_oid_if_a_pattern_of_the_mapping_file_means_it():
    opened = _odm(_subject("1", _group(_item("I_HGB", "12.1"), _item("I_SEX", "1"))))
    sheet = opened.read("IG", "labs", FileDescription(named=frozenset({"I_H*", "*"})))
    assert [name for name in sheet.header if name not in odm.KEYS] == ["I_HGB", "I_HGB.unit", "SEX"]


def test_rows_of_removed_patients_are_told_unless_the_mapping_file_uses_the_mark():
    body = _subject("1", _group(_item("I_SEX", "1"))).replace(
        "<SubjectData", '<SubjectData oc:Status="removed"'
    )
    opened = _odm(body + _subject("2", _group(_item("I_SEX", "1"))))
    (found,) = opened.read("IG", "labs", FileDescription()).findings
    assert (found.rule, found.severity, found.row) == ("RD-REMOVED", "warning", 1)
    assert opened.read("IG", "labs", FileDescription(named=frozenset({"SubjectStatus"}))).findings == ()
