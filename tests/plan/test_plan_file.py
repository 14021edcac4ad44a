from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.errors import PlanError
from duonen_stats.plan import FINAL, INTERIM, decisions, rule_of
from duonen_stats.plan.plan_file import plan_yaml, read_plan, set_fields

CHANGED = replace(
    FINAL,
    name='mine: "no", yes',
    alpha=1e-7,
    quantile_type=7,
    control_arm="B",
    new_lesion_is_progression=False,
    stratification_factors=(),
    landmark_months=(0.0, 12.5, 1e3),
    follow_up_visits=("V2", "V4"),
)


def read(tmp_path, text, base=INTERIM):
    path = tmp_path / "plan.yaml"
    path.write_text(text, encoding="utf-8")
    return read_plan(path, base)


@pytest.mark.parametrize("plan", [INTERIM, FINAL, CHANGED], ids=lambda plan: plan.name)
def test_a_written_plan_reads_back_as_the_same_plan(plan, tmp_path):
    text = plan_yaml(plan)
    assert read(tmp_path, text, None) == plan
    assert all(f"\n{item.name}: " in text for item in decisions())
    assert text.count("DIFFERS from the preset") == (7 if plan is CHANGED else 0)
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.law
@given(
    name=st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=60).filter(str.strip),
    alpha=st.floats(1e-300, 0.999),
    months=st.lists(st.floats(0, 1200), min_size=1, max_size=12, unique=True).map(sorted),
)
def test_every_name_and_number_reads_back(name, alpha, months, tmp_path_factory):
    try:
        plan = replace(INTERIM, name=name, alpha=alpha, landmark_months=tuple(months))
    except PlanError:
        return  # a name that no terminal shows
    assert read(tmp_path_factory.mktemp("plan"), plan_yaml(plan), None) == plan


def test_what_a_file_leaves_out_is_as_in_the_preset(tmp_path):
    assert read(tmp_path, "alpha: 0.01\nlandmark_months: [12, 24]\n", FINAL) == replace(
        FINAL, alpha=0.01, landmark_months=(12.0, 24.0)
    )
    assert read(tmp_path, "# nothing\n") == INTERIM
    assert read(tmp_path, "report: final\n", None) == FINAL
    assert read(tmp_path, "alpha: 1e-3\n").alpha == 0.001


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("alpha: [0.05\n", "is not valid YAML"),
        ("alpha: 0.05\nalpha: 0.01\n", "line 2: alpha is given twice, in line 1 and here"),
        ("- alpha\n", "expected one line per field"),
        ("just words\n", "expected one line per field"),
        ("alfa: 0.05\n", r"no field 'alfa'\. Is alpha meant\?"),
        ("3: 0.05\n", "no field 3"),
        ("alpha: '0.05'\n", "alpha is '0.05'; it has to be a number"),
        ("alpha:\n", "line 1: alpha is empty; it has to be a number"),
        ("alpha: .nan\n", "alpha is nan"),
        ("quantile_type: 7.0\n", "quantile_type is 7.0; it has to be 2, 6 or 7"),
        ("control_arm: [A]\n", "control_arm is "),
        ("follow_up_visits: V1\n", "follow_up_visits is 'V1'; it has to be a list"),
        ("name: 2024-01-01\n", "name is 2024-01-01; it has to be a text"),
        ("follow_up_visits: [V1, V1]\n", r"follow_up_visits is \[V1, V1\]; it has to be a list"),
        ("follow_up_visits: V1\n", r"each once: \[V1\]"),
        ("\nname: 2022-02-30\n", "line 2: name cannot be read: day is out of range"),
        ("baseline_visit: V2\n", "line 1: baseline_visit is 'V2', which is one of follow_up_visits"),
        ("firth: {a: 1}\n", "firth is a set of named fields; it has"),
        ("seed: 99999999999999999999999\n", "seed is "),
        ("report: final\n", "plan of the final report, and the command is about the interim report"),
        ("report: both\n", "report is 'both'; it has to be 'interim' or 'final'"),
        ("\x00\n", "is not valid YAML"),
    ],
)
def test_a_faulty_file_is_refused_with_its_path_and_what_is_wrong(text, words, tmp_path):
    with pytest.raises(PlanError, match=words) as caught:
        read(tmp_path, text)
    assert "plan.yaml" in str(caught.value)


def test_every_fault_of_a_file_is_listed_with_its_line(tmp_path, study):
    text = (
        "alpha: 5\nalfa: 0.05\n\nfollow_up_visits: [V1, V2]\nquantile_type: 8\ncontrol_arm: Z\nquantile_type: 7\n"
        "name: 2022-02-30\nreport: final\n"
    )
    path = tmp_path / "plan.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PlanError) as caught:
        read_plan(path, INTERIM, study)
    first, *lines = str(caught.value).splitlines()
    assert first == f"{path} has 8 faults:"
    assert [line.partition(":")[0].strip() for line in lines] == [
        "line 1", "line 2", "line 4", "line 5", "line 6", "line 7", "line 8", "line 9",
    ]  # fmt: skip
    said = "\n".join(lines)
    for words in (
        "alpha is 5; it has to be a number above 0 and below 1", "Is alpha meant?", "V4 among them",
        "quantile_type is 8; it has to be 2, 6 or 7", "arm Z is not in the data dictionary", "given twice",
        "day is out of range", "the plan of the final report",
    ):  # fmt: skip
        assert words in said, words
    for technical in ("unicode", "('", "datetime", "None", "<"):
        assert technical not in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("alpha: 0.05\nname: a: b\n", "line 2, column 8: a colon where no field can begin"),
        ("alpha: 0.05\n\tname: x\n", "line 2, column 1: a tab; use spaces"),
        ("alpha: 0.05\nname: @x\n", "line 2, column 7: a value that begins with a special character"),
        ("alpha: 0.05\nname\nfirth: always\n", "a line without a colon"),
        ("landmark_months: [12, 24\n", "a list that is not closed; write it as [A, B]"),
        ("alpha: 0.05\n firth: always\n", "line 2"),
        ("name: 'mine\n", "a quotation mark that is not closed"),
        ("name: *x\n", "a name after *, which nothing defines"),
        ("name: \x07\n", "a character (code 0x7) that a text file cannot hold"),
        ("alpha: 0.05\n---\nalpha: 0.01\n", "a second document after ---"),
    ],
)
def test_what_is_no_yaml_is_said_in_plain_words_with_its_line(text, words, tmp_path):
    with pytest.raises(PlanError) as caught:
        read(tmp_path, text)
    said = str(caught.value)
    assert "is not valid YAML: " in said
    assert words in said
    assert "<" not in said
    assert said.endswith(".")


@pytest.mark.parametrize(("text", "words"), [
    ("seed: 010\n", "line 1: seed cannot be read: 010 is not a number in decimal digits"),
    ("rmst_months: 1:30\n", "line 1: rmst_months cannot be read: 1:30 is not a number"),
    ("<<: {alpha: 0.01}\n", "line 1: << takes in the fields of something else"),
    ("name: !x y\n", "line 1: name cannot be read: a tag after !"),
    ("seed: " + "9" * 5000, "seed cannot be read: a number with too many digits."),
    ('name: "a\\tb"\n', "it has to be a text, without control characters."),
    ("name: ' '\n", "it has to be a text, and not empty."),
])  # fmt: skip
def test_a_value_that_cannot_be_read_has_its_line_once_and_a_plain_reason(text, words, tmp_path):
    with pytest.raises(PlanError) as caught:
        read(tmp_path, text)
    said = str(caught.value)
    assert words in said
    assert said.count("line ") == 1
    assert "sys." not in said


def test_a_plan_from_python_lists_every_faulty_value_at_once():
    with pytest.raises(PlanError) as caught:
        replace(INTERIM, alpha=2, quantile_type=9, follow_up_visits=("V1",))
    assert [line.split()[0] for line in str(caught.value).splitlines()[1:]] == [
        "alpha", "quantile_type", "follow_up_visits",
    ]  # fmt: skip
    assert "[V1]" in str(caught.value)


def test_settings_list_every_fault_at_once():
    with pytest.raises(PlanError) as caught:
        set_fields(INTERIM, ["alpha=2", "alfa=1", "seed", "quantile_type=7"])
    assert len(str(caught.value).splitlines()) == 4


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(PlanError, match="cannot be read"):
        read_plan(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes("name: Übung".encode("latin-1"))
    with pytest.raises(PlanError, match="not UTF-8"):
        read_plan(tmp_path / "latin.yaml")


def test_settings_are_read_in_the_type_of_their_field():
    settings = (
        "alpha=0.01", "quantile_type=7", "new_lesion_is_progression=No", "control_arm= B ", "seed=+7",
        "follow_up_visits=V2, V4", "stratification_factors=", "landmark_months=12,24.5", "rmst_months=1e2",
    )  # fmt: skip
    assert set_fields(FINAL, settings) == replace(
        FINAL, alpha=0.01, quantile_type=7, new_lesion_is_progression=False, control_arm="B", seed=7,
        follow_up_visits=("V2", "V4"), stratification_factors=(), landmark_months=(12.0, 24.5), rmst_months=100.0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (["alpha"], "'alpha' is not FIELD=VALUE"),
        (["=0.05"], "is not FIELD=VALUE"),
        (["alfa=0.05"], "Is alpha meant"),
        (["alpha=0.01", "alpha=0.02"], "alpha is set twice"),
        (["alpha=0.01", "alpha=0.01"], "alpha is set twice"),
        (["alpha=much"], "alpha is 'much'; it has to be a number above 0 and below 1"),
        (["alpha=1_0"], "alpha is '1_0'"),
        (["alpha=inf"], "alpha is 'inf'"),
        (["alpha="], "alpha is ''"),
        (["quantile_type=7.0"], "quantile_type is '7.0'"),
        (["between_arm_test=anva"], "Is anova meant"),
        (["follow_up_visits=V1,,V2"], "follow_up_visits is"),
        (["new_lesion_is_progression=1"], "new_lesion_is_progression is '1'; it has to be True or False"),
        (["report=final"], "the command says which report is made"),
    ],
)
def test_a_faulty_setting_is_refused(settings, words):
    with pytest.raises(PlanError, match=words):
        set_fields(INTERIM, settings)


@pytest.mark.parametrize("item", decisions(), ids=lambda item: item.name)
def test_each_choice_can_be_typed_and_written(item, tmp_path):
    rule = rule_of(item.name)
    for choice in rule.allowed_items():
        wanted = (choice,) if rule.several else choice
        plan = set_fields(FINAL, [f"{item.name}={choice}"])
        assert getattr(plan, item.name) == wanted
        assert read(tmp_path, plan_yaml(plan), None) == plan
