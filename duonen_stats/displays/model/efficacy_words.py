"""Names of endpoints and groups, and how estimates of efficacy are written with their limits."""

from collections.abc import Sequence
from dataclasses import dataclass

from duonen_stats.datasets.patients.populations import SHOWN, Population
from duonen_stats.displays.model.content import Line, Number
from duonen_stats.displays.model.display import Material
from duonen_stats.displays.model.format import TO, upper_first
from duonen_stats.displays.model.lookup import Lookup, stat_of
from duonen_stats.results.ids import Block
from duonen_stats.results.rows.groups import ALL, arm_codes
from duonen_stats.results.rows.survival_curve import NOT_REACHED
from duonen_stats.results.rows.times import arms_in_words, experimental_arms, pooled_level, pooled_name

RATIO_DECIMALS = 2
MONTH_DECIMALS = 1
SHARE_DECIMALS = 2
# Where an estimate says that there is no effect: the bound beside which its limits are read.
_NO_EFFECT = {"hr": (1.0,), "ratio": (1.0,), "difference": (0.0,)}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A time to an event: its code in ids, its name, its short name, and what its event is."""

    code: str
    name: str
    short: str
    event: str


PFS = Endpoint("pfs", "progression-free survival", "PFS", "progression or death")
PFSHYP = Endpoint("pfshyp", "progression-free survival, hypothetical estimand", "PFS", "progression or death")
OS = Endpoint("os", "overall survival", "OS", "death")

RANDOMISED = SHOWN[Population.RANDOMISED]


def experimental(material: Material) -> str:
    """Code of all arms but the control, pooled: ``"BCD"``."""
    return pooled_name(experimental_arms(material.study, material.plan))


def primary_status(material: Material) -> Line:
    """Say whether the comparison of a display is the pre-specified one, and if not, what is not as planned and why."""
    status = material.status
    estimate = f" {upper_first(status.estimate_line)}." if status.estimate_line else ""
    what = f"{upper_first(status.comparison)} (publication, §4.4)"
    if status.as_planned:
        found = f"no p-value: {status.no_result}" if status.no_result else "two-sided p-value"
        return (f"{what}; {found}.{estimate}",)
    return (
        f"{what}: {status.why}. {'Not confirmatory' if status.same_test else 'Exploratory'}; two-sided p-value, "
        f"not adjusted for multiple comparisons.{estimate}",
    )


def confirmatory_p(material: Material) -> Line:
    """Say which p-value is confirmatory, or why none is."""
    others = "exploratory: two-sided and not adjusted for multiple comparisons."
    if material.status.confirmatory:
        return (
            "Confirmatory is one p-value alone: that of the log-rank test, not stratified, of PFS under the treatment "
            f"policy, the pre-specified primary comparison (publication, §4.4). All other p-values are {others}",
        )
    return (f"No p-value is confirmatory, because {material.status.why_not_confirmatory}. All are {others}",)


def group_name(material: Material, group: str) -> str:
    """Name a group in words: ``B + C + D``, ``Arm A``, ``Total``."""
    if group == ALL:
        return "Total"
    if group == experimental(material):
        return pooled_level(experimental_arms(material.study, material.plan))
    return material.study.arm(group).label


def experimental_words(material: Material) -> str:
    """Name the arms compared with the control arm, within a sentence: ``arms B + C + D``."""
    return arms_in_words(experimental_arms(material.study, material.plan))


def compared_words(material: Material) -> str:
    """Name the two groups of the primary comparison, as the plan makes them: ``arms B + C + D against arm A``."""
    return f"{experimental_words(material)} against arm {material.plan.control_arm}"


def compared_groups(material: Material) -> tuple[str, ...]:
    """Give the groups of an efficacy table: all arms but the control pooled, then each arm."""
    return (experimental(material), *arm_codes(material.study))


def interval(look: Lookup, block: Block | str, stat: str, decimals: int, *, signed: bool = False) -> Line:
    """Write ``estimate (low–high)`` of ``block.stat``, ``block.ci_low`` and ``block.ci_high``.

    A missing limit is a dash, set apart by "to", and one dash stands for both; without an estimate a dash stands alone.
    ``signed`` numbers bear their sign, also above 0.
    """
    estimate, low, high = (stat_of(block, name) for name in (stat, "ci_low", "ci_high"))
    return limits(look, estimate, low, high, decimals, signed=signed, no_effect=_NO_EFFECT.get(stat, ()))


def limits(
    look: Lookup,
    estimate: str,
    low: str,
    high: str,
    decimals: int,
    *,
    signed: bool = False,
    no_effect: tuple[float, ...] = (),
) -> Line:
    """Write an estimate with limits, each by its own id; no limit is rounded onto or across ``no_effect``."""
    value = reached(look, estimate, decimals, signed=signed)
    ends = [look.results.value(one) for one in (low, high)]
    if ends == [None, None]:
        return (
            (value,)
            if look.results.value(estimate) is None
            else (value, " (", look.fixed(low, decimals), ")")
        )
    negative = any(end is not None and end < 0 for end in ends)
    between = TO if signed or negative or None in ends else "–"
    first, last = (look.fixed(end, decimals, signed=signed, bounds=no_effect) for end in (low, high))
    return (value, " (", first, between, last, ")")


def reached(look: Lookup, analysis_id: str, decimals: int, *, signed: bool = False) -> Number:
    """Write a number; a time the curve has not come down to is "not reached"."""
    row = look.results.row(analysis_id)
    if row.note_kind == "not_reached":
        return Number(analysis_id, NOT_REACHED)
    return look.fixed(analysis_id, decimals, signed=signed)


def numbers_in(lines: Sequence[Line]) -> tuple[Number, ...]:
    """Every looked-up number of some lines, in order."""
    return tuple(part for line in lines for part in line if isinstance(part, Number))


def confidence(material: Material) -> str:
    """Name the intervals: ``95% CI``."""
    return f"{100 * material.plan.confidence:g}% CI"


def limits_method(material: Material) -> str:
    """Say what the limits of a percentage of patients are: ``exact (Clopper–Pearson)``."""
    return material.plan.words("proportion_limits")
