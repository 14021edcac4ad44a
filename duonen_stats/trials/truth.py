"""The true value of a statistic in simulated trials, where the simulator has one.

Progression or death is simulated with a constant hazard per arm. Its hazard ratio, the share free of it at a month, its
median and its restricted mean follow. A trial sees progression at the next assessment only, so that estimates of the
last three are of a later event: their distance from the truth is part of what is examined.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log

from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.ids import ALL
from duonen_stats.simulated.model.outcome import OutcomeAssumptions
from duonen_stats.study import Study

_OF_HAZARD = ("pfs", "pfshyp")
"""Endpoints whose event is progression or death."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """The true value of a statistic, and the ids of the limits that ought to cover it; ``words`` name it."""

    value: float
    low: str | None
    high: str | None
    words: str


def truths(study: Study, plan: Plan, outcome: OutcomeAssumptions) -> Mapping[str, Truth]:
    """Return the truth of every result for which there is one.

    Parameters
    ----------
    study, plan
        Arms, control arm, months and horizon.
    outcome
        The hazards that are simulated.

    Returns
    -------
    mapping of str to Truth
        By id. Overall survival has none: its hazard changes at progression. Arms taken together have none either
        unless their hazards are equal.

    Examples
    --------
    >>> from duonen_stats import FINAL, load_study
    >>> found = truths(load_study(), FINAL, OutcomeAssumptions())
    >>> found["pfs.primary.hr.hr"].value, found["pfs.primary.hr.hr"].low
    (0.5, 'pfs.primary.hr.ci_low')
    """
    by_arm = dict(zip((arm.code for arm in study.arms), outcome.hazards(study).tolist(), strict=True))
    others = tuple(code for code in by_arm if code != plan.control_arm)
    groups: dict[tuple[str, ...], str] = {
        **{(code,): code for code in by_arm},
        others: "".join(others),
        tuple(by_arm): ALL,
    }
    rates = {
        name: by_arm[arms[0]] for arms, name in groups.items() if len({by_arm[code] for code in arms}) == 1
    }
    found: dict[str, Truth] = {}
    for endpoint in _OF_HAZARD:
        compared = {"".join(others): ids.primary(endpoint)} | {
            code: ids.single_arm(endpoint, code, plan.control_arm) for code in others
        }
        for name, block in compared.items():
            if name in rates:
                found |= _of_comparison(block, rates[name], rates[plan.control_arm], plan)
        for name, rate in rates.items():
            found |= _of_curve(ids.km(endpoint, name), rate, plan)
    return found


def _of_comparison(block: ids.Block, experimental: float, control: float, plan: Plan) -> dict[str, Truth]:
    ratio = experimental / control
    models = [ids.hazard_ratio(block), ids.cox(block), ids.firth(block)]
    if "primary" in block.families:
        models.append(ids.stratified_cox(block))
    found = {
        model.stat("hr"): Truth(
            value=ratio, low=model.stat("ci_low"), high=model.stat("ci_high"), words="hazard ratio simulated"
        )
        for model in models
    }
    found |= {
        model.stat("coef"): Truth(value=log(ratio), low=None, high=None, words="its logarithm")
        for model in models
        if "coef" in model.stats
    }
    if plan.rmst_tau != "fixed":
        return found
    means = ids.rmst(block)
    first, second = (_restricted_mean(rate, plan.rmst_months) for rate in (experimental, control))
    words = "mean months free of progression and death"
    return found | {
        means.stat("experimental"): Truth(value=first, low=None, high=None, words=words),
        means.stat("control"): Truth(value=second, low=None, high=None, words=words),
        means.stat("difference"): Truth(
            value=first - second, low=means.stat("ci_low"), high=means.stat("ci_high"), words=words
        ),
    }


def _of_curve(block: ids.Block, rate: float, plan: Plan) -> dict[str, Truth]:
    words = "progression and death on their day"
    found = {
        block.stat("median"): Truth(
            value=log(2) / rate,
            low=block.stat("median_ci_low"),
            high=block.stat("median_ci_high"),
            words=words,
        )
    }
    for month in plan.landmark_months:
        at = ids.km_rate(block, month)
        found[at.stat("survival")] = Truth(
            value=exp(-rate * month), low=at.stat("ci_low"), high=at.stat("ci_high"), words=words
        )
    return found


def _restricted_mean(rate: float, months: float) -> float:
    return (1 - exp(-rate * months)) / rate
