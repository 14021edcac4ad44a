"""The cumulative doses of one organ: a log-normal start, moved to what is printed, spread over cycles."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duonen_stats.simulated.calibration.annealing import Schedule, Space, anneal
from duonen_stats.simulated.calibration.doses import (
    CycleRules,
    DoseLimits,
    DoseProblem,
    DoseTargets,
    spread_dose,
)
from duonen_stats.simulated.calibration.roster import ARMS, Roster
from duonen_stats.simulated.calibration.targets import NOT_SIGNIFICANT, SIGNIFICANT, Bounds, Targets
from duonen_stats.study import Organ

Values = NDArray[np.float64]

_MARGIN = 0.1
_SLACK = 1.25  # by how much dose per activity may differ between cycle 1 and the later ones
_NEAR = 0.98  # of a limit: rounding may not carry a dose over it
_BELOW = 0.995
_ISOTOPES = ("177Lu", "90Y")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganAssumptions:
    """Gy per GBq of each isotope: typical value, spread, bounds of the course and of a single cycle."""

    ledger: str
    typical: tuple[float, float]
    log_sd: float
    course: tuple[tuple[float, float], tuple[float, float]]
    cycle: tuple[tuple[float, float], tuple[float, float]]
    step: float
    decimals: int


ASSUMED = {
    "KIDNEY": OrganAssumptions(
        ledger="kidney", typical=(0.62, 3.0), log_sd=0.25, course=((0.2, 1.3), (1.3, 5.2)),
        cycle=((0.1, 1.5), (1.0, 6.0)), step=0.001, decimals=3,
    ),
    "MARROW": OrganAssumptions(
        ledger="marrow", typical=(0.014, 0.07), log_sd=0.25, course=((0.005, 0.05), (0.03, 0.22)),
        cycle=((0.003, 0.06), (0.02, 0.25)), step=0.0001, decimals=4,
    ),
}  # fmt: skip


ASSUMED_HIGHEST = {"kidney": 42.0, "marrow": 1.8}
"""No cumulative dose is higher (Gy), whatever the printed quartiles allow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganDoses:
    """Doses in Gy by isotope, cycle and patient, shape (2, 4, n), with the loss they were found at."""

    by_cycle: Values
    total: Values
    loss: float
    judged: int


def calibrate_organ(
    organ: Organ,
    roster: Roster,
    activity: Values,
    targets: Targets,
    *,
    schedule: Schedule,
    rng: np.random.Generator,
) -> OrganDoses:
    """Find the doses of all patients; those of patients without complete dosimetry are a plain draw.

    Parameters
    ----------
    activity
        MBq by isotope, cycle and patient, NaN if not given.

    Raises
    ------
    NotEstimable
        A patient's dose cannot be spread over the cycles by the rules.
    """
    assumed = ASSUMED[organ.code]
    given = np.nan_to_num(activity) / 1000.0
    course = given.sum(axis=1)
    shares = np.divide(given, course[:, None], out=np.zeros_like(given), where=course[:, None] > 0)
    first_low, first_high = _first_cycle(organ, roster)
    bounds = np.array(assumed.course)
    high = bounds[:, 1, None] * course
    standard = roster.arm == 0
    if f"sec4_1.A.n_gt_{organ.limit_total:.0f}Gy" in targets:
        high[0, standard] = np.minimum(high[0, standard], _BELOW * organ.limit_total)
    space = Space(
        low=bounds[:, 0, None] * course, high=high, present=(course > 0) & roster.dosed, step=assumed.step,
        spread=0.3 * targets.value(f"table3.{assumed.ledger}_total.A.median") + 0.3 * assumed.typical[0],
    )  # fmt: skip
    own = np.exp(rng.normal(0, assumed.log_sd, (2, len(roster.arm))) * [[0.9], [0.4]])
    typical = np.array(assumed.typical)[:, None] * own
    typical[1] *= own[0]
    start = space.on_grid(typical * course)
    limit = _NEAR * 0.92 * organ.limit_cycle if organ.limit_cycle else np.inf
    dosed = roster.dosed
    problem = DoseProblem(
        arm=roster.arm[dosed],
        targets=_dose_targets(organ, roster, activity, targets),
        limits=DoseLimits(
            shares=shares[:, :, dosed],
            first_low=first_low[dosed] / _SLACK,
            first_high=first_high[dosed] * _SLACK,
            any_cycle=limit,
            total_high=_highest(assumed.ledger, roster, targets)[dosed],
        ),
    )
    restricted = Space(
        low=space.low[:, dosed], high=space.high[:, dosed], present=space.present[:, dosed],
        step=space.step, spread=space.spread,
    )  # fmt: skip
    found = anneal(start[:, dosed], problem, restricted, schedule, rng)
    totals = space.on_grid(_into_rule(start, shares, first_low, first_high))
    totals[:, dosed] = found.state
    by_cycle = np.zeros_like(given)
    for patient in range(len(roster.arm)):
        rules = CycleRules(
            specific=assumed.cycle,
            first_low=first_low[patient],
            first_high=first_high[patient],
            any_cycle=_NEAR * organ.limit_cycle if organ.limit_cycle else np.inf,
        )
        delivered = int(roster.delivered[patient])
        by_cycle[:, :delivered, patient] = spread_dose(
            totals[:, patient], given[:, :delivered, patient], rules, decimals=assumed.decimals, rng=rng
        )
    return OrganDoses(
        by_cycle=by_cycle, total=np.round(totals.sum(axis=0), 6), loss=found.loss, judged=found.judged
    )


def _highest(ledger: str, roster: Roster, targets: Targets) -> Values:
    """Give each patient's highest cumulative dose: Tukey's upper fence of the arm's printed quartiles."""
    fences = []
    for arm in ARMS:
        low, _, high = targets.quartiles(f"table3.{ledger}_total.{arm}")
        fences.append(min(high.low + 1.5 * (high.low - low.low), ASSUMED_HIGHEST[ledger]))
    return np.array(fences)[roster.arm]


def _into_rule(totals: Values, shares: Values, low: Values, high: Values) -> Values:
    """Scale each patient's doses so that cycle 1 keeps the rule of adaptation without a trend."""
    first = (totals * shares[:, 0]).sum(axis=0)
    return np.asarray(totals * np.clip(first, 1.03 * low, 0.97 * high) / first)


def _first_cycle(organ: Organ, roster: Roster) -> tuple[Values, Values]:
    """Bounds of the dose of cycle 1: four times it is above the limit if, and only if, cycle 2 was reduced."""
    low, high = np.zeros(len(roster.arm)), np.full(len(roster.arm), np.inf)
    if organ.limit_cycle is not None:
        return low, high
    quarter = organ.limit_total / 4.0
    up, down, _ = roster.decisions > 0
    reduced, adapted = down & ~up, roster.changed >= 0
    low[reduced] = quarter / _NEAR
    high[adapted & ~reduced] = quarter * _NEAR
    return low, high


def _dose_targets(organ: Organ, roster: Roster, activity: Values, targets: Targets) -> DoseTargets:
    ledger, medians = ASSUMED[organ.code].ledger, {}
    for isotope, name in enumerate(_ISOTOPES):
        for place, arm in enumerate(ARMS):
            if arm in {"B", "C"}:
                entry = f"table3.{ledger}_{name}.{arm}.median"
                medians[isotope, place] = targets.interval(entry, margin=_MARGIN)
    omnibus = f"sec3_4.{ledger}.kw_p"
    correlated = ledger == "kidney"
    return DoseTargets(
        quartiles=[targets.quartiles(f"table3.{ledger}_total.{arm}", margin=_MARGIN) for arm in ARMS],
        medians=medians,
        between=targets.p(omnibus) if omnibus in targets else SIGNIFICANT,
        pairwise={
            1: NOT_SIGNIFICANT,
            2: targets.p(f"sec3_4.{ledger}.C_vs_A.p"),
            3: NOT_SIGNIFICANT,
        },
        within=_within_limit(organ, roster, targets),
        rho=targets.interval("sec3_3.C.rho_dLu_kidney") if correlated else Bounds(),
        rho_p=targets.interval("sec3_3.C.p_dLu_kidney") if correlated else Bounds(),
        rho_with=_mean_change(roster, activity)[roster.dosed] if correlated else None,
    )


def _within_limit(organ: Organ, roster: Roster, targets: Targets) -> dict[int, tuple[int, float]]:
    """How many patients of each arm stay below the limit of all cycles: all but those of whom a quartile is made.

    Above it may be who stands at or above the lower of the two patients between whom the lowest quartile
    printed above the limit lies.
    """
    out = {}
    for place, arm in enumerate(ARMS):
        n = int((roster.dosed & (roster.arm == place)).sum())
        printed = targets.quartiles(f"table3.{ASSUMED[organ.code].ledger}_total.{arm}")
        above = [quarter for quarter, one in enumerate(printed, 1) if one.low > organ.limit_total]
        rank = (n + 1) * above[0] // 4 - 1 if above else n
        if rank:
            out[place] = rank, _BELOW * organ.limit_total
    return out


def _mean_change(roster: Roster, activity: Values) -> Values:
    """Mean change of 177Lu after the first cycle (MBq) in arm C, NaN elsewhere (Figure 3)."""
    own = roster.arm == ARMS.index("C")
    change = np.full(len(own), np.nan)
    lutetium = activity[0][:, own]
    change[own] = np.nanmean(lutetium[1:], axis=0) - lutetium[0]
    return change
