"""Choice of the between-group test by its assumptions, recorded as a decision."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from numpy.typing import ArrayLike
from scipy import stats

from duonen_stats.errors import NotEstimable
from duonen_stats.methods.groups.kruskal_wallis import kruskal_wallis
from duonen_stats.methods.groups.means import anova, levene, welch_anova
from duonen_stats.methods.groups.omnibus import OmnibusResult
from duonen_stats.methods.inputs.admit import admit_groups, admit_sample, is_constant
from duonen_stats.methods.inputs.convention import Convention, as_convention

_SMALLEST = 3
_LARGEST = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapiroResult:
    """Shapiro-Wilk W of ``n`` values, and the probability of a smaller one under normality."""

    w: float
    p_value: float
    n: int
    n_missing: int


def shapiro_wilk(x: ArrayLike) -> ShapiroResult:
    """Test whether a sample comes from a normal distribution.

    Parameters
    ----------
    x
        Values in one dimension, any unit; missing ones are dropped and counted.

    Raises
    ------
    NotEstimable
        ``n_too_small``: fewer than 3 values; ``n_too_large``: more than 5000, where the algorithm was never
        validated; ``zero_variance``: all values equal; ``non_finite``: an infinite value.

    References
    ----------
    Shapiro & Wilk (1965) Biometrika 52:591-611; Royston (1995) AS R94, by ``scipy.stats.shapiro``.

    Examples
    --------
    >>> from duonen_stats.methods import shapiro_wilk
    >>> found = shapiro_wilk([1, 2, 3, 4, 20])
    >>> round(found.w, 4), round(found.p_value, 4)
    (0.6876, 0.0071)
    """
    sample = admit_sample(x)
    n = {"all": sample.n}
    if sample.n < _SMALLEST:
        raise NotEstimable("n_too_small", n, "The Shapiro-Wilk test needs three values.")
    if sample.n > _LARGEST:
        raise NotEstimable("n_too_large", n, "The Shapiro-Wilk test holds up to 5000 values.")
    if is_constant(sample.values):
        raise NotEstimable("zero_variance", n, "All values are equal.")
    w, p_value = stats.shapiro(sample.values, axis=None, nan_policy="raise")
    return ShapiroResult(w=float(w), p_value=float(p_value), n=sample.n, n_missing=sample.n_missing)


_POSTHOC = {"anova": "tukey_hsd", "welch_anova": "games_howell", "kruskal_wallis": "dunn"}
_LABELS = {
    "anova": "ANOVA",
    "welch_anova": "Welch's ANOVA",
    "kruskal_wallis": "Kruskal–Wallis",
    "tukey_hsd": "Tukey",
    "games_howell": "Games–Howell",
    "dunn": "Dunn",
}

_UNTESTED = {
    "n_too_small": f"fewer than {_SMALLEST} values",
    "n_too_large": f"more than {_LARGEST} values",
    "zero_variance": "all values equal",
}
"""Why the Shapiro-Wilk test of a group has no answer, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Which test of all groups was chosen, on what evidence, and what the others would have said.

    ``shapiro`` holds p by group with values, ``None`` where the test has no answer (such a group counts as
    not normal). ``levene_p`` is ``None`` where Levene's test has none, and ``levene_why`` then
    says why. ``alternatives`` holds each test not chosen: its result, or the reason why it has none.
    """

    normal: bool
    shapiro: Mapping[str, float | None]
    levene_p: float | None
    levene_why: str
    omnibus: str
    posthoc: str
    path: str
    result: OmnibusResult
    alternatives: Mapping[str, OmnibusResult | str]


def route(
    groups: Mapping[str, ArrayLike],
    *,
    convention: Convention | str = "spss23",
    alpha: float = 0.05,
    decimals: int | None = None,
) -> Decision:
    """Choose between ANOVA, Welch's ANOVA and Kruskal-Wallis, and carry the test out.

    Every group normal by Shapiro-Wilk and variances equal by Levene: ANOVA, then Tukey. Normal and unequal:
    Welch, then Games-Howell. Else Kruskal-Wallis, after which the source names no test of pairs: ``posthoc`` is
    Dunn, and the path leaves it to the plan.

    Parameters
    ----------
    groups
        Sample by group name, all in one unit; missing values are dropped and counted.
    convention
        Decides where Levene's test is centred.
    alpha
        An assumption is rejected if its p is below this.
    decimals
        Values equal at this precision are tied where the values are ranked.

    Raises
    ------
    NotEstimable
        ``single_group`` or ``empty_group``; ``all_tied``: all values equal; ``non_finite``.

    References
    ----------
    Interim publication, section 2.6. Routing is kept for its tables; a test fixed in advance is the
    better choice for a new plan (Rochon et al. (2012) BMC Med. Res. Methodol. 12:81).

    Examples
    --------
    >>> from duonen_stats.methods import route
    >>> found = route({"A": [1, 2, 3, 4], "B": [2, 3, 4, 6], "C": [5, 6, 8, 9]})
    >>> found.omnibus, found.posthoc
    ('anova', 'tukey_hsd')
    """
    chosen = as_convention(convention)
    admitted = admit_groups(groups)
    tests = {name: _shapiro(values) for name, values in admitted.samples.items()}
    shapiro = {name: None if isinstance(p, str) else p for name, p in tests.items()}
    normal = all(p is not None and p >= alpha for p in shapiro.values())
    levene_p, levene_why = _levene(groups, chosen.levene_center)
    outcomes = {name: _attempt(test, groups) for name, test in _TESTS.items()}
    outcomes["kruskal_wallis"] = _attempt(lambda data: kruskal_wallis(data, decimals=decimals), groups)
    omnibus = "kruskal_wallis"
    if normal:
        omnibus = "anova" if levene_p is not None and levene_p >= alpha else "welch_anova"
    result = outcomes[omnibus]
    if isinstance(result, str):
        raise NotEstimable(result, admitted.n, "No test of these groups has an answer.")
    return Decision(
        normal=normal,
        shapiro=shapiro,
        levene_p=levene_p,
        levene_why=levene_why,
        omnibus=omnibus,
        posthoc=_POSTHOC[omnibus],
        path=_path(tests, levene_p, omnibus, alpha, result.note),
        result=result,
        alternatives={name: outcome for name, outcome in outcomes.items() if name != omnibus},
    )


_TESTS: dict[str, Callable[[Mapping[str, ArrayLike]], OmnibusResult]] = {
    "anova": anova,
    "welch_anova": welch_anova,
}


def _attempt(
    test: Callable[[Mapping[str, ArrayLike]], OmnibusResult], groups: Mapping[str, ArrayLike]
) -> OmnibusResult | str:
    """Carry a test out; give its result, or the reason why it has none."""
    try:
        return test(groups)
    except NotEstimable as error:
        return error.reason


def _levene(groups: Mapping[str, ArrayLike], center: Literal["mean", "median"]) -> tuple[float | None, str]:
    """Test whether the variances are equal: p of Levene, or none and the reason in words."""
    try:
        return levene(groups, center=center).p_value, ""
    except NotEstimable as error:
        return None, error.detail


def _shapiro(values: ArrayLike) -> float | str:
    """Test a group for normality: p of Shapiro-Wilk, or the reason why it has none."""
    try:
        return shapiro_wilk(values).p_value
    except NotEstimable as error:
        return error.reason


def _path(
    tests: Mapping[str, float | str], levene_p: float | None, omnibus: str, alpha: float, note: str
) -> str:
    """Write the decision in one readable line."""
    untested = [f"{name} ({_UNTESTED[p]})" for name, p in tests.items() if isinstance(p, str)]
    rejected = [name for name, p in tests.items() if not isinstance(p, str) and p < alpha]
    reasons = []
    if rejected:
        reasons.append(f"not normal by Shapiro–Wilk: {', '.join(rejected)}")
    if untested:
        reasons.append(f"normality not testable: {', '.join(untested)}")
    if not reasons:
        equal = "not testable" if levene_p is None else "equal" if levene_p >= alpha else "unequal"
        reasons.append(f"every group normal by Shapiro–Wilk, variances {equal} by Levene")
    if note:
        reasons.append(note)
    then = "" if omnibus == "kruskal_wallis" else f", then {_LABELS[_POSTHOC[omnibus]]}"
    return f"{'; '.join(reasons)} → {_LABELS[omnibus]}{then}"
