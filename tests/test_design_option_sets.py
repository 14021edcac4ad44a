"""A sample of random option sets of ``duonen design``; benchmarks/design_options.py runs thousands."""

import pytest
from design_option_sets import _backed, contradictions, option_sets, outcome

pytestmark = pytest.mark.law
SAMPLE = list(option_sets(60, seed=20))
COMPARED = (
    ("power", "--hazard-ratio", "2", "--total", "30"),
    ("sample-size", "--allocation", "1.7", "--method", "lakatos", "--gamma", "1"),
    ("events", "--patients", "92", "--weibull-shape", "1.5"),
    ("boundaries", "--looks", "30,60", "--futility", "kim_demets", "--futility-parameter", "2"),
    ("conditional-power", "--z", "1.2"),
    ("precision",),
    ("methods", "--trials", "0"),
    ("reestimate", "--entered", "60", "--events", "15", "--cut-month", "36", "--trials", "0", "--method", "schoenfeld"),
    ("reestimate", "--z", "1.5", "--trials", "0", "--planned-events", "117"),
    ("project", "--simulations", "30"),
    ("toxicity", "--trials", "300", "--rates", "0.2,0.5"),
)  # fmt: skip


@pytest.mark.parametrize("args", SAMPLE, ids=" ".join)
def test_no_option_set_ends_in_a_traceback(args):
    assert outcome(args).faults == ()


@pytest.mark.parametrize("args", COMPARED, ids=" ".join)
def test_text_json_results_and_page_do_not_contradict_each_other(args, tmp_path):
    assert contradictions(args, tmp_path / "report") == []


def test_the_sets_depend_on_the_seed_alone():
    assert list(option_sets(5, seed=4)) == list(option_sets(5, seed=4)) != list(option_sets(5, seed=5))
    assert len({args[0] for args in option_sets(200, seed=1)}) == 12


def test_the_comparison_sees_a_number_that_is_not_there():
    assert _backed("73.9%", [0.7393])
    assert not _backed("73.9%", [0.7301, 73.0])
    assert _backed("−1.960", [-1.95996])
    assert not _backed("118", [117.0])
    assert _backed(">99.9%", [0.9998])
    assert not _backed(">99.9%", [1.0, 0.99])
    assert _backed("<0.1%", [0.0002])
    assert not _backed("<0.1%", [0.0, 0.002])
