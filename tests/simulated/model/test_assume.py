import pytest

from duonen_stats.errors import PlanError
from duonen_stats.simulated.model.assume import assume
from duonen_stats.simulated.model.trial import Assumptions


def test_nothing_stated_is_what_is_usual():
    assert assume() == Assumptions()


def test_fields_and_hazard_ratios():
    made = assume(["assessments.missed=0.1", "assessments.every_days=56"], ["D=0.9", "0.7", "C=1"])
    assert (made.assessments.missed, made.assessments.every_days) == (0.1, 56)
    assert dict(made.outcome.hazard_ratios) == {"B": 0.7, "C": 1.0, "D": 0.7}
    assert assume(["outcome.hazard_per_month=0.03"]).outcome.hazard_per_month == 0.03


@pytest.mark.parametrize(
    ("settings", "ratios", "words"),
    [
        (["outcome.missd=1"], [], "no such assumption"),
        (["outcome"], [], "FIELD=VALUE"),
        (["outcome.death_first=2"], [], "fraction"),
        (["outcome.death_first=much"], [], "'much' is not a number"),
        (["assessments.every_days=1.5"], [], "not a whole number"),
        (["outcome.hazard_ratios=1"], [], "--hazard-ratio"),
        (["recruitment.centre_shares=0.5,0.5"], [], "numbers with commas"),
        ([], ["E=0.5"], "'E' is no arm"),
        ([], ["A=0.5"], "hazard ratios are against arm A"),
        ([], ["0"], "above 0"),
        ([], ["half"], "'half' is not a number"),
        (["outcome.lost_per_month=0.01", "outcome.lost_per_month=0.02"], [], "lost_per_month is given twice"),
        ([], ["0.5", "0.6"], "for the adapted arms is given already"),
        ([], ["D=0.5", "0.6", "D=0.7"], "of arm D is given already"),
    ],
)
def test_what_cannot_be_is_named(settings, ratios, words):
    with pytest.raises(PlanError, match=words):
        assume(settings, ratios)
