from made_sheet import made_sheet

from duonen_stats.raw.intake.mapping import LongForm, SourceMapping
from duonen_stats.raw.intake.reshape.layout import (
    UNIT_OF,
    carried,
    chosen,
    filled_down,
    layout_of,
    lengthened,
    not_there,
    stacked,
)
from duonen_stats.study.unit_spelling import unit_readings


def _entry(**fields) -> SourceMapping:
    return SourceMapping(source="x", table="labs", **fields)


def _rows(layout, *names):
    columns = [layout.column(name) for name in names]
    return [*zip(layout.numbers.tolist(), *columns, strict=True)]


def test_empty_cells_below_a_value_stand_for_it():
    layout = layout_of(made_sheet({"ID": ["", "1", "", "2"], "X": ["a", "", "b", ""]}))
    assert _rows(filled_down(layout, ["id"]), "ID", "X") == [
        (1, "", "a"), (2, "1", ""), (3, "1", "b"), (4, "2", ""),
    ]  # fmt: skip


def test_a_value_of_one_row_is_carried_to_all_rows_of_the_record():
    layout = layout_of(made_sheet({"REC": ["1", "1", "2", "2", "3", ""], "NR": ["", "A", "B", "C", "", ""]}))
    out, problems = carried(layout, {"nr": "rec"})
    assert [*out.column("NR")] == ["A", "A", "B", "C", "", ""]
    assert [message.split(",")[0] for message, *_ in problems] == [
        "nr has more than one value for the same rec"
    ]


def test_rows_are_chosen_and_those_left_out_have_a_reason():
    layout = layout_of(
        made_sheet({"EVENT": ["cycle_1", "CYCLE_2", "end", "suma"], "Y": ["1", "", "2", "3"]}, first=2)
    )
    out, why = chosen(layout, _entry(rows={"event": ("cycle_*", "suma")}, left_out={"EVENT": ("Suma",)}))
    assert _rows(out, "EVENT") == [(2, "cycle_1"), (3, "CYCLE_2")]
    assert why == {5: "left out by the mapping file: EVENT is suma"}
    assert _rows(chosen(layout, _entry(filled=("Y",), empty=()))[0], "Y") == [(2, "1"), (4, "2"), (5, "3")]
    assert _rows(chosen(layout, _entry(empty=("Y",)))[0], "EVENT") == [(3, "CYCLE_2")]


def test_groups_of_columns_below_each_other():
    sheet = made_sheet(
        {
            "ID": ["1", "2"],
            "DATE T1": ["a", "b"],
            "HGB T1": ["9", ""],
            "DATE T2": ["c", ""],
            "PLT T2": ["7", ""],
        }
    )
    out, problems = stacked(
        layout_of(sheet), _entry(stack={"VISIT": {"* T1": "T1", "* T2": "T2", "* T3": "T3"}})
    )
    assert _rows(out, "ID", "VISIT", "DATE", "HGB", "PLT") == [
        (1, "1", "T1", "a", "9", ""),
        (1, "1", "T2", "c", "", "7"),
        (2, "2", "T1", "b", "", ""),
    ]
    assert [rest for _, *rest in problems] == [["VISIT", "* T3"]]


def test_each_filled_cell_of_certain_columns_is_a_row_with_the_unit_in_its_name_or_beside_it():
    sheet = made_sheet(
        {"ID": ["1", "2"], "HGB [g/l]": [120, None], "HGB [g/dl]": [None, "brak"], "CREA": ["1", "2"], "U": ["a", "b"],
         "NEUT [%]": ["50", "60"]},
        typed=True,
    )  # fmt: skip
    long = LongForm(
        value="VALUE", names=("ANALYTE",), columns={"HGB": ("HGB",), "CREA": ("CREAT",), "NEUT": ("NEUT",)}
    )
    out, problems = lengthened(
        layout_of(sheet),
        _entry(long=long, unit_columns={"CREA": "U"}),
        lambda unit, _: bool(unit_readings(unit)),
    )
    assert _rows(out, "ID", "ANALYTE", "VALUE", UNIT_OF + "VALUE") == [
        (1, "1", "HGB", "120", "g/l"),
        (1, "1", "CREAT", "1", "a"),
        (2, "2", "HGB", "brak", "g/dl"),
        (2, "2", "CREAT", "2", "b"),
    ]
    assert out.cells["VALUE"].held_as_text().tolist() == [False, True, True, True]
    assert ["NEUT" in message for message, *_ in problems] == [True]


def test_a_column_that_is_not_there_is_told_with_the_one_that_may_be_meant():
    layout = layout_of(made_sheet({"Hemoglobina": [""], "PLT [%]": [""]}))
    assert "'Hemoglbina', which is not there; did you mean 'Hemoglobina'?" in not_there(layout, "Hemoglbina")
    assert "'PLT [%]' is, but not in a unit of what" in not_there(layout, "PLT")
    assert not_there(layout, "x").endswith("which is not there; correct the mapping.")
