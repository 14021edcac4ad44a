"""Laboratory changes, analyte by analyte: targets from the ledger, bounds from the other analytes, a start."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from duonen_stats.simulated.calibration.analytes import (
    HEPATIC,
    NO_DIFFERENTIAL,
    NO_LIVER_PANEL,
    SEVERE_PLATELETS,
    AnalytePlan,
)  # fmt: skip
from duonen_stats.simulated.calibration.annealing import Schedule, Space, anneal
from duonen_stats.simulated.calibration.changes import (
    ANY,
    ChangeProblem,
    ChangeTargets,
    PatientGroups,
)
from duonen_stats.simulated.calibration.roster import ARMS, Roster
from duonen_stats.simulated.calibration.targets import NOT_SIGNIFICANT, Bounds, Targets

Values = NDArray[np.float64]

_VISITS = ("V1", "V2", "V3", "V4")
_ORDER = 0.96  # a median at another visit stays this far below the largest
_REACH = (2.5, 2.2)  # changes lie within so many IQR of the printed quartiles
_LYMPHOCYTE_SHARE = (0.08, 0.45)
_NEUTROPHIL_SHARE = (0.42, 0.74)
_REST = (0.03, 0.28)  # of white cells: monocytes, eosinophils, basophils
_FLAT = {"A": Bounds(low=-4.0, high=-0.8), "B": Bounds(low=0.8, high=5.0),
         "C": Bounds(low=4.0, high=9.0), "D": Bounds(low=-0.5, high=0.6)}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyteContext:
    """What is known before an analyte is calibrated: baselines, cumulative doses (Gy), values so far.

    ``baseline`` has one array (n,) an analyte, ``dose`` one an organ (NaN: not complete), ``values`` one
    (4, n) an analyte already calibrated.
    """

    roster: Roster
    baseline: Mapping[str, Values]
    dose: Mapping[str, Values]
    values: Mapping[str, Values] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundChanges:
    """Changes in the analyte's unit, shape (4, n), which of them exist, and the loss they were found at."""

    state: Values
    present: NDArray[np.bool_]
    loss: float
    judged: int


def change_targets(plan: AnalytePlan, targets: Targets) -> ChangeTargets:
    """Collect what is printed about an analyte, and what is implied or assumed where nothing is."""
    at = targets.count(f"table4.{plan.ledger}.visit_of_largest") - 1
    quartiles = targets.quartiles(f"table4.{plan.ledger}.delta")
    typical = targets.value(f"table4.{plan.ledger}.delta.median")
    spread = plan.tolerance * (quartiles[2].low - quartiles[0].high)
    renal, blood = plan.organ == "KIDNEY", plan.organ == "MARROW"
    correlated = f"sec3_5.{plan.ledger}.nadir_marrow.rho"
    return ChangeTargets(
        printed_visit=at,
        quartiles=quartiles,
        medians=[
            Bounds() if visit == at else _smaller(typical * part, spread, typical)
            for visit, part in enumerate(plan.course)
        ],
        between=[targets.p(f"table4.{plan.ledger}.kw_p.{visit}") for visit in _VISITS],
        paired=[
            ANY if renal and name not in targets else targets.p(name)
            for name in (f"{plan.section}.{plan.ledger}.paired_p.V{one}_V{one + 1}" for one in (1, 2, 3))
        ],
        steady=plan.steady,
        adverse=plan.adverse,
        arm_medians=_arm_medians(plan, typical),
        alike=[(ARMS.index("D"), ARMS.index(arm)) for arm in "ABC"] if renal else (),
        rho=targets.interval(correlated, margin=0.05) if correlated in targets else ANY,
        rho_p=targets.p(correlated.replace(".rho", ".p")) if renal or blood else ANY,
        worst_between=NOT_SIGNIFICANT if blood else ANY,
        worst_modified=NOT_SIGNIFICANT if renal or blood else ANY,
    )


def _smaller(middle: float, spread: float, largest: float) -> Bounds:
    most = _ORDER * abs(largest)
    return Bounds(low=max(middle - spread, -most), high=min(middle + spread, most))


def _arm_medians(plan: AnalytePlan, typical: float) -> tuple[Bounds, ...]:
    """Medians by arm at the last visit, where a figure shows an order (Figures 4, 5 and 7)."""
    if plan.code == "HGB":  # every arm falls; C and D less than A
        nearer, further = (
            Bounds(low=typical + 0.05, high=-0.3),
            Bounds(low=2 * typical, high=typical - 0.05),
        )
        return tuple({"A": further, "B": Bounds(high=-0.3), "C": nearer, "D": nearer}[arm] for arm in ARMS)
    if plan.code == "EGFR":  # largest in C, near 0 in D, no arm clearly worse than D
        return tuple(_FLAT[arm] for arm in ARMS)
    if plan.organ == "MARROW":
        return tuple(Bounds(high=0.4 * typical) for _ in ARMS)
    return ()


def calibrate_changes(
    plan: AnalytePlan,
    targets: Targets,
    known: AnalyteContext,
    *,
    schedule: Schedule,
    rng: np.random.Generator,
) -> FoundChanges:
    """Find an analyte's changes from baseline at V1 to V4 that give what is printed."""
    wanted = change_targets(plan, targets)
    present = _present(plan, known.roster)
    low, high = _bounds(plan, wanted, known)
    iqr = wanted.quartiles[2].low - wanted.quartiles[0].high
    space = Space(low=low, high=high, present=present, step=plan.step, spread=iqr)
    dose = known.dose.get(plan.organ, np.full(len(known.roster.arm), np.nan))
    patients = PatientGroups(arm=known.roster.arm, dose=dose, modified=known.roster.changed)
    problem = ChangeProblem(targets=wanted, patients=patients, present=present, scale=iqr)
    found = anneal(_start(plan, wanted, dose, space, rng), problem, space, schedule, rng)
    return FoundChanges(state=found.state, present=present, loss=found.loss, judged=found.judged)


def _present(plan: AnalytePlan, roster: Roster) -> NDArray[np.bool_]:
    present = roster.present.copy()
    complete = np.flatnonzero(roster.dosed & (roster.delivered == len(present)))
    if plan.code in {"NEUT", "LYMPH"}:
        present[:, complete[-NO_DIFFERENTIAL:]] = False
    if plan.code in HEPATIC:
        for visit, missing in NO_LIVER_PANEL.items():
            present[visit, complete[visit * 5 : visit * 5 + missing]] = False
    return present


def _start(
    plan: AnalytePlan, wanted: ChangeTargets, dose: Values, space: Space, rng: np.random.Generator
) -> Values:
    """Draw a patient's own trend, deeper with dose, and noise at each visit."""
    n = space.low.shape[1]
    middle = np.mean([wanted.quartiles[1].low, wanted.quartiles[1].high])
    sd = space.spread / 1.35
    known = np.isfinite(dose)
    pull = np.zeros(n)
    if wanted.rho != ANY:
        pull[known] = np.argsort(np.argsort(dose[known])) / max(known.sum() - 1, 1) - 0.5
    trend = 0.85 * rng.standard_normal(n) + 2.0 * plan.adverse * pull
    part = np.array(plan.course)[:, None]
    noise = 0.45 * rng.standard_normal((len(part), n))
    start = part * middle + sd * (0.5 + 0.5 * np.abs(part)) * (trend + noise)
    return np.where(space.present, space.on_grid(start), 0.0)


def _bounds(plan: AnalytePlan, wanted: ChangeTargets, known: AnalyteContext) -> tuple[Values, Values]:
    base = known.baseline[plan.code]
    iqr = wanted.quartiles[2].low - wanted.quartiles[0].high
    shape = known.roster.present.shape
    low = np.maximum(plan.low - base, wanted.quartiles[0].low - _REACH[0] * iqr) * np.ones(shape)
    high = np.minimum(plan.high - base, wanted.quartiles[2].high + _REACH[1] * iqr) * np.ones(shape)
    if plan.code == "PLAT":
        for patient in np.flatnonzero(known.roster.severe):
            last = known.roster.delivered[patient] - 1
            low[last, patient], high[last, patient] = np.array(SEVERE_PLATELETS) - base[patient]
    room = _room(plan.code, known)
    if room is not None:
        low, high = np.maximum(low, room[0] - base), np.minimum(high, room[1] - base)
    low = np.minimum(low, high)
    return low, high


def _room(code: str, known: AnalyteContext) -> tuple[Values, Values] | None:
    """Lowest and highest count a part of the white cells may have."""
    if code not in {"NEUT", "LYMPH"}:
        return None
    white = known.values["WBC"]
    if code == "LYMPH":
        return _LYMPHOCYTE_SHARE[0] * white, _LYMPHOCYTE_SHARE[1] * white
    left = white - known.values["LYMPH"]
    low = np.maximum(left - _REST[1] * white, _NEUTROPHIL_SHARE[0] * white)
    return low, np.minimum(left - _REST[0] * white, _NEUTROPHIL_SHARE[1] * white)
