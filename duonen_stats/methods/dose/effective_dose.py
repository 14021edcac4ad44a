"""Biologically effective dose and equivalent dose in 2-Gy fractions, for radionuclides given alone or together.

Own: a formula of radiobiology that no library of statistics has.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from duonen_stats.errors import DataError

FRACTION_GY = 2.0
"""Dose a fraction of the schedule that an equivalent dose refers to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleDose:
    """Absorbed doses (Gy) of one organ in one cycle, and effective half-lives (h), one of each a radionuclide."""

    dose_gy: tuple[float, ...]
    effective_half_life_h: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveDose:
    """``by_cycle`` and ``bed`` in Gy of biologically effective dose, ``eqd2`` in Gy given in fractions of 2 Gy."""

    by_cycle: tuple[float, ...]
    bed: float
    eqd2: float
    alpha_beta: float
    repair_half_time_h: float


def biologically_effective_dose(
    cycles: Sequence[CycleDose], *, alpha_beta: float, repair_half_time_h: float
) -> EffectiveDose:
    """Sum the biologically effective dose of an organ over cycles.

    Parameters
    ----------
    cycles
        One entry a cycle. Radionuclides of one entry are given together: their dose rates add, and so do the sublethal
        lesions of the one with those of the other (a cross term that separate sums lack). Entries are independent of
        each other, since cycles lie weeks apart.
    alpha_beta
        Ratio of the linear and the quadratic coefficient, in Gy.
    repair_half_time_h
        Half-time of the repair of sublethal damage, in hours.

    Returns
    -------
    EffectiveDose
        For dose rates that fall mono-exponentially and decay completely. With one radionuclide of effective half-life
        ``t`` and dose ``D``, ``BED = D (1 + D / alpha_beta * r / (r + t))`` with the repair half-time ``r``.

    Raises
    ------
    DataError
        A dose is negative, a half-life, ``alpha_beta`` or the repair half-time is not positive, or a cycle has not as
        many half-lives as doses.

    References
    ----------
    Dale (1985) Br J Radiol 58:515-528; Barone et al. (2005) J Nucl Med 46:99S-106S; Bodey et al. (2003) Cancer Biother
    Radiopharm 18:89-97 for several radionuclides.

    Examples
    --------
    >>> from duonen_stats.methods import CycleDose, biologically_effective_dose
    >>> cycle = CycleDose(dose_gy=(5.0,), effective_half_life_h=(50.0,))
    >>> found = biologically_effective_dose([cycle], alpha_beta=2.5, repair_half_time_h=2.8)
    >>> round(found.bed, 3), round(found.eqd2, 3)
    (5.53, 3.072)
    """
    if not (alpha_beta > 0 and repair_half_time_h > 0):
        raise DataError("The ratio of alpha and beta and the half-time of repair must be above 0.")
    for cycle in cycles:
        if len(cycle.dose_gy) != len(cycle.effective_half_life_h):
            raise DataError("A cycle needs as many effective half-lives as doses.")
        if not all(0 <= dose < math.inf for dose in cycle.dose_gy):
            raise DataError("An absorbed dose is not below 0 and not missing.")
        if not all(0 < half < math.inf for half in cycle.effective_half_life_h):
            raise DataError("An effective half-life must be above 0.")
    repair = math.log(2) / repair_half_time_h
    by_cycle = tuple(_of_cycle(cycle, alpha_beta, repair) for cycle in cycles)
    bed = math.fsum(by_cycle)
    return EffectiveDose(
        by_cycle=by_cycle,
        bed=bed,
        eqd2=bed / (1 + FRACTION_GY / alpha_beta),
        alpha_beta=alpha_beta,
        repair_half_time_h=repair_half_time_h,
    )


def _of_cycle(cycle: CycleDose, alpha_beta: float, repair: float) -> float:
    rates = [math.log(2) / half for half in cycle.effective_half_life_h]
    lesions = math.fsum(
        first * second * one * other / ((one + other) * (one + repair))
        for first, one in zip(cycle.dose_gy, rates, strict=True)
        for second, other in zip(cycle.dose_gy, rates, strict=True)
    )
    return math.fsum(cycle.dose_gy) + 2 / alpha_beta * lesions
