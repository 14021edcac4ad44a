"""The dictionary's criteria for entering and for leaving treatment, asked of many patients at once."""

import numpy as np
from numpy.typing import NDArray

from duonen_stats.methods.inputs.bounds import meets
from duonen_stats.simulated.model.laboratories import Bench
from duonen_stats.simulated.model.randomness import Floats
from duonen_stats.study import EligibilityRule, ProtocolRule, Study


def laboratory_rules(rules: tuple[ProtocolRule, ...], bench: Bench) -> tuple[ProtocolRule, ...]:
    """Keep the rules about an analyte that is measured."""
    return tuple(rule for rule in rules if rule.variable in bench.analytes)


def holds(rule: ProtocolRule, reported: Floats, bench: Bench, study: Study) -> NDArray[np.bool_]:
    """Tell for which patients a rule about an analyte holds.

    Parameters
    ----------
    rule
        Rule of the protocol.
    reported
        Reported values, (n, analytes) in the order of ``bench``; a missing value (NaN) meets nothing.
    bench
        Units and limits of normal.
    study
        Where the bound comes from.
    """
    place = bench.analytes.index(rule.variable)
    value = reported[:, place] * bench.factor[:, place]
    high = bench.high[:, place] * bench.factor[:, place]
    bound = high * rule.value if rule.relative else study.threshold(rule)
    return meets(value, rule.comparator, bound)


def eligible(reported: Floats, bench: Bench, study: Study) -> NDArray[np.bool_]:
    """Tell which patients may enter by their laboratory values, and are not at once to leave again."""
    groups: dict[str, NDArray[np.bool_]] = {}
    for rule in study.eligibility_rules:
        if rule.variable in bench.analytes:
            name = _alternative(rule)
            met = holds(rule, reported, bench, study)
            groups[name] = groups[name] | met if name in groups else met
    fit = np.ones(len(reported), dtype=np.bool_)
    for met in groups.values():
        fit &= met
    return fit & (stopped_by(reported, bench, study) < 0)


def stopped_by(reported: Floats, bench: Bench, study: Study) -> NDArray[np.int64]:
    """Find the first discontinuation criterion each patient meets: its place in the dictionary, -1 for none."""
    first = np.full(len(reported), -1, dtype=np.int64)
    for place, rule in enumerate(study.stopping_rules):
        if rule.variable in bench.analytes:
            first[(first < 0) & holds(rule, reported, bench, study)] = place
    return first


def _alternative(rule: EligibilityRule) -> str:
    return rule.alternative or rule.id
