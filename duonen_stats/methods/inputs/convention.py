"""Conventions: the options in which statistical programs differ, chosen once and printed."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from duonen_stats.errors import PlanError

ConventionName = Literal["spss23", "r", "default"]
LeveneCenter = Literal["mean", "median"]
ZeroMethod = Literal["wilcox", "pratt"]
QuantileType = Literal[2, 6, 7]


@dataclass(frozen=True, slots=True, kw_only=True)
class Convention:
    """How one program resolves what textbooks leave open.

    Parameters
    ----------
    name, program
        Short name, and the program as a footnote calls it.
    quantile_type
        Definition of a quantile in the numbering of Hyndman & Fan (1996).
    levene_center
        What deviations are taken from in Levene's test.
    continuity
        Whether the normal approximation of a rank test is corrected by half a unit.
    zero_method
        What the signed-rank test does with zero differences: ``"wilcox"`` drops them before ranking,
        ``"pratt"`` ranks them and then drops their ranks.
    exact_up_to
        Largest group (or number of pairs) for which a rank test is exact; 0 means never.
    exact_with_ties
        Whether it is exact with ties and zeros too.
    """

    name: ConventionName
    program: str
    quantile_type: QuantileType
    levene_center: LeveneCenter
    continuity: bool
    zero_method: ZeroMethod
    exact_up_to: int
    exact_with_ties: bool

    def describe(self) -> str:
        """One sentence for a footnote."""
        exact = "asymptotic rank tests"
        if self.exact_up_to:
            ties = "with ties too" if self.exact_with_ties else "without ties only"
            exact = f"exact rank tests up to n = {self.exact_up_to} ({ties}), asymptotic above"
        correction = "with" if self.continuity else "without"
        zeros = "dropped before ranking" if self.zero_method == "wilcox" else "ranked, then dropped (Pratt)"
        return (
            f"Conventions of {self.program}: quantiles of type {self.quantile_type}; Levene's test centred "
            f"at the {self.levene_center}; {exact}, ties at mid-rank with corrected variance, {correction} "
            f"continuity correction; zero differences {zeros}."
        )


CONVENTIONS = MappingProxyType(
    {
        # Asymp. Sig. of NPAR TESTS, HAVERAGE quartiles of FREQUENCIES, Levene of ONEWAY.
        "spss23": Convention(
            name="spss23",
            program="SPSS 23",
            quantile_type=6,
            levene_center="mean",
            continuity=False,
            zero_method="wilcox",
            exact_up_to=0,
            exact_with_ties=False,
        ),
        # Defaults of quantile, wilcox.test (exact below 50 values if there are no ties) and car::leveneTest.
        "r": Convention(
            name="r",
            program="R",
            quantile_type=7,
            levene_center="median",
            continuity=True,
            zero_method="wilcox",
            exact_up_to=49,
            exact_with_ties=False,
        ),
        # What we would choose without a program to follow: exact wherever it costs nothing.
        "default": Convention(
            name="default",
            program="this package",
            quantile_type=7,
            levene_center="median",
            continuity=False,
            zero_method="wilcox",
            exact_up_to=49,
            exact_with_ties=True,
        ),
    }
)


def as_convention(convention: Convention | str) -> Convention:
    """Look a convention up by name; a ``Convention`` is returned as it is.

    Raises
    ------
    PlanError
        There is no convention of that name.

    Examples
    --------
    >>> from duonen_stats.methods import as_convention
    >>> as_convention("spss23").quantile_type
    6
    """
    if isinstance(convention, Convention):
        return convention
    if convention not in CONVENTIONS:
        raise PlanError(f"Unknown convention {convention!r}; known are {', '.join(sorted(CONVENTIONS))}.")
    return CONVENTIONS[convention]
