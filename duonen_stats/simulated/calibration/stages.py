"""The stages of a calibration in the order that works: baseline, activities, doses, laboratory."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from duonen_stats.errors import NotEstimable
from duonen_stats.simulated.calibration.analytes import ANALYTES, LINKED, AnalytePlan
from duonen_stats.simulated.calibration.annealing import Annealed, Schedule
from duonen_stats.simulated.calibration.calibrate_course import (  # fmt: skip
    CourseTargets,
    Decisions,
    calibrate_course,
    spread_over_cycles,
)
from duonen_stats.simulated.calibration.calibrate_laboratory import AnalyteContext, calibrate_changes
from duonen_stats.simulated.calibration.characteristics_columns import ArmRange, calibrate_column
from duonen_stats.simulated.calibration.organs import OrganDoses, calibrate_organ
from duonen_stats.simulated.calibration.roster import ARMS, Roster, build_roster
from duonen_stats.simulated.calibration.stage import SearchSettings, run_stage
from duonen_stats.simulated.calibration.targets import Bounds, Targets
from duonen_stats.study import Study

Values = NDArray[np.float64]

COLUMNS = {  # name in the raw data: (entry of Table 1, recording grid)
    "AGE": ("age", 1.0), "BMI": ("bmi", 0.1), "DXDUR": ("time_from_dx", 1.0), "HGB": ("lab.hb", 0.1),
    "PLAT": ("lab.plt", 1.0), "WBC": ("lab.wbc", 0.01), "EGFR": ("lab.egfr", 0.1),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated:
    """A calibrated cohort as arrays; patients along the last axis, in the order of the roster.

    ``baseline``: value of each numeric column and analyte before treatment. ``activity``: MBq by isotope,
    shape (2, 4, n), NaN if not given. ``doses``: by organ. ``measured``: by analyte, V1 to V4, NaN if missing.
    """

    roster: Roster
    baseline: Mapping[str, Values]
    activity: Values
    doses: Mapping[str, OrganDoses]
    measured: Mapping[str, Values]


def calibrate_cohort(
    start: Mapping[str, Values], targets: Targets, study: Study, settings: SearchSettings
) -> Calibrated:
    """Bring a start to the printed numbers, stage by stage.

    Parameters
    ----------
    start
        Baseline of each numeric column of Table 1 and each analyte, as a simulator made them: one value a
        patient in the order of ``build_roster``, in the dictionary's units.
    targets
        The printed numbers.
    study
        Arms, activities and limits.
    settings
        Seed and effort; called with each finished stage.

    Raises
    ------
    DataError
        A printed number is absent or counts do not fit.
    NotEstimable
        A stage missed its targets at every start.
    """
    roster = build_roster(targets)
    baseline = calibrate_baseline(start, roster, targets, settings)
    activity = calibrate_activities(roster, targets, study, settings)
    doses: dict[str, OrganDoses] = {}
    for organ in study.organs:
        doses[organ.code] = run_stage(
            f"doses {organ.code}",
            lambda rng, organ=organ: calibrate_organ(  # type: ignore[misc]
                organ,
                roster,
                activity,
                targets,
                schedule=Schedule(candidates=2 * settings.candidates),
                rng=rng,
            ),
            settings,
        )
    values = calibrate_laboratory(roster, baseline, doses, targets, settings)
    return Calibrated(roster=roster, baseline=baseline, activity=activity, doses=doses, measured=values)


def calibrate_baseline(
    start: Mapping[str, Values], roster: Roster, targets: Targets, settings: SearchSettings
) -> dict[str, Values]:
    """Bring the numeric columns of Table 1 to their medians and ranges; the others follow those they go with."""
    out = {name: np.asarray(values, dtype=np.float64) for name, values in start.items()}
    for name, (entry, step) in COLUMNS.items():
        ranges = [
            ArmRange(
                median=targets.interval(f"table1.{entry}.{arm}.median"),
                low=targets.value(f"table1.{entry}.{arm}.min"),
                high=targets.value(f"table1.{entry}.{arm}.max"),
            )
            for arm in ARMS
        ]
        out[name] = run_stage(
            f"baseline {name}",
            lambda rng, name=name, ranges=ranges, entry=entry, step=step: calibrate_column(  # type: ignore[misc]
                out[name], roster.arm, ranges, pooled=targets.interval(f"table1.{entry}.all.median"), step=step,
                schedule=Schedule(candidates=settings.candidates), rng=rng,
            ),
            settings,
        ).state[0]  # fmt: skip
    white, clearance = out["WBC"] / start["WBC"], out["EGFR"] / start["EGFR"]
    out["NEUT"] = _kept(start["NEUT"] * white, 0.5 * out["WBC"], 0.68 * out["WBC"], 2)
    rest = out["WBC"] - out["NEUT"]
    out["LYMPH"] = _kept(start["LYMPH"] * white, rest - 0.14 * out["WBC"], rest - 0.05 * out["WBC"], 2)
    out["CREAT"] = _kept(start["CREAT"] * clearance**-0.8, 0.5, 1.3, 2)
    out["ALT"], out["AST"] = _kept(start["ALT"], 9, 75, 0), _kept(start["AST"], 10, 70, 0)
    out["BILI"] = _kept(start["BILI"], 0.2, 1.4, 3)
    return out


def _kept(values: Values, low: Values | float, high: Values | float, decimals: int) -> Values:
    return np.asarray(np.round(np.clip(values, low, high), decimals), dtype=np.float64)


def calibrate_activities(roster: Roster, targets: Targets, study: Study, settings: SearchSettings) -> Values:
    """Give every cycle its activities (MBq), shape (2 isotopes, cycles, n)."""
    cycles, isotopes = len(study.cycles), [one.code for one in study.isotopes]
    rng = settings.generator("activities")
    out = np.full((len(isotopes), cycles, len(roster.arm)), np.nan)
    given = np.arange(cycles)[:, None] < roster.delivered[None]
    for arm in study.arms:
        own = roster.members(arm.code)
        for isotope, nominal in arm.initial_activity.items():
            if isotope == arm.modified_isotope:
                out[isotopes.index(isotope)][:, own] = _modified(
                    arm.code, roster, nominal, cycles, targets, settings
                )
            else:
                drawn = np.round(nominal * (1 + rng.uniform(-0.03, 0.03, (cycles, len(own)))))
                out[isotopes.index(isotope)][:, own] = np.where(given[:, own], drawn, np.nan)
    return out


def _modified(
    arm: str, roster: Roster, nominal: float, cycles: int, targets: Targets, settings: SearchSettings
) -> Values:
    decisions = Decisions(cycles=roster.decisions[:, roster.members(arm)])
    wanted = CourseTargets(
        up=_mean_change(f"table2.{arm}.mean_increase", nominal, targets),
        down=_mean_change(f"table2.{arm}.mean_decrease", nominal, targets),
        cumulative=_cumulative(f"sec4_1.{arm}.cum_activity", targets),
    )
    found: Annealed = run_stage(
        f"activities {arm}",
        lambda rng: calibrate_course(
            decisions, wanted, nominal=nominal, schedule=Schedule(candidates=settings.candidates), rng=rng
        ),
        settings,
    )
    rng = settings.generator(f"dispensing {arm}")
    return spread_over_cycles(found.state, decisions, cycles=cycles, rng=rng)


def _mean_change(prefix: str, nominal: float, targets: Targets) -> Bounds:
    """Give the changes (MBq) that are printed so both as MBq and as percent of nominal."""
    one = targets.interval(f"{prefix}_mbq", margin=0.1)
    other = targets.interval(f"{prefix}_pct", margin=0.02)
    return Bounds(low=max(one.low, other.low * nominal / 100), high=min(one.high, other.high * nominal / 100))


def _cumulative(prefix: str, targets: Targets) -> tuple[Bounds, Bounds, Bounds, Bounds, Bounds] | None:
    if f"{prefix}.median" not in targets:
        return None
    low, first, middle, third, high = (
        targets.interval(f"{prefix}.{stat}", margin=0.02) for stat in ("min", "q1", "median", "q3", "max")
    )
    return low, first, middle, third, high


def calibrate_laboratory(
    roster: Roster,
    baseline: Mapping[str, Values],
    doses: Mapping[str, OrganDoses],
    targets: Targets,
    settings: SearchSettings,
) -> dict[str, Values]:
    """Find the values after each cycle; NaN where a visit or a value is missing.

    Raises
    ------
    NotEstimable
        An analyte misses its targets at every start; for those that bound each other, in every round.
    """
    dose = {organ: np.where(roster.dosed, one.total, np.nan) for organ, one in doses.items()}
    values: dict[str, Values] = {}
    for _, panel in groupby(ANALYTES, key=lambda plan: LINKED if plan.code in LINKED else plan.code):
        values |= _panel(
            tuple(panel), AnalyteContext(roster=roster, baseline=baseline, dose=dose), targets, settings
        )
    return values


def _panel(
    panel: tuple[AnalytePlan, ...], known: AnalyteContext, targets: Targets, settings: SearchSettings
) -> Mapping[str, Values]:
    """Calibrate analytes one after the other, all again if one misses its targets."""
    for again in range(settings.starts if len(panel) > 1 else 1):
        found = known
        try:
            for plan in panel:
                found = _analyte(plan, found, targets, settings, f", round {again + 1}" if again else "")
        except NotEstimable as reason:
            failure = reason
        else:
            return found.values
    raise failure


def _analyte(
    plan: AnalytePlan, known: AnalyteContext, targets: Targets, settings: SearchSettings, again: str
) -> AnalyteContext:
    found = run_stage(
        f"laboratory {plan.code}{again}",
        lambda rng: calibrate_changes(
            plan, targets, known, schedule=Schedule(candidates=settings.candidates), rng=rng
        ),
        settings,
    )
    after = np.round(known.baseline[plan.code] + found.state, 4)
    return replace(known, values={**known.values, plan.code: np.where(found.present, after, np.nan)})
