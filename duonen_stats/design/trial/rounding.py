"""The rounding rule: what is needed is rounded up, and no calculation goes on with the rounded number."""

from math import ceil, floor
from typing import Final

ROUNDING_RULE: Final = (
    "Events and patients are rounded up to whole numbers, each on its own; the balanced number of patients is the "
    "next one that the allocation ratio divides without remainder."
)
_NOISE = 1e-9  # relative: what floating point may add to a whole number
_MOST_NOISE = 1e-6
_LARGEST_BLOCK = 20


def round_up(needed: float) -> int:
    """Round up to a whole number; 117.0000000001 is 117."""
    return ceil(needed - min(_MOST_NOISE, _NOISE * max(1.0, abs(needed))))


def allocation_block(allocation_ratio: float) -> tuple[int, int]:
    """Smallest whole numbers of experimental and control patients in the ratio; (0, 0) if there are none small."""
    for control in range(1, _LARGEST_BLOCK + 1):
        experimental = allocation_ratio * control
        if abs(experimental - floor(experimental + 0.5)) < _NOISE * control and experimental > 0.5:  # noqa: PLR2004
            return floor(experimental + 0.5), control
    return 0, 0


def balanced(n_patients: int, allocation_ratio: float) -> tuple[int, int]:
    """Experimental and control patients: the next total the ratio divides, or the nearest split if none does."""
    experimental, control = allocation_block(allocation_ratio)
    if control:
        blocks = ceil(n_patients / (experimental + control))
        return blocks * experimental, blocks * control
    return split(n_patients, allocation_ratio)


def split(n_patients: int, allocation_ratio: float) -> tuple[int, int]:
    """Experimental and control patients out of a given total, as near to the ratio as whole numbers come."""
    experimental = floor(n_patients * allocation_ratio / (1 + allocation_ratio) + 0.5)
    return experimental, n_patients - experimental
