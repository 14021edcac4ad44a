"""Which options of ``duonen design`` belong together: the rules that several of its commands share."""

from collections.abc import Callable
from typing import Any

from duonen_stats.cli.design_options import METHODS, PLAN_DEFAULTS, planned_patients
from duonen_stats.cli.design_rules import (
    Rule,
    absent,
    agree,
    chosen,
    given,
    needs,
    one_of,
    only,
    required_when,
)


def _pieces(values: Any) -> bool:
    starts = len(values["hazard_starts"])
    return values["hazard_starts"][0] == 0 and all(
        values.get(name) is None or len(values[name]) in (1, starts)
        for name in ("control_hazard", "hazard_ratio")
    )


def _periods(values: Any) -> bool:
    return values["accrual_starts"][0] == 0 and len(values["accrual_starts"]) == len(
        values["accrual_intensities"]
    )


ASSUMPTION_RULES: tuple[Rule, ...] = (
    one_of("control_hazard", "control_median", "control_survival"),
    one_of("hazard_ratio", "experimental_median"),
    one_of("total", "followup"),
    one_of("hazard_starts", "weibull_shape"),
    agree(
        "hazard_starts", "control_hazard", "hazard_ratio", test=_pieces,
        words="The intervals of {hazard_starts} begin at 0, and {control_hazard} and {hazard_ratio} have one value, or "
        "one per interval.",
    ),
    agree(
        "accrual", "followup", test=lambda values: values["followup"] != 0 or _accrual(values) > 0,
        words="{accrual} and {followup} must not both be 0: nobody would be followed.",
    ),
    agree(
        "accrual_starts", "accrual_intensities", test=_periods,
        words="The periods of {accrual_starts} begin at 0, and {accrual_intensities} has one value per period.",
    ),
    agree(
        "accrual_starts", "accrual",
        test=lambda values: values["accrual_starts"][-1] == 0 or values["accrual_starts"][-1] < _accrual(values),
        words="The last of {accrual_starts} must come before the end of {accrual}.",
    ),
    agree(
        "accrual_intensities", test=lambda values: sum(values["accrual_intensities"]) > 0,
        words="One of {accrual_intensities} must be above 0.",
    ),
)  # fmt: skip
TEST_RULES: tuple[Rule, ...] = (
    only("far_tail", when=chosen("sides", "2")),
    only("null_hazard_ratio", when=chosen("method", *(name for name in METHODS if name not in (
        "freedman", "hsieh_freedman", "lachin_foulkes_difference")))),
    agree("alpha", "power", test=lambda values: values["alpha"] < values["power"],
          words="{power} must be above the level {alpha}."),
    agree("alpha", "target_power", test=lambda values: values["alpha"] < values["target_power"],
          words="{target_power} must be above the level {alpha}."),
)  # fmt: skip
WEIGHT_RULES: tuple[Rule, ...] = (only("rho", "gamma", when=chosen("method", "lakatos")),)


def _accrual(values: Any) -> float:
    return float(PLAN_DEFAULTS["accrual"] if values["accrual"] is None else values["accrual"])


def patients_of(values: Any) -> int:
    """Give the patients of the options: those of the published plan if --patients is omitted."""
    return planned_patients(values["patients"])


def _both_arms(values: Any) -> bool:
    from duonen_stats.design.trial.rounding import split

    ratio = PLAN_DEFAULTS["allocation"] if values["allocation"] is None else values["allocation"]
    return min(split(patients_of(values), float(ratio))) > 0


NO_ARM_EMPTY = agree("patients", "allocation", test=_both_arms,
                     words="{patients} must leave no arm empty at this {allocation}.")  # fmt: skip
SIMULATION_RULES: tuple[Rule, ...] = (one_of("workers", "scheduler"),)

_WITH_PARAMETER = ("hwang_shih_decani", "kim_demets", "wang_tsiatis", "stated_spending")


def _one_each(name: str, rule: str) -> Callable[[Any], bool]:
    """Hold if a parameter has one number, or of a stated rule one per look."""

    def test(values: Any) -> bool:
        if values[name] is None or values[rule] is None:
            return True
        looks = len(values["looks"])
        wanted = {"stated_spending": looks, "stated_values": looks - 1}.get(values[rule], 1)
        return len(values[name]) == wanted

    return test


MAX_EVENTS_RULE = agree(
    "max_events", "looks",
    test=lambda values: values["max_events"] is None or values["looks"][-1] in (1, values["max_events"]),
    words="{looks} in events ends at the events of the last look: leave out {max_events}.",
)  # fmt: skip
ONE_RATIO = agree(
    "hazard_ratio", test=lambda values: len(set(values["hazard_ratio"] or (1,))) == 1,
    words="{hazard_ratio} must be one number here.",
)  # fmt: skip
ONE_HAZARD = agree(
    "control_hazard", test=lambda values: len(values["control_hazard"] or (1,)) == 1,
    words="{control_hazard} must be one number here.",
)  # fmt: skip
FUTILITY_RULE = only("futility", when=chosen("sides", "1"))
PLAN_RULES: tuple[Rule, ...] = (
    only("efficacy_parameter", when=chosen("efficacy", *_WITH_PARAMETER, "haybittle_peto")),
    required_when("efficacy_parameter", chosen("efficacy", *_WITH_PARAMETER)),
    only("futility_parameter", when=chosen("futility", *_WITH_PARAMETER, "stated_values")),
    required_when("futility_parameter", chosen("futility", *_WITH_PARAMETER, "stated_values")),
    FUTILITY_RULE,
    only("binding", when=given("futility")),
    agree("efficacy_parameter", "efficacy", test=_one_each("efficacy_parameter", "efficacy"),
          words="{efficacy_parameter} has one number, or with {efficacy} stated_spending one per look."),
    agree("futility_parameter", "futility", test=_one_each("futility_parameter", "futility"),
          words="{futility_parameter} has one number; with {futility} stated_spending one per look, with stated_values "
          "one per interim look."),
    agree("alpha", "power", test=lambda values: values["alpha"] < values["power"],
          words="{power} must be above the level {alpha}."),
    agree("sides", "alpha", test=lambda values: values["sides"] == "2" or values["alpha"] < 0.5,  # noqa: PLR2004
          words="{alpha} of a one-sided plan must be below 0.5 ({sides})."),
    MAX_EVENTS_RULE,
)  # fmt: skip

_NUMBERS = ("entered", "events", "cut_month")
SEEN_RULES: tuple[Rule, ...] = (
    *(one_of("data", name) for name in (*_NUMBERS, "exposure", "dropouts")),
    *(only(name, when=given("entered")) for name in ("exposure", "dropouts")),
    needs("entered", "events", "cut_month"),
    needs("cut_month", "entered"),
    only("lag", "entered_so_far", "mapping", "cut_date", "plan_file", "settings", when=absent("entered")),
    agree("entered", "events", "dropouts",
          test=lambda values: values["entered"] is None or values["events"] is None
          or values["events"] + (values["dropouts"] or 0) <= values["entered"],
          words="{events} and {dropouts} must together be no more than {entered}."),
)  # fmt: skip
