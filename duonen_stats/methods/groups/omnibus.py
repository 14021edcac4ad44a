"""The result of a test that compares all groups at once."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OmnibusResult:
    """A test of all groups at once.

    ``test`` is its name in code and ``method`` its name in a footnote. ``df2`` is ``None`` for a chi-squared
    statistic. ``n`` and ``n_missing`` cover every planned group. ``resamples`` is the number of arrangements
    of an exact test or of a Monte Carlo one, whose ``seed`` is given. ``note`` names empty and single-value
    groups.
    """

    test: str
    statistic: float
    df1: float
    df2: float | None
    p_value: float
    n: Mapping[str, int]
    n_missing: Mapping[str, int]
    method: str
    eta_squared: float | None = None
    epsilon_squared: float | None = None
    omega_squared: float | None = None
    resamples: int | None = None
    seed: int | None = None
    note: str = ""
