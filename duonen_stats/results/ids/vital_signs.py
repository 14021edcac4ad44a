"""Ids of vital signs, body weight and Karnofsky performance status by visit."""

from duonen_stats.results.ids.family import family, words
from duonen_stats.results.ids.late import LATE_VISITS
from duonen_stats.results.ids.patients import DESCRIBED, RATED
from duonen_stats.results.ids.scope import Scope, groups

KARNOFSKY, WEIGHT = "KPS", "WEIGHT"
"""Codes of the data dictionary, of which there are tables of their own."""

LAST_SIGN = "last"
"""The last value after the first administration, whenever it was."""

KARNOFSKY_LEVELS = ("100", "90", "80", "70", "60", "below_60")
"""Levels of a shift: tens of points, and all below 60 together, which is where the protocol ends the treatment."""
NO_STATUS = "missing"
LOSSES = ("5", "10", "20")
"""Losses of weight in percent of the baseline from which CTCAE grades it 1, 2 and 3 (term: weight loss)."""


def signs(scope: Scope) -> tuple[str, ...]:
    """Every vital sign of the data dictionary."""
    return tuple(one.code for one in scope.study.vital_signs)


def change_times(scope: Scope) -> tuple[str, ...]:
    """The plan's follow-up visits, those of late follow-up, and the last value."""
    return (*scope.plan.follow_up_visits, *LATE_VISITS, LAST_SIGN)


def sign_times(scope: Scope) -> tuple[str, ...]:
    """Baseline, and every time at which there is a change from it."""
    return (scope.plan.baseline_visit, *change_times(scope))


def _known(code: str, scope: Scope) -> bool:
    """Whether the data dictionary has a sign that has tables of its own."""
    return code in signs(scope)


@family(*DESCRIBED, sign=signs, visit=sign_times, group=groups)
def sign_value(sign: str, visit: str, group: str) -> str:
    """Value at baseline, at a visit, or the last one."""
    return f"vitals.{sign}.{visit}.{group}.value"


@family(*DESCRIBED, sign=signs, visit=change_times, group=groups)
def sign_change(sign: str, visit: str, group: str) -> str:
    """Change from baseline at a visit, or of the last value."""
    return f"vitals.{sign}.{visit}.{group}.change"


@family(*DESCRIBED, visit=change_times, group=groups, only=lambda scope, **_: _known(WEIGHT, scope))
def weight_change(visit: str, group: str) -> str:
    """Change of body weight in percent of a patient's own baseline."""
    return f"vitals.{WEIGHT}.{visit}.{group}.percent_change"


@family(*RATED, least=words(*LOSSES), group=groups, only=lambda scope, **_: _known(WEIGHT, scope))
def weight_lost(least: str, group: str) -> str:
    """Patients whose lowest weight after the first administration is so many percent below baseline, or more."""
    return f"vitals.{WEIGHT}.lost_ge{least}.{group}"


@family(
    "n",
    more=lambda before, after, **_: () if NO_STATUS in {before, after} else ("pct",),
    before=words(*KARNOFSKY_LEVELS, NO_STATUS),
    after=words(*KARNOFSKY_LEVELS, NO_STATUS),
    group=groups,
    only=lambda scope, **_: _known(KARNOFSKY, scope),
)
def karnofsky_shift(before: str, after: str, group: str) -> str:
    """Patients by Karnofsky status at baseline and the worst one after the first administration."""
    return f"vitals.{KARNOFSKY}.shift.{before}.{after}.{group}"


@family(*RATED, group=groups, only=lambda scope, **_: _known(KARNOFSKY, scope))
def karnofsky_worsened(group: str) -> str:
    """Patients whose worst Karnofsky status is below that at baseline, in points."""
    return f"vitals.{KARNOFSKY}.worsened.{group}"
