"""Options of ``duonen design``: each with its unit; what is left out is as in the plan of DUONEN."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import click

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
MOST = 1e5
"""No trial takes so many months, or so many patients."""

INTERVALS = ("wald", "wilson", "wilson_cc", "clopper_pearson")


class Numbers(click.ParamType):  # type: ignore[type-arg]
    """Numbers separated by commas: ``0.667,0.5,0.43``."""

    name = "numbers"

    def __init__(self, kind: type[float] | type[int] = float) -> None:
        self._kind = kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read the numbers; wrong usage if one is none."""
        if isinstance(value, tuple):
            return value
        try:
            return tuple(self._kind(part) for part in str(value).split(","))
        except ValueError:
            what = "numbers" if self._kind is float else "whole numbers"
            self.fail(f"{value!r} is not a list of {what} separated by commas.", param, ctx)


class Positive(click.ParamType):  # type: ignore[type-arg]
    """A finite number above 0, or with ``zero`` from 0 on; with ``most`` no larger."""

    name = "number"

    def __init__(self, *, zero: bool = False, most: float = MOST) -> None:
        self._zero = zero
        self._most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read the number; wrong usage if it is none, or out of range."""
        try:
            number = float(value)
        except ValueError:
            self.fail(f"{value!r} is not a number.", param, ctx)
        if not (number >= 0 if self._zero else number > 0) or not number <= self._most:
            least = "0 or more" if self._zero else "above 0"
            self.fail(f"{value} is out of range; it must be {least}, at most {self._most:g}.", param, ctx)
        return number


def of_plan(name: str) -> dict[str, Any]:
    """Default of the study's plan, as the help shows it."""
    return {"default": None, "show_default": PLAN_DEFAULTS[name]}


PATIENTS = click.option(
    "--patients", type=click.IntRange(1), metavar="N", help="Patients in all.", **of_plan("patients")
)
ALLOCATION = click.option(
    "--allocation", type=float, metavar="RATIO", **of_plan("allocation"),
    help="Patients in the experimental arms for one in the control arm.",
)  # fmt: skip
HAZARD_RATIO = click.option(
    "--hazard-ratio", type=Numbers(), metavar="HR", **of_plan("hazard_ratio"),
    help="Experimental over control; below 1 if the experimental arm is better. With --hazard-starts, one a piece.",
)  # fmt: skip

ASSUMPTIONS: tuple[Option, ...] = (
    click.option(
        "--control-hazard", type=Numbers(), metavar="PER_MONTH", **of_plan("control_hazard"),
        help="Hazard of progression or death in the control arm, per month. With --hazard-starts, one a piece.",
    ),
    click.option("--control-median", type=float, metavar="MONTHS", help="Instead: median in the control arm, months."),
    click.option(
        "--control-survival", type=(float, float), metavar="P MONTHS", default=None,
        help="Instead: probability P (0–1) of no event by that many months in the control arm.",
    ),
    HAZARD_RATIO,
    click.option(
        "--experimental-median", type=float, metavar="MONTHS",
        help="Instead of --hazard-ratio: median in the experimental arm, months.",
    ),
    click.option(
        "--hazard-starts", type=Numbers(), metavar="MONTHS", default=(0.0,), show_default="0",
        help="Months since entry at which the pieces of the hazards begin: 0,6.",
    ),
    ALLOCATION,
    click.option(
        "--accrual", type=float, metavar="MONTHS", **of_plan("accrual"),
        help="Months over which patients enter evenly; 0: all at once.",
    ),
    click.option(
        "--total", type=float, metavar="MONTHS", **of_plan("total"),
        help="Calendar months from the opening of the trial to the analysis.",
    ),
    click.option("--followup", type=float, metavar="MONTHS", help="Instead of --total: months after the last entry."),
    click.option(
        "--max-followup", type=float, metavar="MONTHS", help="Longest follow-up of a patient, months; default: none."
    ),
    click.option(
        "--dropout", type=float, metavar="PER_MONTH", default=0.0, show_default=True,
        help="Hazard of being lost to follow-up in both arms, per month.",
    ),
)  # fmt: skip

NULL_RATIO = click.option(
    "--null-hazard-ratio", type=float, metavar="HR", default=1.0, show_default=True,
    help="Hazard ratio of the null hypothesis: 1, or a margin of non-inferiority.",
)  # fmt: skip


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
            "--alpha", type=float, metavar="P", default=alpha, show_default=True,
            help="Significance level, over both tails if two-sided (0–1).",
        ),
        click.option(
            "--sides", type=click.Choice(["1", "2"]), default=sides, show_default=True, help="One- or two-sided."
        ),
    )  # fmt: skip


FAR_TAIL = click.option(
    "--far-tail",
    is_flag=True,
    help="Count rejections in the wrong direction of a two-sided test as power too.",
)


def method_option(methods: Iterable[str] = METHODS) -> Option:
    """Choose the method of calculation."""
    return click.option(
        "--method", type=click.Choice(list(methods)), default="schoenfeld", show_default=True,
        help="Method of calculation; ‘duonen design methods’ shows all side by side.",
    )  # fmt: skip


def power_option(name: str = "--power", default: float = 0.9) -> Option:
    """Power to reach."""
    return click.option(
        name, type=float, metavar="P", default=default, show_default=True, help="Power to reach (0–1)."
    )


def simulation_options(trials: int, *, least: int = 1) -> tuple[Option, ...]:
    """How many trials, and where they are computed."""
    return (
        click.option(
            "--trials", type=click.IntRange(least), metavar="N", default=trials, show_default=True,
            help="Simulated trials for each hazard ratio.",
        ),
        click.option(
            "--seed", type=click.IntRange(0), metavar="N", default=1, show_default=True,
            help="Seed of the random numbers; the result depends on nothing else.",
        ),
        click.option(
            "--workers", type=click.IntRange(1), metavar="N", default=1, show_default=True,
            help="Processes on this machine.",
        ),
        click.option(
            "--scheduler", metavar="ADDRESS", default=None,
            help="Instead: a Dask scheduler such as tcp://10.0.0.5:8786 (needs the extra ‘distributed’).",
        ),
        click.option(
            "--resume", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER", default=None,
            help="Keep finished parts in this folder, and start from those already there.",
        ),
    )  # fmt: skip


PLAN: tuple[Option, ...] = (
    click.option(
        "--looks", type=Numbers(), metavar="INFORMATION", default=(0.5, 1.0), show_default="0.5,1",
        help="Information at each look, increasing: fractions or planned events; the last is the maximum.",
    ),
    click.option(
        "--efficacy", type=click.Choice(EFFICACY), default=EFFICACY[0], show_default=True,
        help="Rule for stopping to reject.",
    ),
    click.option(
        "--efficacy-parameter", type=Numbers(), metavar="NUMBERS", default=None,
        help="Δ of wang_tsiatis, interim Z of haybittle_peto, γ or ρ of a spending function, or cumulative errors.",
    ),
    click.option(
        "--futility", type=click.Choice(FUTILITY), default=None,
        help="Rule for stopping without success (one-sided only); default: none.",
    ),
    click.option(
        "--futility-parameter", type=Numbers(), metavar="NUMBERS", default=None,
        help="Its parameter; for stated_values one Z an interim look.",
    ),
    click.option("--binding", is_flag=True, help="The critical values count on futility stops being obeyed."),
    *level_options(0.025, "1"),
    power_option(),
    ALLOCATION,
)  # fmt: skip

NUMBERS_ONLY = ("entered", "events", "cut_month", "exposure", "dropouts")
"""Options that tell a data cut by its numbers; they do not go with DATA."""

DATA_ONLY = ("lag", "entered_so_far", "mapping", "cut")
"""Options about the files of a data cut; they do not go with its numbers."""

SEEN: tuple[Option, ...] = (
    click.option("--entered", type=click.IntRange(1), metavar="N", help="Patients entered by the data cut."),
    click.option("--events", type=click.IntRange(1), metavar="N", help="Events seen by then, arms together."),
    click.option(
        "--cut-month", type=Positive(), metavar="MONTHS",
        help="Calendar months from the opening of the trial to the cut.",
    ),
    click.option(
        "--exposure", type=Positive(), metavar="MONTHS",
        help="Patient-months of follow-up; left out, events are taken to have come half-way.",
    ),
    click.option(
        "--dropouts", type=click.IntRange(0), metavar="N",
        help="Patients lost for good without an event; default: 0.",
    ),
    click.option(
        "--lag", type=Positive(zero=True), metavar="MONTHS",
        help="With DATA: who has no follow-up status and was last seen longer before the cut, without an event, counts "
        "as lost; default: two intervals of scans, 5.5.",
    ),
    click.option(
        "--entered-so-far", type=click.IntRange(1), metavar="N",
        help="With DATA: patients entered by the data cut, those not in it included; default: those of the table "
        "enrolment.",
    ),
    click.option(
        "--opened", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
        help="Date at which the trial opened; default: that of the first entry, or, without DATA, as planned.",
    ),
    click.option(
        "--accrual-window", type=Positive(), metavar="MONTHS",
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


def typed(name: str) -> str:
    """Write the name of an option as it is typed."""
    return f"--{name.replace('_', '-')}"


def refuse_together(given: Mapping[str, Any], data: str | None) -> None:
    """Refuse options that do not belong together: numbers of a cut with its files, options of files with numbers.

    Parameters
    ----------
    given
        Options by name; None where one was left out.
    data
        What the files are called, ``"DATA"``; None if no folder was given.

    Raises
    ------
    click.UsageError
        It names the option as typed.
    """
    numbers = [name for name in NUMBERS_ONLY if given.get(name) is not None]
    if numbers and data is not None:
        raise click.UsageError(
            f"{typed(numbers[0])} tells a data cut by its numbers; it does not go with {data}."
        )
    files = [name for name in DATA_ONLY if given.get(name) is not None]
    if numbers and files:
        raise click.UsageError(
            f"{typed(files[0])} is about the files of a data cut; it does not go with {typed(numbers[0])}."
        )
    told = [name for name in numbers if name in {"entered", "events", "cut_month"}]
    if numbers and not told:
        raise click.UsageError(
            f"{typed(numbers[0])} goes with --entered, --events and --cut-month, the numbers of a data cut."
        )
