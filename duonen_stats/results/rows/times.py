"""Times to an event of the patients of some arms: what every survival analysis starts from."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from duonen_stats.errors import NotEstimable, PlanError
from duonen_stats.methods.inputs.admit import BoolArray, FloatArray, IntArray
from duonen_stats.plan import Plan
from duonen_stats.results.rows.groups import (
    ALL,
    ARM,
    arm_codes,
    numbers,
)
from duonen_stats.study import Study

ENDPOINTS = {
    "pfs": ("PFS", "Progression-free survival, treatment policy"),
    "pfshyp": ("PFSHYP", "Progression-free survival, hypothetical"),
    "os": ("OS", "Overall survival"),
}
"""Part of the id: ``PARAMCD`` and what it is."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Times:
    """Months to an event (1) or to censoring (0), and the arm, one entry a patient.

    ``reason`` is ``CNSR``: 0 for an event, else why the time is censored.
    """

    subject: "np.typing.NDArray[np.object_]"
    time: FloatArray
    event: IntArray
    reason: IntArray
    arm: "np.typing.NDArray[np.str_]"

    def of(self, chosen: BoolArray) -> "Times":
        """Return the chosen patients."""
        return Times(
            subject=self.subject[chosen],
            time=self.time[chosen],
            event=self.event[chosen],
            reason=self.reason[chosen],
            arm=self.arm[chosen],
        )


def times_of(adtte: pd.DataFrame, parameter: str) -> Times:
    """Take the times of a parameter of ADTTE."""
    rows = adtte[adtte["PARAMCD"].eq(parameter)]
    reason = numbers(rows["CNSR"]).astype(np.int64)
    return Times(
        subject=rows["USUBJID"].to_numpy(dtype=object),
        time=numbers(rows["AVAL"]),
        event=(reason == 0).astype(np.int64),
        reason=reason,
        arm=rows[ARM].to_numpy(dtype=str),
    )


def experimental_arms(study: Study, plan: Plan) -> tuple[str, ...]:
    """Return the arms that are compared with the control arm; ``PlanError`` if there is no such arm."""
    arms = arm_codes(study)
    if plan.control_arm not in arms:
        raise PlanError(f"control_arm is {plan.control_arm!r}; it has to be one of {', '.join(arms)}.")
    return tuple(code for code in arms if code != plan.control_arm)


def pooled_name(arms: tuple[str, ...]) -> str:
    """Name arms taken together, as in ids: ``BCD``."""
    return "".join(arms)


def pooled_level(arms: tuple[str, ...]) -> str:
    """Name arms taken together, as a level that people read: ``B + C + D``."""
    return " + ".join(arms)


def group_level(group: str, study: Study, plan: Plan) -> str:
    """Return the level that people read for a group of :func:`each_time_group`.

    Examples
    --------
    >>> from duonen_stats.plan import FINAL
    >>> from duonen_stats.study import load_study
    >>> [group_level(group, load_study(), FINAL) for group in ("A", "BCD", "all")]
    ['A', 'B + C + D', 'all']
    """
    experimental = experimental_arms(study, plan)
    return pooled_level(experimental) if group == pooled_name(experimental) else group


def arms_in_words(arms: tuple[str, ...]) -> str:
    """Name arms as a reader knows them.

    Examples
    --------
    >>> arms_in_words(("A",)), arms_in_words(("B", "C", "D"))
    ('arm A', 'arms B + C + D')
    """
    return f"arm{'s' if len(arms) > 1 else ''} {pooled_level(arms)}"


def each_time_group(times: Times, study: Study, plan: Plan) -> Iterator[tuple[str, Times]]:
    """Yield every arm, the experimental arms together, and all patients: code and times."""
    for code in arm_codes(study):
        yield code, times.of(times.arm == code)
    experimental = experimental_arms(study, plan)
    yield pooled_name(experimental), times.of(np.isin(times.arm, experimental))
    yield ALL, times


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TwoGroups:
    """An experimental group and the control arm; ``experimental`` is true of patients of the first.

    ``name`` is the group in ids, ``arms`` are the arms it is made of.
    """

    times: Times
    experimental: BoolArray
    arms: tuple[str, ...]
    control: str

    @property
    def name(self) -> str:
        """Name of the experimental group, as in ids."""
        return pooled_name(self.arms)

    @property
    def sizes(self) -> dict[str, int]:
        """Patients of either group."""
        n = int(np.count_nonzero(self.experimental))
        return {self.name: n, self.control: self.experimental.size - n}

    @property
    def events(self) -> dict[str, int]:
        """Events of either group."""
        n = int(self.times.event[self.experimental].sum())
        return {self.name: n, self.control: int(self.times.event.sum()) - n}

    @property
    def labels(self) -> "np.typing.NDArray[np.str_]":
        """Group of each patient."""
        return np.where(self.experimental, self.name, self.control)

    def words(self, name: str) -> str:
        """Name a group as a reader knows it: ``arm A``, ``arms B + C + D``."""
        return arms_in_words(self.arms if name == self.name else (self.control,))

    @property
    def term(self) -> str:
        """Name of the comparison as a term of a model, for the reason where it has no estimate."""
        return f"the group ({self.words(self.name)} or {self.words(self.control)})"

    def require(self, plan: Plan) -> None:
        """Raise ``NotEstimable`` if a group is empty or too small to be compared."""
        empty = [self.words(name) for name, n in self.sizes.items() if not n]
        if empty:
            raise NotEstimable("single_group", self.sizes, f"no patient in {' or '.join(empty)}")
        if min(self.sizes.values()) < plan.min_group:
            raise NotEstimable(
                "group_too_small", self.sizes, f"a compared group has fewer than {plan.min_group} patients"
            )


def two_groups(times: Times, arms: tuple[str, ...], plan: Plan) -> TwoGroups:
    """Set arms together against the control arm; patients of other arms are left out."""
    chosen = np.isin(times.arm, (*arms, plan.control_arm))
    own = times.of(chosen)
    return TwoGroups(
        times=own,
        experimental=np.isin(own.arm, arms),
        arms=arms,
        control=plan.control_arm,
    )
