import copy
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duonen_stats.errors import DictionaryError
from duonen_stats.methods.inputs.bounds import meets
from duonen_stats.study import load_study
from duonen_stats.study.shipped_files import dictionary_path

DATA = yaml.safe_load(dictionary_path().read_text(encoding="utf-8"))


def _faults(data: Any, folder: Path) -> list[str]:
    path = folder / "dictionary.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    with pytest.raises(DictionaryError) as caught:
        load_study(path)
    head, *listed = str(caught.value).split("\n")
    assert f"has {len(listed)} fault(s)" in head
    return [line.split(". ", 1)[1] for line in listed]


def test_the_design_of_the_trial(study):
    assert (study.study_id, study.registration) == ("DUONEN", "EudraCT 2020-006068-99")
    assert (study.planned_subjects, study.design.interim_subjects, study.design.centres) == (92, 56, 4)
    assert (study.design.hazard_rate_per_month, study.design.hazard_ratio) == (0.0235, 0.5)
    assert (study.design.accrual_months, study.design.total_months) == (60, 120)
    assert [arm.planned for arm in study.arms] == [23] * 4


@pytest.mark.parametrize(
    ("arm", "activity", "modified"),
    [
        ("A", {"LU177": 7400}, None),
        ("B", {"LU177": 3700, "Y90": 1850}, "Y90"),
        ("C", {"LU177": 3700, "Y90": 1850}, "LU177"),
        ("D", {"LU177": 7400}, "LU177"),
    ],
)
def test_the_arms(study, arm, activity, modified):
    assert study.arm(arm).initial_activity == activity
    assert study.arm(arm).modified_isotope == modified


def test_visits_stand_in_order_of_time(study):
    assert [visit.code for visit in study.visits] == ["T1", "V1", "T2", "V2", "T3", "V3", "T4", "V4"]
    numbers = [visit.number for visit in study.visits]
    assert numbers == sorted(numbers)
    assert (study.visit("V3").cycle, study.visit("V3").position, study.visit("V3").day_target) == (
        "T3",
        "after",
        14,
    )


def test_limits_of_organ_doses(study):
    assert [(one.limit_total, one.limit_cycle) for one in study.organs] == [(23, None), (2, 0.5)]


@pytest.mark.parametrize(
    ("code", "value", "unit", "expected"),
    [
        ("CREAT", 88.42, "umol/L", 1.0),
        ("BILI", 17.1, "umol/L", 1.0),
        ("HGB", 130, "g/L", 13.0),
        ("HGB", 0.6206, "mmol/L", 1.0),
        ("PLAT", 230000, "/uL", 230),
        ("ALT", 1, "ukat/L", 60),
        ("EGFR", 80, "mL/min/1.73m2", 80),
    ],
)
def test_units(study, code, value, unit, expected):
    assert value * study.analyte(code).factor(unit) == pytest.approx(expected, rel=1e-12)


def test_a_unit_that_is_not_known(study):
    with pytest.raises(DictionaryError, match=r"CREAT has no unit 'g'; known: mg/dL, umol/L\."):
        study.analyte("CREAT").factor("g")


def test_bounds_of_the_protocol_in_the_unit_of_the_analyte(study):
    bounds = {rule.id: study.threshold(rule) for rule in (*study.stopping_rules, *study.eligibility_rules)}
    assert bounds["S-CREAT"] == pytest.approx(150 / 88.42)
    assert bounds["E-CREAT"] == pytest.approx(120 / 88.42)
    assert (bounds["S-HGB"], bounds["S-PLAT"], bounds["S-KPS"], bounds["S-ALT"]) == (8, 80, 60, 3)
    relative = {rule.id for rule in study.stopping_rules if rule.relative}
    assert relative == {"S-ALT", "S-AST", "S-BILI"}


def test_a_rule_compares_as_it_is_written(study):
    rule = next(rule for rule in study.stopping_rules if rule.id == "S-HGB")
    assert meets(7.9, rule.comparator, study.threshold(rule))
    assert not meets(8.0, rule.comparator, study.threshold(rule))


@pytest.mark.parametrize("look_up", ["arm", "cycle", "visit", "analyte", "organ", "isotope", "table"])
def test_what_is_not_in_the_dictionary(study, look_up):
    with pytest.raises(DictionaryError, match="'NONSENSE'; known: "):
        getattr(study, look_up)("NONSENSE")


def test_late_visits_have_no_end(study):
    late = study.visit("F20")
    assert (late.number, late.day_low, late.day_target, late.day_high) == (120.0, 1652, 1680, 1708)
    assert late.label == "Follow-up 20 (240 weeks)"
    with pytest.raises(DictionaryError, match="No visit 'F0'"):
        study.visit("F0")


def test_further_analytes_are_found_but_are_none_of_those_that_everybody_has(study):
    assert study.analyte("RETIC").known_factor("10^3/uL") == 1.0
    assert study.analyte("RETIC").ctcae_term is None
    assert "RETIC" not in {analyte.code for analyte in study.analytes}
    assert study.vital_sign("KPS").step == 10


def test_columns_of_raw_tables(study):
    labs = study.table("labs")
    assert labs.key == ("SUBJID", "VISIT", "LBDT", "LBTM", "ANALYTE")
    assert [code.code for code in labs.column("VISIT").codes][-2:] == ["V4", "UNS"]
    assert [code.code for code in labs.column("VISIT").codes_for(["f12", "F0", "F1x", None])][-2:] == [
        "UNS",
        "F12",
    ]
    assert labs.column("SUBJID").references == "subjects.SUBJID"
    assert labs.column("LLN").nullable
    assert not labs.column("UNIT").nullable
    assert [code.code for code in study.table("subjects").column("METLIV").codes] == ["Y", "N"]
    with pytest.raises(DictionaryError, match="no column 'AGE'"):
        labs.column("AGE")


def test_the_shipped_study_is_read_once_and_can_be_sent_to_another_process():
    study = load_study()
    assert load_study() is study
    assert load_study(dictionary_path()) == study
    assert pickle.loads(pickle.dumps(study)) == study  # noqa: S301 - our own bytes
    assert isinstance(hash(study), int)


def _change(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """Set, or with ``...`` delete, what stands at a path such as ``"arms.0.code"``."""

    def apply(data: dict[str, Any]) -> None:
        *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        place: Any = data
        for part in way:
            place = place[part]
        if value is ...:
            del place[last]
        else:
            place[last] = value

    return apply


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (
            "arms.0.colour",
            "red",
            "arms[A]: unknown field 'colour'; there are code, label, description, isotopes, initial_activity, "
            "modified_isotope, planned",
        ),
        ("arms.0.label", ..., "arms[A]: field label is missing"),
        ("visits.1.day_low", "7", "visits[V1].day_low: expected a whole number, found '7'"),
        ("visits.1.position", "during", "visits[V1].position: expected one of before, after, found 'during'"),
        ("arms.1.code", "A", "arms: 'A' stands there more than once"),
        ("arms.1.modified_isotope", "XX", "arms[B]: modified_isotope 'XX' is not one of the arm's isotopes"),
        ("arms.0.isotopes", ["XX"], "arms[A]: no isotope 'XX'"),
        ("arms.0.planned", 24, "design.planned_subjects: 92, but the arms add up to 93"),
        ("visits.0.cycle", "T9", "visits[T1].cycle: no cycle 'T9'"),
        ("visits.1.day_target", 60, "visits[V1]: day_target does not lie between day_low and day_high"),
        ("cycles.3.number", 5, "cycles: their numbers must count up from 1"),
        ("analytes.0.plausible_low", 99, "analytes[HGB]: plausible_low is not below plausible_high"),
        ("analytes.0.conversions.0.factor", -1, "analytes[HGB].conversions: a factor is not above 0"),
        (
            "analytes.0.conversions.0.unit",
            "g/l",
            "analytes[HGB].conversions[g/l]: the factor contradicts that of g/dL",
        ),
        (
            "analytes.0.usual_units.1",
            "g/L",
            "analytes[HGB].usual_units: 'g/L' stands there more than once",
        ),
        (
            "analytes.0.usual_units.0",
            "U/L",
            "analytes[HGB].usual_units: 'U/L' is not of the dimension of a unit in conversions",
        ),
        (
            "discontinuation.0.variable",
            "XX",
            "rule S-KPS: 'XX' is neither an analyte nor a column of subjects",
        ),
        ("discontinuation.0.unit", "ULN", "rule S-KPS: KPS has no upper limit of normal"),
        ("discontinuation.1.unit", "g", "rule S-CREAT: CREAT has no unit 'g'"),
        ("discontinuation.1.id", "S-KPS", "discontinuation: 'S-KPS' stands there more than once"),
        ("code_lists.sex.1.code", "M", "code_lists.sex: 'M' stands there more than once"),
        ("code_lists.sex.1.label", ..., "code_lists.sex[F]: field label is missing"),
        ("code_lists.arms", [], "code_lists.arms: is the name of a section of the file"),
        ("tables.1.key", ["WHO"], "tables[subjects].key: no column 'WHO'"),
        ("tables.1.columns.3.codes", ["XX"], "tables[subjects].columns[ARM].codes: no code list 'XX'"),
        ("tables.1.columns.5.low", 200, "tables[subjects].columns[AGE]: low is above high"),
        (
            "tables.1.columns.2.low",
            1,
            "tables[subjects].columns[RANDDT]: low and high do not go with type date",
        ),
        (
            "tables.1.columns.5.codes",
            ["sex"],
            "tables[subjects].columns[AGE]: codes do not go with type integer",
        ),
        (
            "tables.2.columns.0.references",
            "X.Y",
            "tables[administrations].columns[SUBJID].references: no column 'X.Y'",
        ),
        (
            "tables.4.columns.2.time",
            "UNIT",
            "tables[labs].columns[LBDT].time: 'UNIT' is no optional column of text of the table",
        ),
        (
            "tables.4.columns.3.missing",
            "error",
            "tables[labs].columns[LBTM]: an optional column may be absent, so an empty cell of it must be allowed",
        ),
        (
            "tables.2.columns.0.partial",
            "CYCLE",
            "tables[administrations].columns[SUBJID]: partial, time and ongoing do not go with type text",
        ),
        ("tables.4.columns.4.name", "LBTEST", "tables: labs.ANALYTE is missing, which the analyses need"),
        (
            "tables.1.columns.1.name",
            "SUBJID",
            "tables[subjects].columns: 'SUBJID' stands there more than once",
        ),
        ("isotopes.1.plain", None, "isotopes[Y90].plain: expected text, found nothing"),
        ("organs", [], "organs: is empty"),
        ("extra", 1, "the file: unknown section 'extra'"),
        ("organs", ..., "the file: section organs is missing"),
        ("study.title", "", "study.title: is empty"),
        ("design.hazard_ratio", True, "design.hazard_ratio: expected a number, found 'True'"),
        ("code_lists", 3, "code_lists: expected named lists"),
    ],
)
def test_faults_of_the_dictionary(tmp_path, path, value, fault):
    data = copy.deepcopy(DATA)
    _change(path, value)(data)
    assert fault in _faults(data, tmp_path)


def test_a_faulty_entry_is_one_fault_and_its_mentions_are_none(tmp_path):
    data = copy.deepcopy(DATA)
    _change("isotopes.1.plain", 90)(data)
    _change("analytes.5.decimals", "two")(data)
    _change("cycles.2.label", ...)(data)
    assert _faults(data, tmp_path) == [
        "isotopes[Y90].plain: expected text, found '90'",
        "cycles[T3]: field label is missing",
        "analytes[CREAT].decimals: expected a whole number, found 'two'",
    ]


@pytest.mark.parametrize("data", [None, [], "text", {}, {"study": 1}])
def test_a_file_that_is_no_dictionary_at_all(tmp_path, data):
    assert _faults(data, tmp_path)


def _paths(data: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path for key, value in inner for path in [(*before, key), *_paths(value, (*before, key))]]


@pytest.mark.law
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(_paths(DATA)), min_size=1, max_size=4),
    st.sampled_from(
        [None, "", "T1", 0, -1, 2.5, True, [], {}, [None], [[]], {"code": []}, ["T1"], [{"code": "T1"}]]
    ),
)
def test_a_spoilt_dictionary_gives_a_study_or_a_dictionary_error(tmp_path, paths, value):
    data = copy.deepcopy(DATA)
    for path in paths:
        place = data
        for part in path[:-1]:
            known = range(len(place)) if isinstance(place, list) else place if isinstance(place, dict) else ()
            place = place[part] if part in known else {}
        if isinstance(place, dict) or (isinstance(place, list) and path[-1] in range(len(place))):
            place[path[-1]] = value
    file = tmp_path / "spoilt.yaml"
    file.write_text(yaml.safe_dump(data), encoding="utf-8")
    try:
        assert load_study(file).study_id
    except DictionaryError as error:
        assert "\n  1. " in str(error)  # noqa: PT017 - either is right
