"""Absorbed dose per activity of each organ and isotope: a patient's own, and its change between cycles."""

from dataclasses import dataclass

import numpy as np

from duonen_stats.errors import PlanError
from duonen_stats.simulated.model.assumption import assumed, require_fractions, require_positive
from duonen_stats.simulated.model.randomness import Floats, bounded, with_shared
from duonen_stats.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecificDose:
    """Gy per GBq of an organ from an isotope: log-normal between patients, within ``low`` .. ``high``."""

    organ: str
    isotope: str
    median: float
    sd_log: float
    low: float
    high: float

    def __post_init__(self) -> None:
        require_positive(median=self.median, sd_log=self.sd_log, low=self.low)
        if not self.low < self.median < self.high:
            raise PlanError(f"Dose per activity of {self.organ} from {self.isotope}: low < median < high.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DosimetryAssumptions:
    """What a GBq does to an organ."""

    specific: tuple[SpecificDose, ...] = assumed(
        (
            SpecificDose(organ="KIDNEY", isotope="LU177", median=0.53, sd_log=0.42, low=0.1, high=1.5),
            SpecificDose(organ="KIDNEY", isotope="Y90", median=2.75, sd_log=0.40, low=1.0, high=6.0),
            SpecificDose(organ="MARROW", isotope="LU177", median=0.0132, sd_log=0.55, low=0.003, high=0.06),
            SpecificDose(organ="MARROW", isotope="Y90", median=0.075, sd_log=0.50, low=0.02, high=0.25),
        ),
        "Arm A's median doses over 29.6 GBq (177Lu), arm C's over 7.4 GBq (90Y); spread from arm A's quartiles; "
        "bounds of published population dosimetry.",
        "Table 3; PMC6300448, PMC8590641",
    )
    isotope_correlation: float = assumed(
        0.8, "90Y is taken to distribute as 177Lu does, so that only decay differs.", "§2.3"
    )
    organ_correlation: float = assumed(0.3, "Of kidney and marrow in a patient.", "invented")
    cycle_sd_log: float = assumed(
        0.12, "Change between cycles and error of measurement, the same for both isotopes.", "PMC8590641"
    )
    cycle_missing: float = assumed(
        0.03,
        "A dosimetry after cycle 1 is missing; that of cycle 1 decides the course and is done.",
        "invented",
    )

    def __post_init__(self) -> None:
        require_fractions(
            isotope_correlation=self.isotope_correlation, organ_correlation=self.organ_correlation,
            cycle_missing=self.cycle_missing,
        )  # fmt: skip
        require_positive(cycle_sd_log=self.cycle_sd_log)
        for one in self.specific:
            if not 4 * self.cycle_sd_log < np.log(one.high / one.low):
                raise PlanError(f"cycle_sd_log is too wide for the bounds of {one.organ} and {one.isotope}.")
        if len({(one.organ, one.isotope) for one in self.specific}) < len(self.specific):
            raise PlanError("specific names an organ and isotope twice.")


def draw_specific_doses(
    rng: np.random.Generator, n: int, study: Study, assumptions: DosimetryAssumptions
) -> Floats:
    """Draw the dose per activity of every patient, cycle, organ and isotope.

    Returns
    -------
    numpy.ndarray
        Gy per GBq, shape (n, cycles, organs, isotopes) in the order of the dictionary; within the bounds of
        each organ and isotope, and correlated between cycles, isotopes and organs.

    Raises
    ------
    PlanError
        An organ and isotope of the dictionary has no assumption.
    """
    organs, isotopes, cycles = len(study.organs), len(study.isotopes), len(study.cycles)
    shared = with_shared(rng, (n, organs), rng.standard_normal((n, 1)), assumptions.organ_correlation)
    own = with_shared(rng, (n, organs, isotopes), shared[..., None], assumptions.isotope_correlation)
    # Twice the spread between cycles is kept free at each bound, so that no cycle passes it.
    change = assumptions.cycle_sd_log * bounded(rng.standard_normal((n, cycles, organs, 1)), -2.0, 2.0)
    held = {(one.organ, one.isotope): one for one in assumptions.specific}
    out = np.empty((n, cycles, organs, isotopes))
    for o, organ in enumerate(study.organs):
        for i, isotope in enumerate(study.isotopes):
            if (organ.code, isotope.code) not in held:
                raise PlanError(f"No dose per activity is assumed for {organ.code} from {isotope.code}.")
            one = held[organ.code, isotope.code]
            room = 2 * assumptions.cycle_sd_log
            low, high = (
                (np.log(b / one.median) + s * room) / one.sd_log for b, s in ((one.low, 1), (one.high, -1))
            )
            patient = np.log(one.median) + one.sd_log * bounded(own[:, o, i], low, high)
            out[:, :, o, i] = np.exp(patient[:, None] + change[:, :, o, 0])
    return out
