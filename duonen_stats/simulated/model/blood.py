"""Blood values over the course of treatment: a patient's level, a response to dose with recovery, and scatter."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from duonen_stats.errors import PlanError
from duonen_stats.simulated.model.assumption import assumed, require_fractions, require_positive
from duonen_stats.simulated.model.laboratories import LABORATORIES, Bench, Laboratory, eligible
from duonen_stats.simulated.model.randomness import Floats, with_shared
from duonen_stats.study import Study

# The filtration rate a site reports with a creatinine.


def ckd_epi_2021(creatinine: Floats, age: NDArray[np.int64], female: NDArray[np.bool_]) -> Floats:
    """Estimate the glomerular filtration rate from serum creatinine.

    Parameters
    ----------
    creatinine
        mg/dL, standardised.
    age
        Years.
    female
        Whether the patient is a woman.

    Returns
    -------
    numpy.ndarray
        mL/min/1.73 m².

    References
    ----------
    Inker et al. (2021) N Engl J Med 385:1737-1749 (CKD-EPI 2021, without race).
    """
    kappa = np.where(female, 0.7, 0.9)
    alpha = np.where(female, -0.241, -0.302)
    ratio = creatinine / kappa
    rate = 142 * np.minimum(ratio, 1) ** alpha * np.maximum(ratio, 1) ** -1.2
    return np.asarray(rate * 0.9938**age * np.where(female, 1.012, 1.0), dtype=np.float64)


REPORTED = ("HGB", "PLAT", "WBC", "NEUT", "LYMPH", "CREAT", "EGFR", "ALT", "AST", "BILI")
"""What a laboratory reports, as coded in the dictionary."""

_MODELLED = ("HGB", "PLAT", "NEUT", "LYMPH", "REST", "CREAT", "ALT", "AST", "BILI")
"""What is drawn; REST are the white cells that are neither neutrophils nor lymphocytes."""

_CATEGORIES = ("BLOOD", "KIDNEY", "LIVER")
_ATTEMPTS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class BloodValue:
    """How one quantity behaves, in logarithms.

    ``women``, ``men`` are medians at baseline; ``sd`` the spread between patients, ``visit_sd`` that of a
    patient's visits; ``response`` the change two weeks after a cycle with the reference dose of ``organ``,
    ``lasting`` the part of it that does not recover; ``sensitivity_sd`` the spread of the response between
    patients, of whom few fall deeply; ``shift`` a change at all visits after cycle 1.
    """

    code: str
    category: Literal["BLOOD", "KIDNEY", "LIVER"]
    women: float
    men: float
    sd: float
    visit_sd: float
    response: float = 0.0
    lasting: float = 0.0
    organ: str = "MARROW"
    shift: float = 0.0
    sensitivity_sd: float = 0.0

    def __post_init__(self) -> None:
        require_positive(women=self.women, men=self.men, sd=self.sd, visit_sd=self.visit_sd)
        if self.sensitivity_sd < 0:
            raise PlanError(f"sensitivity_sd of {self.code} must not be below 0.")
        require_fractions(lasting=self.lasting)


_VALUES = (
    BloodValue(
        code="HGB", category="BLOOD", women=12.5, men=13.4, sd=0.10, visit_sd=0.045,
        response=-0.03, lasting=0.5, sensitivity_sd=0.6,
    ),
    BloodValue(
        code="PLAT", category="BLOOD", women=232, men=225, sd=0.24, visit_sd=0.10,
        response=-0.11, lasting=0.45, sensitivity_sd=0.85,
    ),
    BloodValue(
        code="NEUT", category="BLOOD", women=4.1, men=4.1, sd=0.26, visit_sd=0.14,
        response=-0.13, lasting=0.4, sensitivity_sd=0.4,
    ),
    BloodValue(
        code="LYMPH", category="BLOOD", women=1.9, men=1.9, sd=0.28, visit_sd=0.13,
        response=-0.22, lasting=0.6, sensitivity_sd=0.4,
    ),
    BloodValue(
        code="REST", category="BLOOD", women=0.75, men=0.75, sd=0.22, visit_sd=0.14,
        response=-0.08, lasting=0.3, sensitivity_sd=0.4,
    ),
    BloodValue(
        code="CREAT", category="KIDNEY", women=0.80, men=0.97, sd=0.20, visit_sd=0.08,
        response=0.012, lasting=1.0, organ="KIDNEY", shift=-0.06, sensitivity_sd=0.8,
    ),
    BloodValue(code="ALT", category="LIVER", women=24, men=28, sd=0.38, visit_sd=0.20, shift=-0.15),
    BloodValue(code="AST", category="LIVER", women=24, men=26, sd=0.34, visit_sd=0.18, shift=-0.06),
    BloodValue(code="BILI", category="LIVER", women=0.50, men=0.56, sd=0.32, visit_sd=0.18),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class BloodAssumptions:
    """Levels, responses and scatter of the blood values."""

    values: tuple[BloodValue, ...] = assumed(
        _VALUES,
        "Baseline medians as printed; falls as in the figures, milder for white cells, whose printed fall would "
        "stop many patients by the protocol (WBC < 3); the white cells are the sum of neutrophils, lymphocytes and "
        "the rest.",
        "Tables 1 and 4, §3.5-3.7",
    )
    laboratories: tuple[Laboratory, ...] = assumed(
        LABORATORIES, "One laboratory a centre, with its own ranges and units.", "invented"
    )
    shared: tuple[float, ...] = assumed(
        (0.3, 0.0, 0.6), "Variance common to a patient's blood cells, kidney and liver values.", "invented"
    )
    persistence: float = assumed(
        0.6, "Correlation of a value's scatter at one visit and the next.", "invented"
    )
    marrow_reference: float = assumed(0.12, "Gy a cycle: about the mean of all arms.", "Table 3")
    kidney_reference: float = assumed(5.0, "Gy a cycle: about the mean of all arms.", "Table 3")
    dose_power: float = assumed(
        0.5, "Response grows with the root of the dose, for a correlation with nadirs of -0.4.", "§3.5"
    )
    recovery_days: float = assumed(
        28.0, "Time constant of the recovery from two weeks after a cycle.", "invented"
    )
    visit_missing: float = assumed(0.02, "A visit after the first has no laboratory values.", "V3: 50 of 51")
    panel_missing: float = assumed(
        0.01, "Liver values, or the differential count, are missing at a visit.", "invented"
    )

    def __post_init__(self) -> None:
        if tuple(one.code for one in self.values) != _MODELLED:
            raise PlanError(f"values must hold {', '.join(_MODELLED)}, in this order.")
        if len(self.shared) != len(_CATEGORIES):
            raise PlanError("shared needs a fraction for blood, kidney and liver.")
        require_fractions(
            blood=self.shared[0], kidney=self.shared[1], liver=self.shared[2], persistence=self.persistence,
            visit_missing=self.visit_missing, panel_missing=self.panel_missing,
        )  # fmt: skip
        require_positive(
            marrow_reference=self.marrow_reference, dose_power=self.dose_power,
            kidney_reference=self.kidney_reference, recovery_days=self.recovery_days,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Bloods:
    """A cohort's blood before treatment, in logarithms, and how it will respond.

    ``level`` (n, values); ``scatter`` (n, visits, values); ``sensitivity`` (n, values), a factor.
    """

    level: Floats
    scatter: Floats
    sensitivity: Floats
    assumptions: BloodAssumptions


def draw_bloods(
    rng: np.random.Generator,
    visits: int,
    age: NDArray[np.int64],
    female: NDArray[np.bool_],
    bench: Bench,
    study: Study,
    assumptions: BloodAssumptions,
) -> Bloods:
    """Draw blood values that meet the eligibility criteria at baseline; who does not is screened out.

    Raises
    ------
    PlanError
        Hardly anyone would be eligible.
    """
    n, values = len(age), len(assumptions.values)
    level, scatter = np.empty((n, values)), np.empty((n, visits, values))
    pending = np.arange(n)
    for _ in range(_ATTEMPTS):
        level[pending] = _levels(rng, female[pending], assumptions)
        scatter[pending] = _scatter(rng, len(pending), visits, assumptions)
        first = level[pending] + scatter[pending, 0]
        own = bench.subset(pending)
        measured = own.reported(measure(first, age[pending], female[pending]))
        pending = pending[~eligible(measured, own, study)]
        if not len(pending):
            break
    else:
        raise PlanError("By these assumptions hardly anyone is eligible; mend the baseline blood values.")
    return Bloods(
        level=level, scatter=scatter, sensitivity=_sensitivity(rng, n, assumptions), assumptions=assumptions
    )


def measure(logarithms: Floats, age: NDArray[np.int64], female: NDArray[np.bool_]) -> Floats:
    """Turn logarithms (n, values) into (n, analytes) in the order of ``REPORTED``, in the dictionary's units."""
    hgb, plat, neut, lymph, rest, creat, alt, ast, bili = np.exp(logarithms).T
    rate = ckd_epi_2021(creat, age, female)
    return np.stack([hgb, plat, neut + lymph + rest, neut, lymph, creat, rate, alt, ast, bili], axis=1)


def values_at(
    bloods: Bloods,
    visit: int,
    since: Floats,
    doses: Floats,
    age: NDArray[np.int64],
    female: NDArray[np.bool_],
) -> Floats:
    """Give the values at a visit after the first cycle.

    Parameters
    ----------
    bloods
        Level, scatter and sensitivity.
    visit
        Place of the visit, 0 being that before cycle 1.
    since
        Days since each cycle, shape (n, cycles); what is asked of a cycle not given does not count.
    doses
        Dose of kidney and marrow in each cycle, Gy, shape (2, n, cycles); 0 for one not given yet.
    age, female
        For the filtration rate.

    Returns
    -------
    numpy.ndarray
        (n, analytes) in the order of ``REPORTED``.
    """
    one = bloods.assumptions
    reference = np.array([one.kidney_reference, one.marrow_reference])
    strength = (doses / reference[:, None, None]) ** one.dose_power
    faded = np.exp(-np.maximum(since - 14, -7) / one.recovery_days)
    change = np.empty_like(bloods.level)
    for place, value in enumerate(one.values):
        kept = value.lasting + (1 - value.lasting) * faded
        dose = (strength[int(value.organ == "MARROW")] * kept).sum(axis=1)
        change[:, place] = value.response * dose * bloods.sensitivity[:, place] + value.shift
    return measure(bloods.level + bloods.scatter[:, visit] + change, age, female)


def _levels(rng: np.random.Generator, female: NDArray[np.bool_], one: BloodAssumptions) -> Floats:
    medians = np.array([[value.men, value.women] for value in one.values])
    own = _correlated(rng, (len(female),), one)
    return np.asarray(np.log(medians.T[female.astype(np.int64)]) + own * [value.sd for value in one.values])


def _scatter(rng: np.random.Generator, n: int, visits: int, one: BloodAssumptions) -> Floats:
    """First-order autoregressive scatter over the visits."""
    z = _correlated(rng, (n, visits), one)
    for visit in range(1, visits):
        z[:, visit] = one.persistence * z[:, visit - 1] + np.sqrt(1 - one.persistence**2) * z[:, visit]
    return np.asarray(z * [value.visit_sd for value in one.values], dtype=np.float64)


def _sensitivity(rng: np.random.Generator, n: int, one: BloodAssumptions) -> Floats:
    spread = np.array([value.sensitivity_sd for value in one.values])
    return np.asarray(np.exp(spread * _correlated(rng, (n,), one)), dtype=np.float64)


def _correlated(rng: np.random.Generator, size: tuple[int, ...], one: BloodAssumptions) -> Floats:
    """Draw standard normal values (*size, values) that share a part within a category."""
    common = rng.standard_normal((*size, len(_CATEGORIES)))
    category = [_CATEGORIES.index(value.category) for value in one.values]
    share = np.array(one.shared)[category]
    return with_shared(rng, (*size, len(one.values)), common[..., category], share)
