"""Options of ``duonen design``: each with unit and range; those you omit take the values of the published plan."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from duonen_stats.cli.design_rules import (
    LooksType,
    Numbers,
    Real,
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

Option = Callable[[Any], Any]

PLAN_DEFAULTS = {
    "control_hazard": "0.0235",
    "hazard_ratio": "0.5",
    "allocation": "3",
    "accrual": "60",
    "total": "120",
    "patients": "92",
}
"""The plan's numbers as the help shows them; the study itself gives them, and a test holds the two equal."""

METHODS = (
    "schoenfeld",
    "freedman",
    "hsieh_freedman",
    "wald",
    "lachin_foulkes",
    "lachin_foulkes_difference",
    "bernstein_lagakos",
    "lakatos",
)
SPENDING = ("lan_demets_obrien_fleming", "lan_demets_pocock", "hwang_shih_decani", "kim_demets")
EFFICACY = (*SPENDING, "obrien_fleming", "pocock", "wang_tsiatis", "haybittle_peto", "stated_spending")
FUTILITY = (*SPENDING, "stated_spending", "stated_values")
INTERVALS = ("wald", "wilson", "wilson_cc", "clopper_pearson")

MOST_PATIENTS = 1_000_000
MOST_IN_A_CUT = 10_000
FRACTION = Real(0, 1, open_low=True, open_high=True, hint=" It is a fraction of 1: 0.9 for 90%.")
SHARE = Real(0, 1, hint=" It is a fraction of 1: 0.9 for 90%.")
HAZARD = Real(0, 100)
RATIO = Real(0.001, 1000)
MONTHS = Real(0, 1200)
SOME_MONTHS = Real(0, 1200, open_low=True)
Z = Real(-40, 40)
EVENTS = click.IntRange(1, MOST_PATIENTS)


class Address(click.ParamType):  # type: ignore[type-arg]
    """Address of a scheduler: ``tcp://10.0.0.5:8786``."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read the address; wrong usage if it has no protocol, host and port."""
        try:
            parts = urlsplit(str(value))
            known = parts.scheme in ("tcp", "tls") and bool(parts.hostname) and parts.port is not None
        except ValueError:
            known = False
        if not known:
            self.fail(
                f"{value!r} is not the address of a scheduler, such as tcp://10.0.0.5:8786.", param, ctx
            )
        return str(value)


class Periods(click.ParamType):  # type: ignore[type-arg]
    """Rates by period, ``0:1.5,12:2``: 1.5 from month 0, 2 from month 12 on."""

    name = "periods"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read the periods as an ``AccrualPlan``; wrong usage if they are none."""
        from duonen_stats.design.reestimation.rest_of_trial import AccrualPlan
        from duonen_stats.errors import PlanError

        if isinstance(value, AccrualPlan):
            return value
        try:
            pairs = [
                tuple(float(part) for part in period.split(":")) if ":" in period else (0.0, float(period))
                for period in str(value).split(",")
            ]
            starts, rates = zip(*pairs, strict=True)
            return AccrualPlan(starts_months=starts, patients_per_month=rates)
        except (ValueError, PlanError) as error:
            told = f" {error}" if isinstance(error, PlanError) else ""
            self.fail(f"{value!r} is not MONTH:RATE,MONTH:RATE, such as 0:1.5,12:2.{told}", param, ctx)


def of_plan(name: str) -> dict[str, Any]:
    """Default of the study's plan, as the help shows it."""
    return {"default": None, "show_default": PLAN_DEFAULTS[name]}


PATIENTS = click.option(
    "--patients", type=click.IntRange(1, MOST_PATIENTS), metavar="N", help="Total number of patients.",
    **of_plan("patients"),
)  # fmt: skip
ALLOCATION = click.option(
    "--allocation", type=Real(0.01, 100), metavar="RATIO", **of_plan("allocation"),
    help="Patients in the experimental arms per patient in the control arm.",
)  # fmt: skip
HAZARD_RATIO = click.option(
    "--hazard-ratio", type=Numbers(RATIO), metavar="HR", **of_plan("hazard_ratio"),
    help="Experimental over control, below 1 if the experimental arm is better. With --hazard-starts, one each.",
)  # fmt: skip
TOTAL = click.option(
    "--total", type=SOME_MONTHS, metavar="MONTHS", **of_plan("total"),
    help="Calendar months from the opening of the trial to the analysis.",
)  # fmt: skip
FOLLOWUP = click.option(
    "--followup", type=MONTHS, metavar="MONTHS", help="Instead of --total: months after the last entry."
)

CONTROL_HAZARD = click.option(
    "--control-hazard", type=Numbers(HAZARD), metavar="PER_MONTH", **of_plan("control_hazard"),
    help="Hazard of progression or death in the control arm, per month. With --hazard-starts, one per interval.",
)  # fmt: skip
ACCRUAL = click.option(
    "--accrual", type=MONTHS, metavar="MONTHS", **of_plan("accrual"),
    help="Months over which patients enter, evenly unless intensities are given; 0: all at the opening.",
)  # fmt: skip

ASSUMPTIONS: tuple[Option, ...] = (
    CONTROL_HAZARD,
    click.option(
        "--control-median", type=SOME_MONTHS, metavar="MONTHS", help="Instead: median in the control arm, months."
    ),
    click.option(
        "--control-survival", type=(FRACTION, SOME_MONTHS), metavar="P MONTHS", default=None,
        help="Instead: probability P (0–1) of no event by that many months in the control arm.",
    ),
    HAZARD_RATIO,
    click.option(
        "--experimental-median", type=SOME_MONTHS, metavar="MONTHS",
        help="Instead of --hazard-ratio: median in the experimental arm, months.",
    ),
    click.option(
        "--hazard-starts", type=Numbers(MONTHS, increasing=True), metavar="MONTHS", default=(0.0,), show_default="0",
        help="Months since entry at which the intervals of the hazards begin: 0,6.",
    ),
    click.option(
        "--weibull-shape", type=Real(0.2, 5), metavar="SHAPE", default=1.0, show_default="1",
        help="Shape of Weibull times in both arms: above 1 the hazard rises. Medians and --control-survival are kept.",
    ),
    ALLOCATION,
    ACCRUAL,
    click.option(
        "--accrual-starts", type=Numbers(MONTHS, increasing=True), metavar="MONTHS", default=(0.0,), show_default="0",
        help="Calendar months at which periods of accrual begin: 0,12.",
    ),
    click.option(
        "--accrual-intensities", type=Numbers(Real(0, 1e6)), metavar="NUMBERS", default=(1.0,), show_default="1",
        help="Intensity of accrual, one per period of --accrual-starts: 1,2 if it doubles. Only the ratios matter.",
    ),
    TOTAL,
    FOLLOWUP,
    click.option(
        "--max-followup", type=SOME_MONTHS, metavar="MONTHS",
        help="Longest follow-up of a patient, months; default: none.",
    ),
    click.option(
        "--dropout", type=HAZARD, metavar="PER_MONTH", default=0.0, show_default=True,
        help="Hazard of being lost to follow-up in both arms, per month.",
    ),
)  # fmt: skip

TARGET = click.option(
    "--target-power", type=FRACTION, metavar="P", default=0.9, show_default=True,
    help="Power for which the detectable hazard ratio is given (0–1).",
)  # fmt: skip
NULL_RATIO = click.option(
    "--null-hazard-ratio", type=RATIO, metavar="HR", default=1.0, show_default=True,
    help="Hazard ratio of the null hypothesis: 1, or a margin of non-inferiority.",
)  # fmt: skip
WEIGHTS: tuple[Option, ...] = (
    click.option(
        "--rho", type=Real(0, 20), default=0.0, show_default=True, help="Fleming–Harrington weight ρ (early)."
    ),
    click.option(
        "--gamma",
        type=Real(0, 20),
        default=0.0,
        show_default=True,
        help="Fleming–Harrington weight γ (late).",
    ),
)
FAR_TAIL = click.option(
    "--far-tail",
    is_flag=True,
    help="Count rejections in the wrong direction of a two-sided test as power too.",
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
    return int(PLAN_DEFAULTS["patients"] if values["patients"] is None else values["patients"])


def together(*added: Option) -> Option:
    """Make one decorator of several, shown in their order."""

    def decorate(function: Any) -> Any:
        for option in reversed(added):
            function = option(function)
        return function

    return decorate


def level_options(alpha: float = 0.05, sides: str = "2") -> tuple[Option, ...]:
    """Level and sides, with the defaults of the kind of design."""
    return (
        click.option(
            "--alpha", type=FRACTION, metavar="P", default=alpha, show_default=True,
            help="Significance level, over both tails if two-sided (0–1).",
        ),
        click.option(
            "--sides", type=click.Choice(["1", "2"]), default=sides, show_default=True, help="One- or two-sided."
        ),
    )  # fmt: skip


def method_option(methods: Iterable[str] = METHODS, default: str = "schoenfeld") -> Option:
    """Choose the method of calculation."""
    return click.option(
        "--method", type=click.Choice(list(methods)), default=default, show_default=True,
        help="Method of calculation; ‘duonen design methods’ shows all side by side.",
    )  # fmt: skip


def power_option(name: str = "--power", default: float = 0.9) -> Option:
    """Power to reach."""
    return click.option(
        name, type=FRACTION, metavar="P", default=default, show_default=True, help="Power to reach (0–1)."
    )


RESUME = click.option(
    "--resume", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER", default=None,
    help="Keep finished parts in this folder, and start from those already there.",
)  # fmt: skip


def simulation_options(trials: int, *, least: int = 1) -> tuple[Option, ...]:
    """How many trials, and where they are computed."""
    return (
        click.option(
            "--trials", type=click.IntRange(least, 100_000_000), metavar="N", default=trials, show_default=True,
            help="Simulated trials for each hazard ratio.",
        ),
        click.option(
            "--seed", type=click.IntRange(0), metavar="N", default=1, show_default=True,
            help="Seed of the random numbers; the result depends on nothing else.",
        ),
        click.option(
            "--workers", type=click.IntRange(1, 1024), metavar="N", default=1, show_default=True,
            help="Processes on this machine.",
        ),
        click.option(
            "--scheduler", type=Address(), metavar="ADDRESS", default=None,
            help="Instead: a Dask scheduler such as tcp://10.0.0.5:8786 (needs the extra ‘distributed’).",
        ),
        RESUME,
    )  # fmt: skip


SIMULATION_RULES: tuple[Rule, ...] = (one_of("workers", "scheduler"),)

LOOKS = click.option(
    "--looks", type=LooksType(), metavar="INFORMATION", default=(0.5, 1.0), show_default="0.5,1",
    help="Looks, increasing: fractions of the information that end at 1, or whole numbers of events such as 30,60.",
)  # fmt: skip
EFFICACY_RULE = click.option(
    "--efficacy", type=click.Choice(EFFICACY), default=EFFICACY[0], show_default=True,
    help="Rule for stopping to reject.",
)  # fmt: skip
EFFICACY_PARAMETER = click.option(
    "--efficacy-parameter", type=Numbers(), metavar="NUMBERS", default=None,
    help="Δ of wang_tsiatis, interim Z of haybittle_peto, γ or ρ of a spending function, or cumulative errors.",
)  # fmt: skip
FUTILITY_OPTIONS: tuple[Option, ...] = (
    click.option(
        "--futility", type=click.Choice(FUTILITY), default=None,
        help="Rule for stopping without success (one-sided only); default: none.",
    ),
    click.option(
        "--futility-parameter", type=Numbers(), metavar="NUMBERS", default=None,
        help="Its parameter; for stated_values one Z per interim look.",
    ),
    click.option("--binding", is_flag=True, help="The critical values count on futility stops being obeyed."),
)  # fmt: skip
PLAN: tuple[Option, ...] = (
    LOOKS,
    EFFICACY_RULE,
    EFFICACY_PARAMETER,
    *FUTILITY_OPTIONS,
    *level_options(0.025, "1"),
    power_option(),
    ALLOCATION,
)  # fmt: skip

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
PLAN_RULES: tuple[Rule, ...] = (
    only("efficacy_parameter", when=chosen("efficacy", *_WITH_PARAMETER, "haybittle_peto")),
    required_when("efficacy_parameter", chosen("efficacy", *_WITH_PARAMETER)),
    only("futility_parameter", when=chosen("futility", *_WITH_PARAMETER, "stated_values")),
    required_when("futility_parameter", chosen("futility", *_WITH_PARAMETER, "stated_values")),
    only("futility", when=chosen("sides", "1")),
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

SEEN: tuple[Option, ...] = (
    click.option(
        "--entered", type=click.IntRange(1, MOST_IN_A_CUT), metavar="N", help="Patients entered by the data cut."
    ),
    click.option(
        "--events", type=click.IntRange(1, MOST_IN_A_CUT), metavar="N", help="Events seen by then, arms together."
    ),
    click.option(
        "--cut-month", type=SOME_MONTHS, metavar="MONTHS",
        help="Calendar months from the opening of the trial to the cut.",
    ),
    click.option(
        "--exposure", type=Real(0, 1e7, open_low=True), metavar="MONTHS",
        help="Patient-months of follow-up; if omitted, events are taken to have come half-way.",
    ),
    click.option(
        "--dropouts", type=click.IntRange(0, MOST_IN_A_CUT), metavar="N", default=0, show_default=True,
        help="Patients lost for good without an event.",
    ),
    click.option(
        "--lag", type=MONTHS, metavar="MONTHS",
        help="With DATA: patients without a follow-up status or an event who were last seen more than this many months "
        "before the cut count as lost; default: two intervals of scans, 5.5.",
    ),
    click.option(
        "--entered-so-far", type=click.IntRange(1, MOST_IN_A_CUT), metavar="N",
        help="With DATA: patients entered by the data cut, those not in it included; default: those of the table "
        "enrolment.",
    ),
    click.option(
        "--opened", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
        help="Date at which the trial opened; default: that of the first entry, or, without DATA, as planned.",
    ),
    click.option(
        "--accrual-window", type=SOME_MONTHS, metavar="MONTHS",
        help="Months from which the accrual rate is taken, counted back from the time up to which entries are known; "
        "default: since the opening.",
    ),
    click.option(
        "--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
        help="With DATA: mapping file for its names and codes.",
    ),
    click.option(
        "--cut", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
        help="With DATA: reduce it to what was known on that day.",
    ),
)  # fmt: skip
_NUMBERS = ("entered", "events", "cut_month")
SEEN_RULES: tuple[Rule, ...] = (
    *(one_of("data", name) for name in (*_NUMBERS, "exposure", "dropouts")),
    *(only(name, when=given("entered")) for name in ("exposure", "dropouts")),
    needs("entered", "events", "cut_month"),
    needs("cut_month", "entered"),
    only("lag", "entered_so_far", "mapping", "cut", "plan_file", "settings", when=absent("entered")),
    agree("entered", "events", "dropouts",
          test=lambda values: values["entered"] is None or values["events"] is None
          or values["events"] + (values["dropouts"] or 0) <= values["entered"],
          words="{events} and {dropouts} must together be no more than {entered}."),
)  # fmt: skip
