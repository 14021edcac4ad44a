import pytest
from made_sheet import made_sheet

from duonen_stats.raw.intake.mapping import LongForm, SourceMapping
from duonen_stats.raw.intake.reshape.apply import reshaped
from duonen_stats.raw.intake.reshape.limits import limit_of
from duonen_stats.raw.intake.texts import constant


def _labs(study, sheet, **fields):
    return reshaped(sheet, SourceMapping(source="x", table="labs", **fields), study.table("labs"), study)


def _column(found, name):
    return [*found.sheet.cells[name]]


def _found(found):
    return [(one.rule, one.column) for one in found.sheet.findings]


def test_columns_codes_constants_and_names_in_any_case(study):
    sheet = made_sheet(
        {"nr_pacjenta": ["P"], "TYP": ["PRZED c1"], "VALUE": ["1"], "REST": ["x"], "NAME": ["hgb"]}
    )
    found = _labs(
        study, sheet, columns={"Nr Pacjenta": ("SUBJID",), "typ": ("VISIT",), "name": ("ANALYTE",)},
        codes={"VISIT": {"przed C*": "T*"}}, constants={"LABORATORY": "LAB-01"},
    )  # fmt: skip
    assert [_column(found, name) for name in ("SUBJID", "VISIT", "VALUE", "ANALYTE", "LABORATORY", "LLN")] == [
        ["P"], ["T1"], ["1"], ["HGB"], ["LAB-01"], [""],
    ]  # fmt: skip
    assert found.used == {"nr_pacjenta", "TYP", "VALUE", "NAME"}
    assert _found(found) == []


def test_what_stands_in_one_column_only_under_a_condition(study):
    table = study.table("follow_up")
    sheet = made_sheet({"ID": ["1", "2"], "STATE": ["Dead", "alive"], "DATE": ["2024-01-01", "2024-02-01"]})
    entry = SourceMapping(
        source="x", table="follow_up", columns={"ID": ("SUBJID",), "State": ("STATUS",), "Date": ("LASTDT", "DEATHDT")},
        only={"DEATHDT": {"State": ("dead",)}},
    )  # fmt: skip
    found = reshaped(sheet, entry, table, study)
    assert _column(found, "DEATHDT") == ["2024-01-01", ""]
    assert _column(found, "STATUS") == ["DEAD", "ALIVE"]


def test_texts_are_taken_apart_and_put_together(study):
    sheet = made_sheet({"ID": ["01-001", "x"], "A": ["1", ""], "B": ["c2", "c3"], "C": ["", "d"]})
    entry = SourceMapping(
        source="x", table="subjects", columns={"ID": ("SUBJID",)}, parts={"ID": "{SITEID}-*"},
        join={"RACE": ("A", "B")}, first={"PRIMSITE": ("C", "B")},
    )  # fmt: skip
    found = reshaped(sheet, entry, study.table("subjects"), study)
    assert _column(found, "SITEID") == ["01", ""]
    assert _column(found, "RACE") == ["1 c2", "c3"]
    assert _column(found, "PRIMSITE") == ["c2", "d"]
    assert [(one.rule, one.row) for one in found.sheet.findings] == [("RD-PATTERN", 2)]


def test_a_reference_range_in_another_unit_than_its_row_is_not_taken(study):
    sheet = made_sheet({"UNIT": ["g/dL", "g/dL", "U/L"], "R": ["12-16", "120-160 g/l", "do 41 u/l"]})
    found = _labs(study, sheet, limits="R")
    assert _column(found, "LLN") == ["12", "", ""]
    assert _column(found, "ULN") == ["16", "", "41"]
    assert _found(found) == [("RD-PATTERN", "LLN")]


def test_a_reference_range_may_stand_in_each_group_of_columns(study):
    sheet = made_sheet(
        {"Hb wynik": ["12,3"], "Hb norma": ["12-16"], "PLT wynik": ["200"], "PLT norma": ["< 400"]}
    )
    fields = {"stack": {"ANALYTE": {"Hb *": "HGB", "PLT *": "PLAT"}}, "columns": {"wynik": ("VALUE",)}}
    found = _labs(study, sheet, limits="norma", **fields)
    assert [_column(found, name) for name in ("ANALYTE", "VALUE", "LLN", "ULN")] == [
        ["HGB", "PLAT"], ["12,3", "200"], ["12", ""], ["16", "400"],
    ]  # fmt: skip
    assert _found(found) == []
    assert _found(_labs(study, sheet, limits="zakres", **fields)) == [("RD-MAPPING", "LLN")]


def test_ranges_of_both_sexes_in_a_cell_are_limits_of_each(study):
    sheet = made_sheet(
        {"UNIT": ["g/dL"] * 4, "R": ["M 13-17 / K 12-15", "(12-16)", "12-16 K g/l", "13-17 M"]}
    )
    found = _labs(study, sheet, limits="R", limits_by_sex={"M": "M", "K": "F"})
    limits = [_column(found, name) for name in ("ULN", limit_of("ULN", "M"), limit_of("LLN", "F"))]
    assert limits == [["", "16", "", ""], ["17", "", "", "17"], ["12", "", "", ""]]
    assert _found(found) == [("RD-PATTERN", "LLN")]  # another unit than that of its row
    (unstated,) = _labs(study, sheet, limits="R").sheet.findings
    assert "3 reference ranges" in unstated.message
    assert "limits_by_sex: {M: M, K: F}, if" in unstated.message


def test_ranges_of_both_sexes_are_rows_of_the_table_of_ranges(study):
    sheet = made_sheet({"ANALYTE": ["HGB", "PLAT"], "R": ["K: 12-15, M: 13-17", "150-400"]}, first=2)
    entry = SourceMapping(
        source="x", table="reference_ranges", limits="R", limits_by_sex={"k": "F", "m": "M"}
    )
    found = reshaped(sheet, entry, study.table("reference_ranges"), study)
    assert [_column(found, name) for name in ("ANALYTE", "SEX", "LLN", "ULN")] == [
        ["HGB", "HGB", "PLAT"], ["F", "M", ""], ["12", "13", "150"], ["15", "17", "400"],
    ]  # fmt: skip
    assert found.sheet.numbers.tolist() == [2, 2, 3]


def _ranges(columns, texts):
    lines = len(next(iter(columns.values())))
    return made_sheet(columns, first=3, ranges={name: constant(text, lines) for name, text in texts.items()})


HB_AND_PLATELETS = LongForm(value="VALUE", names=("ANALYTE",), columns={"HB": ("HGB",), "PLT": ("PLAT",)})


def test_ranges_below_the_names_are_limits_of_every_value_of_their_column(study):
    sheet = _ranges(
        {"ID": ["1", "2"], "HB [G/L]": ["123", "130"], "PLT": ["200", ""]},
        {"ID": "norma", "HB [G/L]": "M 135-175, K 120-160 g/l", "PLT": "<400"},
    )
    fields = {"limits_line": 2, "long": HB_AND_PLATELETS, "limits_by_sex": {"M": "M", "K": "F"}}
    found = _labs(study, sheet, **fields)
    names = ("VALUE", limit_of("LLN", "F"), limit_of("ULN", "M"), "ULN")
    assert [_column(found, name) for name in names] == [
        ["123", "200", "130"], ["120", "", "120"], ["175", "", "175"], ["", "400", ""],
    ]  # fmt: skip
    assert _found(found) == []


def test_ranges_below_the_names_follow_stacked_single_and_joined_columns(study):
    sheet = _ranges({"Hb T1": ["12"], "Hb V1": ["13"]}, {"Hb T1": "11-15", "Hb V1": "12-16"})
    stack = {"VISIT": {"* T1": "T1", "* V1": "V1"}}
    found = _labs(study, sheet, limits_line=2, stack=stack, columns={"Hb": ("VALUE",)})
    assert [_column(found, name) for name in ("VISIT", "LLN")] == [["T1", "V1"], ["11", "12"]]
    sheet = _ranges(
        {"HB [g/l]": ["", "120"], "HB [g/dl]": ["12", ""]}, {"HB [g/l]": "110-150", "HB [g/dl]": "11-15"}
    )
    found = _labs(study, sheet, limits_line=2, columns={"HB": ("VALUE",)}, constants={"ANALYTE": "HGB"})
    assert _column(found, "ULN") == ["15", "150"]
    found = _labs(study, _ranges({"VALUE": ["12"]}, {"VALUE": "11-15"}), limits_line=2)
    assert (_column(found, "LLN"), _found(found)) == (["11"], [])


def test_a_line_of_ranges_that_cannot_be_read_is_one_finding_at_that_line(study):
    columns = {"HB": ["12", "13"], "PLT": ["200", "300"]}
    found = _labs(
        study, _ranges(columns, {"HB": "12,5", "PLT": "100-400 g/l"}), limits_line=2, long=HB_AND_PLATELETS
    )
    (finding,) = found.sheet.findings
    assert (finding.rule, finding.row) == ("RD-PATTERN", 2)
    assert finding.message.startswith("2 reference ranges cannot be read")
    assert _column(found, "ULN") == [""] * 4
    none = _labs(study, _ranges(columns, {}), limits_line=2, long=HB_AND_PLATELETS)
    assert [one.message for one in none.sheet.findings] == [
        "Line 2 has no normal range below the name of a column of values; correct the mapping."
    ]


@pytest.mark.parametrize(
    ("fields", "rules"),
    [
        ({"columns": {"Gone": ("SUBJID",)}}, [("RD-MAPPING", "SUBJID")]),
        ({"rows": {"Gone": ("1",)}}, [("RD-MAPPING", None)]),
        ({"columns": {"ID": ("SUBJID",), "V": ("VALUE",)}}, [("RD-MAPPING", "VALUE")]),
        ({"limits": "Gone"}, [("RD-MAPPING", None)]),
    ],
)
def test_a_column_that_is_not_there_and_two_that_become_one_are_found(study, fields, rules):
    sheet = made_sheet({"ID": ["1"], "VALUE": ["1"], "V": ["2"]})
    assert _found(_labs(study, sheet, **fields)) == rules


def test_labels_of_values_are_codes_too(study):
    sheet = made_sheet(
        {"V": ["1", "2"]}, labels={"V": {"1": "before cycle 1", "2": "after cycle 1"}}, typed=True
    )
    found = _labs(
        study,
        sheet,
        columns={"V": ("VISIT",)},
        codes={"VISIT": {"before cycle *": "T*", "after cycle *": "V*"}},
    )
    assert _column(found, "VISIT") == ["T1", "V1"]


def test_rows_with_another_value_than_a_code_are_left_out_where_that_is_said(study):
    sheet = made_sheet({"T": ["Hb", "Glukoza", "", "PLT"], "VALUE": ["1", "2", "3", "4"]}, first=2)
    found = _labs(
        study, sheet, columns={"T": ("ANALYTE",)}, codes={"ANALYTE": {"Hb": "HGB", "PLT": "PLAT"}},
        only_codes=("ANALYTE",),
    )  # fmt: skip
    assert _column(found, "VALUE") == ["1", "4"]
    assert found.sheet.numbers.tolist() == [2, 5]
    assert found.left_out == {
        3: "left out by the mapping file: ANALYTE is Glukoza",
        4: "left out by the mapping file: ANALYTE is empty",
    }


def test_an_identifier_is_put_together_by_a_template(study):
    sheet = made_sheet({"Site": ["1", "12", ""], "No": ["7", "105", "3"]})
    found = _labs(study, sheet, join={"SUBJID": ("{Site:2}-{No:3}",)})
    assert _column(found, "SUBJID") == ["01-007", "12-105", ""]


def test_a_column_per_unit_is_one_column_if_no_row_has_both(study):
    entry = SourceMapping(source="x", table="administrations", columns={"A": ("LU177_MBQ",)})
    table = study.table("administrations")
    found = reshaped(made_sheet({"A [GBq]": ["7.4", ""], "A [MBq]": ["", "7400"]}), entry, table, study)
    assert _column(found, "LU177_MBQ") == ["7.4", "7400"]
    assert _column(found, "unit of LU177_MBQ") == ["GBq", "MBq"]
    assert found.used == {"A [GBq]", "A [MBq]"}
    both = reshaped(made_sheet({"A [GBq]": ["7.4"], "A [MBq]": ["7400"]}), entry, table, study)
    assert [(one.rule, one.column) for one in both.sheet.findings] == [("RD-MAPPING", "LU177_MBQ")]


def test_the_date_in_the_name_of_a_column_is_the_date_of_its_cells(study):
    long = LongForm(value="VALUE", names=("LBDT",), columns={"20*": ("20*",)})
    found = _labs(
        study, made_sheet({"ANALYTE": ["HGB"], "2024-01-05": ["12"], "2024-02-05": ["13"]}), long=long
    )
    assert _column(found, "LBDT") == ["2024-01-05", "2024-02-05"]


def test_an_optional_item_without_any_value_is_no_error_where_only_items_with_values_are_held(study):
    table = study.table("follow_up")
    entry = SourceMapping(source="x", table="follow_up", columns={"N": ("NEWTRT",), "L": ("LASTDT",)})
    for form, rules in (
        ("CDISC ODM-XML", ["RD-NOVALUE", "RD-MAPPING"]),
        ("CSV", ["RD-MAPPING", "RD-MAPPING"]),
    ):
        sheet = made_sheet({"SUBJID": ["1"]}, form={"format": form})
        found = reshaped(sheet, entry, table, study)
        assert [one.rule for one in found.sheet.findings] == rules


@pytest.mark.parametrize(
    ("name", "stated", "asked"),
    [
        ("Lata od rozpoznania", {}, True),
        ("Days since diagnosis", {}, True),
        ("Miesiące od rozpoznania", {}, False),
        ("Time since diagnosis", {}, False),
        ("Lata od rozpoznania", {"units": {"DXDUR": "years"}}, False),
        ("Lata od rozpoznania", {"factors": {"DXDUR": 12.0}}, False),
    ],
)
def test_a_name_that_speaks_of_another_unit_of_time_is_asked_about(study, name, stated, asked):
    """Years taken for months would be wrong and plausible: a patient of 5 years has been ill for 5 months then."""
    entry = SourceMapping(
        source="x", table="subjects", columns={"ID": ("SUBJID",), name: ("DXDUR",)}, **stated
    )
    found = reshaped(made_sheet({"ID": ["1"], name: ["5"]}), entry, study.table("subjects"), study)
    assert (("RD-MAPPING", "DXDUR") in _found(found)) == asked


def test_a_code_in_other_case_or_spaces_is_one_before_rows_without_a_code_are_left_out(study):
    sheet = made_sheet({"VISIT": ["t 1", "x"], "ANALYTE": ["hgb", "HGB"], "VALUE": ["1", "2"]})
    found = _labs(study, sheet, only_codes=("VISIT",))
    assert _column(found, "VISIT") == ["T1"]
    assert [*found.left_out] == [int(sheet.numbers[1])]
    assert [(one.what, one.column, one.cells) for one in found.sheet.converted] == [
        ("codes in other case or spaces", "VISIT", 1),
        ("codes in other case or spaces", "ANALYTE", 1),
    ]


def test_columns_called_as_codes_become_rows_by_themselves_or_behind_a_prefix(study):
    columns = {"HGB [g/dl]": ["12"], "plt": ["200"], "NEUT [%]": ["50"], "lb_alt": ["30"], "lb_date": ["x"]}
    columns |= {"SUBJID": ["P"]}
    long = LongForm(
        value="VALUE", names=("ANALYTE",), columns={"*": ("*",), "plt": ("PLAT",), "lb_*": ("*",)}
    )
    found = _labs(study, made_sheet(columns), long=long)
    assert (_column(found, "ANALYTE"), _column(found, "VALUE")) == (
        ["HGB", "ALT", "PLAT"],
        ["12", "30", "200"],
    )
    assert found.used == {"HGB [g/dl]", "plt", "lb_alt", "SUBJID"}
    plain = _labs(study, made_sheet(columns), long=LongForm(value="VALUE", names=("ANALYTE",)))
    assert _column(plain, "ANALYTE") == ["HGB"]


def test_columns_called_as_those_of_the_table_behind_a_prefix(study):
    sheet = made_sheet(
        {"lb_subjid": ["P"], "lb_visit": ["T1"], "lb_value": ["1"], "lb_other": ["x"], "lb_dt": ["y"]}
    )
    found = _labs(study, sheet, columns={"lb_*": ("*",), "lb_dt": ("VISIT",)})
    assert (_column(found, "SUBJID"), _column(found, "VALUE"), _column(found, "VISIT")) == (
        ["P"],
        ["1"],
        ["y"],
    )
    assert found.used == {"lb_subjid", "lb_value", "lb_dt"}


def test_an_optional_column_need_not_be_there(study):
    long = LongForm(value="VALUE", names=("ANALYTE",), columns={"Hb": ("HGB",), "Ret": ("RETIC",)})
    sheet = made_sheet({"SUBJID": ["P"], "Hb": ["12"]})
    fields = {"long": long, "columns": {"Nr": ("LABORATORY",)}, "join": {"VISIT": ("Faza", "Nr")}}
    found = _labs(study, sheet, optional=("ret", "Nr", "Fa*"), **fields)
    assert (_found(found), _column(found, "ANALYTE")) == ([], ["HGB"])
    assert (_column(found, "LABORATORY"), _column(found, "VISIT")) == ([""], [""])
    assert len(_found(_labs(study, sheet, **fields))) == 4


def test_a_table_without_a_row_asks_for_no_column(study):
    sheet = made_sheet({"form": ["ae"], "SUBJID": ["P"]})
    found = _labs(study, sheet, rows={"form": ("labs",)})
    assert {"VISIT", "ANALYTE", "VALUE"} <= {*found.sheet.columns}
    assert _found(found) == []
