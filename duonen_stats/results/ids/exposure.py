"""Ids of how each course kept to the protocol, and of what the doses are worth biologically."""

from duonen_stats.results.ids.family import family, number, words
from duonen_stats.results.ids.patients import COUNTED, DESCRIBED
from duonen_stats.results.ids.scope import Scope, arms, groups, isotopes, modified, organs
from duonen_stats.study import Study

DELAY_REASONS = ("event", "none")


def _later(scope: Scope) -> tuple[str, ...]:
    return tuple(cycle.code for cycle in scope.study.cycles[1:])


def _every(scope: Scope) -> tuple[str, ...]:
    return tuple(cycle.code for cycle in scope.study.cycles)


def _of_arm(scope: Scope, arm: str, isotope: str, **_: object) -> bool:
    return isotope in scope.study.arm(arm).isotopes


@family(*DESCRIBED, cycle=_later, group=groups)
def cycle_interval(cycle: str, group: str) -> str:
    """Days from the delivered cycle before to a cycle."""
    return f"exposure.interval.{cycle}.{group}"


@family(*COUNTED, cycle=_later, group=groups)
def cycle_delayed(cycle: str, group: str) -> str:
    """Delivered cycles that came late."""
    return f"exposure.delayed.{cycle}.{group}"


@family(*DESCRIBED, cycle=_later, group=groups)
def cycle_delay(cycle: str, group: str) -> str:
    """Days by which the late ones were late."""
    return f"exposure.delay.{cycle}.{group}"


@family(*COUNTED, cycle=_every, group=groups)
def cycle_not_given(cycle: str, group: str) -> str:
    """Treated patients to whom a cycle was not given, whose treatment does not go on."""
    return f"exposure.not_given.{cycle}.{group}"


@family(*COUNTED, group=groups)
def delayed_patients(group: str) -> str:
    """Treated patients with a late cycle."""
    return f"exposure.delayed_patients.{group}"


@family(*COUNTED, reason=words(*DELAY_REASONS), group=groups)
def delay_reason(reason: str, group: str) -> str:
    """Late cycles by whether an adverse event is recorded to have delayed them."""
    return f"exposure.delay_reason.{reason}.{group}"


@family(*DESCRIBED, against=words("start", "set"), arm=arms, isotope=isotopes, only=_of_arm)
def dose_intensity(arm: str, isotope: str, against: str) -> str:
    """Relative dose intensity of an isotope, against the start activity or the activities set."""
    return f"exposure.intensity.{arm}.{isotope}.{against}"


@family(*COUNTED, arm=arms, isotope=isotopes, only=_of_arm)
def activity_set(arm: str, isotope: str) -> str:
    """Delivered cycles whose activity set is known."""
    return f"exposure.set.{arm}.{isotope}"


@family(*DESCRIBED, arm=arms, isotope=isotopes, only=_of_arm)
def given_of_set(arm: str, isotope: str) -> str:
    """Activity given in a cycle, of that set for it."""
    return f"exposure.given_of_set.{arm}.{isotope}"


@family(*DESCRIBED, arm=arms, isotope=isotopes, only=_of_arm)
def course_share(arm: str, isotope: str) -> str:
    """Activity given of that of the whole course at the start activity."""
    return f"exposure.share.{arm}.{isotope}"


@family("n", "ongoing", arm=arms)
def courses(arm: str) -> str:
    """Treated patients, and those of them whose treatment goes on."""
    return f"exposure.courses.{arm}"


@family(*DESCRIBED, arm=arms, isotope=isotopes, cycle=_every, only=_of_arm)
def cycle_activity(arm: str, isotope: str, cycle: str) -> str:
    """Activity of an isotope in a cycle."""
    return f"exposure.activity.{arm}.{isotope}.{cycle}"


@family(*DESCRIBED, organ=organs, arm=arms, isotope=isotopes, cycle=_every, only=_of_arm)
def specific_dose(organ: str, arm: str, isotope: str, cycle: str) -> str:
    """Dose of an organ per activity of an isotope in a cycle."""
    return f"exposure.specific.{organ}.{arm}.{isotope}.{cycle}"


GOVERNED_BY = ("dosimetry_increase", "dosimetry_reduction", "other_reason")


def limit_names(scope: Scope) -> tuple[str, ...]:
    """Name every limit of dose, organ by organ, that of the course first; then the cycles where it is not known."""
    return (
        *(
            f"{organ.code.lower()}_{span}"
            for organ in scope.study.organs
            for span in (("course", "cycle") if organ.limit_cycle is not None else ("course",))
        ),
        "unknown",
    )


@family("n", "pct", arm=modified, limit=limit_names, reason=words(*GOVERNED_BY))
def governing_limit(arm: str, limit: str, reason: str) -> str:
    """Cycles after the first by the limit that binds and the recorded reason for the activity."""
    return f"exposure.governed.{arm}.{limit}.{reason}"


@family("n", arm=modified)
def adapted_cycles(arm: str) -> str:
    """Delivered cycles after the first in an arm that adapts an isotope."""
    return f"exposure.adapted_cycles.{arm}"


@family(*DESCRIBED, scale=words("bed", "eqd2", "absorbed"), group=groups)
def kidney_effective(scale: str, group: str) -> str:
    """Biologically effective dose of the kidney, and what else is shown next to it."""
    return f"exposure.kidney.{scale}.{group}"


@family("hours", isotope=isotopes)
def kidney_half_life(isotope: str) -> str:
    """Effective half-life of an isotope in the kidney under the plan."""
    return f"exposure.kidney.half_life.{isotope}"


@family(
    "median", "max",
    alpha_beta=lambda scope: scope.plan.bed_alpha_beta_grid,
    repair=lambda scope: scope.plan.bed_repair_grid,
    group=groups,
)  # fmt: skip
def kidney_grid(alpha_beta: float, repair: float, group: str) -> str:
    """Biologically effective dose of the kidney at other ratios and half-times of repair."""
    return f"exposure.kidney.grid.{number(alpha_beta)}.{number(repair)}.{group}"


def dose_outcomes(study: Study) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return what is related to the dose of an organ: by organ the outcome as in ids, and the analytes that show it."""
    blood = tuple(analyte.code for analyte in study.analytes if analyte.category == "HEMATOLOGY")
    return {
        "marrow": {**{code: (code,) for code in blood}, "any_count": blood},
        "kidney": {"EGFR": ("EGFR",)},
    }


def _outcomes(scope: Scope) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for found in dose_outcomes(scope.study).values() for one in found))


@family(
    "n", "records", "events", "unknown", "ratio", "ci_low", "ci_high", "p",
    organ=words("marrow", "kidney"), outcome=_outcomes, model=words("hazard", "odds"),
    only=lambda scope, organ, outcome, model: outcome in dose_outcomes(scope.study)[organ],
)  # fmt: skip
def dose_harm(organ: str, outcome: str, model: str) -> str:
    """The first low count, or fall of kidney function, against the dose given so far."""
    return f"dose_harm.{organ}.{outcome}.{model}"
