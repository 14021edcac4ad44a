"""Options of ``duonen design``: each with unit and range; those you omit take the values of the published plan.

What several commands take is a dataclass; an option that commands take singly is a function that declares it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from duonen_stats.cli.common import progress
from duonen_stats.cli.design_rules import (
    Address,
    LooksType,
    Numbers,
    Real,
    looks_in_events,
    wrong_usage,
)
from duonen_stats.cli.options import CommonOptions, DataOptions, PlanOptions, option

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from duonen_stats.design import GroupSequentialDesign, Progress, SurvivalAssumptions

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
MOST_TRIALS = 100_000_000
FRACTION = Real(0, 1, open_low=True, open_high=True, hint=" It is a fraction of 1: 0.9 for 90%.")
SHARE = Real(0, 1, hint=" It is a fraction of 1: 0.9 for 90%.")
HAZARD = Real(0, 100)
RATIO = Real(0.001, 1000)
MONTHS = Real(0, 1200)
SOME_MONTHS = Real(0, 1200, open_low=True)
SHAPE = Real(0.2, 5)
Z = Real(-40, 40)
EVENTS = click.IntRange(1, MOST_PATIENTS)


def of_plan(name: str) -> dict[str, Any]:
    """Default of the study's plan, as the help shows it."""
    return {"default": None, "show_default": PLAN_DEFAULTS[name]}


_TENTH = 10


def planned_patients(stated: int | None) -> int:
    """Give the patients stated, or those of the published plan."""
    return int(PLAN_DEFAULTS["patients"] if stated is None else stated)


def parameter_of(values: Sequence[float] | None, *, many: bool = False) -> float | Sequence[float] | None:
    """Take one number as such, several as a sequence."""
    return values[0] if values is not None and len(values) == 1 and not many else values


class CountedTrials:
    """Counts the simulated trials of a step, and shows each tenth with the words of the step."""

    def __init__(self, show: Callable[[str, int, int], None], step: str = "") -> None:
        self._show, self._tenth = show, -1
        self._words = f"simulated trials {step}".rstrip()

    def __call__(self, done_trials: int, total_trials: int, /) -> None:
        """Show how many are done, if another tenth is."""
        tenth = _TENTH * done_trials // total_trials
        if tenth != self._tenth:
            self._tenth = tenth
            self._show(self._words, done_trials, total_trials)

    def of(self, step: str, /) -> "CountedTrials":
        """Count the trials of another step."""
        return CountedTrials(self._show, step)


def patients_option(most: int = MOST_PATIENTS) -> Any:
    """Declare ``--patients``, of the plan if omitted."""
    return option(
        "--patients",
        type=click.IntRange(2, most),
        metavar="N",
        help="Total number of patients.",
        **of_plan("patients"),
    )


def allocation_option() -> Any:
    """Declare ``--allocation``."""
    return option(
        "--allocation", type=Real(0.01, 100), metavar="RATIO", **of_plan("allocation"),
        help="Patients in the experimental arms per patient in the control arm.",
    )  # fmt: skip


def hazard_ratio_option() -> Any:
    """Declare ``--hazard-ratio``."""
    return option(
        "--hazard-ratio", type=Numbers(RATIO), metavar="HR,…", **of_plan("hazard_ratio"),
        help="Experimental over control, below 1 if the experimental arm is better. With --hazard-starts, one per "
        "interval.",
    )  # fmt: skip


def total_option() -> Any:
    """Declare ``--total``."""
    return option(
        "--total", type=SOME_MONTHS, metavar="MONTHS", **of_plan("total"),
        help="Calendar months from the opening of the trial to the analysis.",
    )  # fmt: skip


def followup_option() -> Any:
    """Declare ``--followup``."""
    return option(
        "--followup", type=MONTHS, metavar="MONTHS", default=None,
        help="Instead of --total: months after the last entry.",
    )  # fmt: skip


def control_hazard_option() -> Any:
    """Declare ``--control-hazard``."""
    return option(
        "--control-hazard", type=Numbers(HAZARD), metavar="PER_MONTH,…", **of_plan("control_hazard"),
        help="Hazard of progression or death in the control arm, per month. With --hazard-starts, one per interval.",
    )  # fmt: skip


def accrual_option() -> Any:
    """Declare ``--accrual``."""
    return option(
        "--accrual", type=MONTHS, metavar="MONTHS", **of_plan("accrual"),
        help="Months over which patients enter, evenly unless intensities are given; 0: all at the opening.",
    )  # fmt: skip


def method_option(methods: Iterable[str] = METHODS, default: str = "schoenfeld") -> Any:
    """Declare ``--method``, the method of calculation."""
    return option(
        "--method", type=click.Choice(list(methods)), default=default, show_default=True,
        help="Method of calculation; ‘duonen design methods’ shows all side by side.",
    )  # fmt: skip


def power_option(help_text: str = "Power to reach (0–1).") -> Any:
    """Declare ``--power``."""
    return option("--power", type=FRACTION, metavar="P", default=0.9, show_default=True, help=help_text)


def alpha_option(level: float) -> Any:
    """Declare ``--alpha``."""
    return option(
        "--alpha", type=FRACTION, metavar="P", default=level, show_default=True,
        help="Significance level, over both tails if two-sided (0–1).",
    )  # fmt: skip


def sides_option(sides: str) -> Any:
    """Declare ``--sides``."""
    return option(
        "--sides", type=click.Choice(["1", "2"]), default=sides, show_default=True, help="One- or two-sided."
    )


def trials_option(
    trials: int, help_text: str = "Simulated trials for each hazard ratio.", *, least: int = 1
) -> Any:
    """Declare ``--trials``."""
    return option(
        "--trials", type=click.IntRange(least, MOST_TRIALS), metavar="N", default=trials, show_default=True,
        help=help_text,
    )  # fmt: skip


def calibration_option(trials: int = 400_000, *, least: int = 1) -> Any:
    """Declare ``--calibration-trials``."""
    return option(
        "--calibration-trials", type=click.IntRange(least, MOST_TRIALS), metavar="N", default=trials,
        show_default=True, help="Trials without an effect that each calibrated critical value is taken from.",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class AssumptionOptions(CommonOptions):
    """What is assumed of a trial."""

    control_hazard: tuple[float, ...] | None = control_hazard_option()
    control_median: float | None = option(
        "--control-median", type=SOME_MONTHS, metavar="MONTHS", default=None,
        help="Instead: median in the control arm, months.",
    )  # fmt: skip
    control_survival: tuple[float, float] | None = option(
        "--control-survival", type=(FRACTION, SOME_MONTHS), metavar="P MONTHS", default=None,
        help="Instead: probability P (0–1) of no event by that many months in the control arm.",
    )  # fmt: skip
    hazard_ratio: tuple[float, ...] | None = hazard_ratio_option()
    experimental_median: float | None = option(
        "--experimental-median", type=SOME_MONTHS, metavar="MONTHS", default=None,
        help="Instead of --hazard-ratio: median in the experimental arm, months.",
    )  # fmt: skip
    hazard_starts: tuple[float, ...] = option(
        "--hazard-starts", type=Numbers(MONTHS, increasing=True), metavar="MONTHS,…", default=(0.0,), show_default="0",
        help="Months since entry at which the intervals of the hazards begin: 0,6.",
    )  # fmt: skip
    weibull_shape: float = option(
        "--weibull-shape", type=SHAPE, metavar="SHAPE", default=1.0, show_default="1",
        help="Shape of Weibull times in both arms: above 1 the hazard rises. Medians and --control-survival are kept.",
    )  # fmt: skip
    allocation: float | None = allocation_option()
    accrual: float | None = accrual_option()
    accrual_starts: tuple[float, ...] = option(
        "--accrual-starts", type=Numbers(MONTHS, increasing=True), metavar="MONTHS,…", default=(0.0,), show_default="0",
        help="Calendar months at which periods of accrual begin: 0,12.",
    )  # fmt: skip
    accrual_intensities: tuple[float, ...] = option(
        "--accrual-intensities", type=Numbers(Real(0, 1e6)), metavar="NUMBER,…", default=(1.0,), show_default="1",
        help="Intensity of accrual, one per period of --accrual-starts: 1,2 if it doubles. Only the ratios matter.",
    )  # fmt: skip
    total: float | None = total_option()
    followup: float | None = followup_option()
    max_followup: float | None = option(
        "--max-followup", type=SOME_MONTHS, metavar="MONTHS", default=None,
        help="Longest follow-up of a patient, months; default: none.",
    )  # fmt: skip
    dropout: float = option(
        "--dropout", type=HAZARD, metavar="PER_MONTH", default=0.0, show_default=True,
        help="Hazard of being lost to follow-up in both arms, per month.",
    )  # fmt: skip

    def assumptions(self) -> "SurvivalAssumptions":
        """Make the planning assumptions; what the engine refuses of them is wrong usage."""
        from duonen_stats.design_report.question_inputs import assumptions_from

        with wrong_usage():
            return assumptions_from(
                control_hazard=self.control_hazard, control_median=self.control_median,
                control_survival=self.control_survival, hazard_ratio=self.hazard_ratio,
                experimental_median=self.experimental_median, hazard_starts=self.hazard_starts,
                weibull_shape=self.weibull_shape, allocation=self.allocation, accrual=self.accrual,
                accrual_starts=self.accrual_starts, accrual_intensities=self.accrual_intensities, total=self.total,
                followup=self.followup, max_followup=self.max_followup, dropout=self.dropout,
            )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class PatientOptions(CommonOptions):
    """How many patients there are."""

    patients: int | None = patients_option()

    @property
    def n_patients(self) -> int:
        """Patients stated, or those of the published plan."""
        return planned_patients(self.patients)


@dataclass(frozen=True, kw_only=True)
class LevelOptions(CommonOptions):
    """Level and sides of a test that is two-sided unless stated."""

    alpha: float = alpha_option(0.05)
    sides: str = sides_option("2")

    @property
    def n_sides(self) -> int:
        """Sides as a number."""
        return int(self.sides)


@dataclass(frozen=True, kw_only=True)
class WeightOptions(CommonOptions):
    """Weights of the log-rank test."""

    rho: float = option(
        "--rho", type=Real(0, 20), default=0.0, show_default=True, help="Fleming–Harrington weight ρ (early)."
    )
    gamma: float = option(
        "--gamma",
        type=Real(0, 20),
        default=0.0,
        show_default=True,
        help="Fleming–Harrington weight γ (late).",
    )


def workers_option(only_with: str = "") -> Any:
    """Declare ``--workers``; its help begins with the option that it goes with, if it goes with one only."""
    words = f"{only_with}: processes" if only_with else "Processes"
    return option(
        "--workers", type=click.IntRange(1, 1024), metavar="N", default=1, show_default=True,
        help=f"{words} on this machine.",
    )  # fmt: skip


def scheduler_option(only_with: str = "") -> Any:
    """Declare ``--scheduler``, the alternative to ``--workers``."""
    words = f"{only_with}, instead" if only_with else "Instead"
    return option(
        "--scheduler", type=Address(), metavar="ADDRESS", default=None,
        help=f"{words}: a Dask scheduler such as tcp://10.0.0.5:8786 (needs the extra ‘distributed’).",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ComputeOptions(CommonOptions):
    """Where simulated trials are computed."""

    seed: int = option(
        "--seed", type=click.IntRange(0), metavar="N", default=1, show_default=True,
        help="Seed of the random numbers; the result depends on nothing else.",
    )  # fmt: skip
    workers: int = workers_option()
    scheduler: str | None = scheduler_option()
    resume: Path | None = option(
        "--resume", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER", default=None,
        help="Keep finished parts in this folder, and start from those already there.",
    )  # fmt: skip

    @contextmanager
    def computing(self) -> "Iterator[tuple[Executor | None, Progress]]":
        """Provide the workers and what shows the progress; a program that reads JSON gets none."""
        from duonen_stats.design_report.question_inputs import workers

        silent = self.quiet or bool(getattr(self, "json", False))
        with workers(self.workers, self.scheduler) as executor, progress(silent) as show:
            yield executor, CountedTrials(show)


def null_ratio_option() -> Any:
    """Declare ``--null-hazard-ratio``."""
    return option(
        "--null-hazard-ratio", type=RATIO, metavar="HR", default=1.0, show_default=True,
        help="Hazard ratio of the null hypothesis: 1, or a margin of non-inferiority.",
    )  # fmt: skip


def far_tail_option() -> Any:
    """Declare ``--far-tail``."""
    return option(
        "--far-tail", is_flag=True,
        help="Count rejections in the wrong direction of a two-sided test as power too.",
    )  # fmt: skip


def max_events_option(help_text: str) -> Any:
    """Declare ``--max-events``."""
    return option("--max-events", type=EVENTS, metavar="N", default=None, help=help_text)


@dataclass(frozen=True, kw_only=True)
class MonitoringOptions(CommonOptions):
    """Looks at the data, and the rules for stopping at them."""

    looks: tuple[float, ...] = option(
        "--looks", type=LooksType(), metavar="LOOK,…", default=(0.5, 1.0), show_default="0.5,1",
        help="Looks, increasing: fractions of the information that end at 1, or whole numbers of events such as 30,60.",
    )  # fmt: skip
    efficacy: Any = option(
        "--efficacy", type=click.Choice(EFFICACY), default=EFFICACY[0], show_default=True,
        help="Rule for stopping to reject.",
    )  # fmt: skip
    efficacy_parameter: tuple[float, ...] | None = option(
        "--efficacy-parameter", type=Numbers(), metavar="NUMBER,…", default=None,
        help="Δ of wang_tsiatis, interim Z of haybittle_peto, γ or ρ of a spending function, or cumulative errors.",
    )  # fmt: skip
    futility: Any = option(
        "--futility", type=click.Choice(FUTILITY), default=None,
        help="Rule for stopping without success (one-sided only); default: none.",
    )  # fmt: skip
    futility_parameter: tuple[float, ...] | None = option(
        "--futility-parameter", type=Numbers(), metavar="NUMBER,…", default=None,
        help="Its parameter; for stated_values one Z per interim look.",
    )  # fmt: skip
    binding: bool = option(
        "--binding", is_flag=True, help="The critical values count on futility stops being obeyed."
    )

    def monitoring(self, alpha: float, sides: int, power: float) -> "GroupSequentialDesign":
        """Make the plan of looks; what the engine refuses of it is wrong usage."""
        from duonen_stats.design import group_sequential_design

        named = ["--looks", "--efficacy"] + ([] if self.futility is None else ["--futility"])
        with wrong_usage(*named):
            return group_sequential_design(
                self.looks, alpha=alpha, sides=sides, power=power, efficacy=self.efficacy,
                efficacy_parameter=parameter_of(self.efficacy_parameter), futility=self.futility, binding=self.binding,
                futility_parameter=parameter_of(self.futility_parameter, many=self.futility == "stated_values"),
            )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class GroupSequentialOptions(MonitoringOptions):
    """A group-sequential plan, one-sided unless stated."""

    alpha: float = alpha_option(0.025)
    sides: str = sides_option("1")
    power: float = power_option()

    def plan_of_looks(self) -> "GroupSequentialDesign":
        """Make the plan."""
        return self.monitoring(self.alpha, int(self.sides), self.power)

    def events_of_last_look(self, stated: int | None) -> int | None:
        """Events of the last look: as stated, or the last of looks that are numbers of events."""
        return int(self.looks[-1]) if stated is None and looks_in_events(self.looks) else stated


@dataclass(frozen=True, kw_only=True)
class SeenOptions(DataOptions, PlanOptions):
    """What is known of a trial under way: a data cut without arms, or its numbers."""

    entered: int | None = option(
        "--entered", type=click.IntRange(1, MOST_IN_A_CUT), metavar="N", default=None,
        help="Patients entered by the data cut.",
    )  # fmt: skip
    events: int | None = option(
        "--events", type=click.IntRange(1, MOST_IN_A_CUT), metavar="N", default=None,
        help="Events seen by then, arms together.",
    )  # fmt: skip
    cut_month: float | None = option(
        "--cut-month", type=SOME_MONTHS, metavar="MONTHS", default=None,
        help="Calendar months from the opening of the trial to the cut.",
    )  # fmt: skip
    exposure: float | None = option(
        "--exposure", type=Real(0, 1e7, open_low=True), metavar="MONTHS", default=None,
        help="Patient-months of follow-up; if omitted, events are taken to have come half-way.",
    )  # fmt: skip
    dropouts: int = option(
        "--dropouts", type=click.IntRange(0, MOST_IN_A_CUT), metavar="N", default=0, show_default=True,
        help="Patients lost for good without an event.",
    )  # fmt: skip
    lag: float | None = option(
        "--lag", type=MONTHS, metavar="MONTHS", default=None,
        help="With DATA: patients without a follow-up status or an event who were last seen more than this many months "
        "before the cut count as lost; default: two intervals of scans, 5.5.",
    )  # fmt: skip
    entered_so_far: int | None = option(
        "--entered-so-far", type=click.IntRange(1, MOST_IN_A_CUT), metavar="N", default=None,
        help="With DATA: patients entered by the data cut, those not in it included; default: those of the table "
        "enrolment.",
    )  # fmt: skip
    opened: datetime | None = option(
        "--opened", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", default=None,
        help="Date at which the trial opened; default: that of the first entry, or, without DATA, as planned.",
    )  # fmt: skip
    accrual_window: float | None = option(
        "--accrual-window", type=SOME_MONTHS, metavar="MONTHS", default=None,
        help="Months from which the accrual rate is taken, counted back from the time up to which entries are known; "
        "default: since the opening.",
    )  # fmt: skip

    @property
    def opening(self) -> date | None:
        """Day on which the trial is stated to have opened."""
        return None if self.opened is None else self.opened.date()
