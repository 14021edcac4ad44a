"""What happens to a patient after the last cycle: kidneys, counts, marrow, status; its assumptions and its draws."""

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duonen_stats.errors import PlanError
from duonen_stats.simulated.model.assumption import assumed, require_fractions, require_positive
from duonen_stats.simulated.model.randomness import Floats

DAYS_A_YEAR = 365.25
_DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class LateAssumptions:
    """Late decline, recovery, neoplasms of the marrow, and what is recorded of them."""

    years: float = assumed(5.0, "Late follow-up ends so long after the last administration.", "Protocol")
    visit_missed: float = assumed(0.08, "Some visits of late follow-up are not kept.", "invented")
    visit_days: tuple[int, int] = assumed(
        (-10, 14), "Visits lie somewhat off their target day, well within the window.", "invented"
    )
    recovery_weeks: float = assumed(
        8.0,
        "Counts that fell recover by two thirds in this time; the median time to recovery of platelets after 177Lu was "
        "two months.",
        "US prescribing information of 177Lu-dotatate, section 5.2 (NETTER-1)",
    )
    lasting: float = assumed(
        0.35,
        "Part of the fall at the last visit around the cycles that stays; 68 % of patients recovered.",
        "US prescribing information of 177Lu-dotatate, section 5.2 (NETTER-1)",
    )
    creatinine_a_year: float = assumed(
        0.004,
        "Growth of the logarithm of creatinine a year without dose, beside the effect of age.",
        "invented",
    )
    creatinine_of_dose: float = assumed(
        0.020,
        "Growth of it a year with 20 Gy to the kidneys: with age a loss of eGFR of about 3.5 % a year.",
        "Median yearly loss of creatinine clearance of 3.6 % after 177Lu, J Nucl Med 2010;51(suppl 2):1156",
    )
    creatinine_sd: float = assumed(
        0.025,
        "Spread of it between patients: 15 % of patients gained more than 10 mL/min a year.",
        "Sabet et al. (2014) Eur J Nucl Med Mol Imaging 41:505",
    )
    scatter: float = assumed(
        0.10,
        "Spread of a patient's platelets between visits, in logarithms; that of others in proportion (SCATTER).",
        "as in BloodValue.visit_sd",
    )
    kidney_reference_gy: float = assumed(20.0, "Dose that creatinine_of_dose is given for.", "invented")
    neoplasm_a_year: float = assumed(
        0.004,
        "Hazard a year of a therapy-related myeloid neoplasm with no dose to the marrow; with marrow_hazard about "
        "3 % in five years.",
        "MDS in 2.3 % of NETTER-1 (median follow-up 76 months); persistent haematological dysfunction in 4 % of 274, "
        "Bergsma et al. (2018) J Nucl Med 59:452",
    )
    marrow_hazard: float = assumed(
        0.006,
        "What each Gy to the marrow adds to that hazard.",
        "invented; the sources give no dose response",
    )
    neoplasm_latency_months: float = assumed(
        9.0,
        "None appears earlier after the first administration.",
        "Earliest onset of MDS in ERASMUS, US label",
    )
    failing_months: float = assumed(
        6.0,
        "Counts fall for so long before the diagnosis, platelets most.",
        "All 25 of 521 presented with low platelets, EJNMMI 2019, doi 10.1007/s00259-019-04389-2",
    )
    leukaemia: float = assumed(
        0.2, "Share of acute leukaemia among the neoplasms.", "Bergsma et al. (2018): 1 of 8"
    )
    further_analytes: float = assumed(
        0.5,
        "Share of patients whose reticulocytes and blood smear are looked at.",
        "invented; both are optional",
    )
    weight_loss_a_year: float = assumed(0.01, "Yearly change of body weight, downwards.", "invented")
    frail_months: float = assumed(6.0, "Karnofsky status falls in this time before death.", "invented")
    analogue: float = assumed(
        0.6,
        "Share of patients with a somatostatin analogue beside the treatment.",
        "Continued for symptoms; invented",
    )
    second_line: float = assumed(
        0.35,
        "Share of patients who begin yet another therapy after one, if they live for long enough.",
        "invented",
    )
    death_of_progression: float = assumed(
        0.85, "Share of deaths that the disease causes, where no second neoplasm does.", "invented"
    )
    ineligible: float = assumed(0.02, "Share of patients who should not have been randomised.", "invented")
    prohibited: float = assumed(0.02, "Share with a therapy that the protocol forbids.", "invented")

    def __post_init__(self) -> None:
        require_fractions(
            visit_missed=self.visit_missed, lasting=self.lasting, leukaemia=self.leukaemia,
            further_analytes=self.further_analytes, analogue=self.analogue, second_line=self.second_line,
            death_of_progression=self.death_of_progression, ineligible=self.ineligible, prohibited=self.prohibited,
        )  # fmt: skip
        require_positive(
            years=self.years, recovery_weeks=self.recovery_weeks, scatter=self.scatter,
            kidney_reference_gy=self.kidney_reference_gy, failing_months=self.failing_months,
            frail_months=self.frail_months,
        )  # fmt: skip
        if min(self.neoplasm_a_year, self.marrow_hazard, self.creatinine_sd) < 0:
            raise PlanError("neoplasm_a_year, marrow_hazard and creatinine_sd must not be below 0.")
        if self.visit_days[0] > self.visit_days[1]:
            raise PlanError("visit_days must give the earlier day first.")


# What is drawn for each patient, whoever else is in the cut and whenever it is made.


@dataclass(frozen=True, slots=True)
class LateDraws:
    """Standard normal values and fractions of n patients: ``normal`` and ``uniform`` (n, numbers).

    Of each visit ``by_visit`` (n, visits, analytes) is standard normal, and ``of_visit`` (n, visits, 2) has fractions.
    A patient's numbers depend on the seed and on the patient's
    identifier alone, so that a visit has the same values in an earlier cut.
    """

    normal: Floats
    uniform: Floats
    by_visit: Floats
    of_visit: Floats

    def visits(self) -> int:
        """How many visits there are numbers for."""
        return int(self.by_visit.shape[1])


_NUMBERS = 64


def draw_late(seed: int, names: NDArray[np.object_], visits: int, analytes: int) -> LateDraws:
    """Draw what late follow-up needs.

    Parameters
    ----------
    seed
        Of the trial.
    names
        Identifiers of the patients.
    visits, analytes
        Sizes.
    """
    n = len(names)
    normal, uniform = np.empty((n, _NUMBERS)), np.empty((n, _NUMBERS))
    by_visit, of_visit = np.empty((n, visits, analytes)), np.empty((n, visits, 2))
    for place, name in enumerate(names):
        key = zlib.crc32(str(name).encode())
        rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, key, _LATE])))
        normal[place] = rng.standard_normal(_NUMBERS)
        uniform[place] = rng.random(_NUMBERS)
        of_visit[place] = rng.random((visits, 2))
        by_visit[place] = rng.standard_normal((visits, analytes))
    return LateDraws(normal, uniform, by_visit, of_visit)


SCATTER = {"HGB": 0.45, "PLAT": 1.0, "NEUT": 1.4, "LYMPH": 1.3, "REST": 1.4, "CREAT": 0.6,
           "ALT": 1.8, "AST": 1.7, "BILI": 1.7, "RETIC": 2.0}  # fmt: skip
"""Spread between visits of each analyte, as a multiple of that of platelets."""

_LATE = 16
"""Keeps the stream of late follow-up apart from those of the trial."""


def recovered(fall: Floats, days: Floats, assumed_here: LateAssumptions) -> Floats:
    """Give what is left of a fall of counts, in logarithms, some days after the last visit around the cycles.

    Examples
    --------
    >>> recovered(np.array([-0.5]), np.array([0.0, 56.0, 5000.0]), LateAssumptions()).round(3).tolist()
    [-0.5, -0.295, -0.175]
    """
    time = np.maximum(days, 0) / (_DAYS_A_WEEK * assumed_here.recovery_weeks)
    return np.asarray(
        fall * (assumed_here.lasting + (1 - assumed_here.lasting) * np.exp(-time)), dtype=np.float64
    )


def creatinine_growth(kidney_gy: Floats, z: Floats, assumed_here: LateAssumptions) -> Floats:
    """Give the yearly growth of the logarithm of creatinine of patients with these kidney doses (Gy)."""
    of_dose = assumed_here.creatinine_of_dose * kidney_gy / assumed_here.kidney_reference_gy
    grown = assumed_here.creatinine_a_year + of_dose + assumed_here.creatinine_sd * z
    return np.asarray(grown, dtype=np.float64)


def neoplasm_days(marrow_gy: Floats, uniform: Floats, assumed_here: LateAssumptions) -> Floats:
    """Give the day after the first administration on which a myeloid neoplasm would be found; mostly far beyond life.

    The hazard is constant after the latency, and rises with the dose to the marrow (Gy).
    """
    hazard = assumed_here.neoplasm_a_year + assumed_here.marrow_hazard * marrow_gy
    years = -np.log1p(-uniform) / np.maximum(hazard, np.finfo(float).tiny)
    latency = DAYS_A_YEAR * assumed_here.neoplasm_latency_months / 12
    return np.asarray(np.minimum(latency + DAYS_A_YEAR * years, 1e6), dtype=np.float64)


FAILING = {"PLAT": -1.6, "HGB": -0.35, "NEUT": -0.9, "LYMPH": -0.3}
"""Fall of each count, in logarithms, at the diagnosis of a myeloid neoplasm."""


def failing(days: Floats, found: Floats, code: str, assumed_here: LateAssumptions) -> Floats:
    """Give the fall of a count before and after a myeloid neoplasm is found, in logarithms.

    Parameters
    ----------
    days, found
        Day of the value and of the diagnosis, from the first administration.
    code
        The count.
    """
    months = 12 * (found - days) / DAYS_A_YEAR
    share = np.clip(1 - months / assumed_here.failing_months, 0, 1.25)
    return np.asarray(FAILING.get(code, 0.0) * share, dtype=np.float64)
