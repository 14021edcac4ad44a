"""The final test of a trial whose events may have been re-estimated: by the plan's values, and by calibrated ones."""

from collections.abc import Mapping

from duonen_stats.design import FinalCombination, ReestimationRule, RuleCalibration, final_combination
from duonen_stats.design_report.answer import (
    Fact,
    number_at,
    p_at,
    share_at,
)

_NAMES = {"weighted": "combination with the weights of the plan", "unweighted": "usual test of all events"}


def final_tests(
    rule: ReestimationRule,
    z: float,
    final_z: float | None,
    final_events: int | None,
    calibration: RuleCalibration | None,
) -> dict[str, object]:
    """Test a trial that has ended, by the plan's critical values and by calibrated ones.

    Parameters
    ----------
    rule, z
        The rule, and the statistic of the look.
    final_z, final_events
        Statistic and events at the end; None: the trial has not gone beyond the look.
    calibration
        Calibrated critical values, if there are.

    Returns
    -------
    dict
        ``final`` by the plan's values, ``final_calibrated`` by the calibrated ones. Each is left out while the trial
        goes on by its values. A trial that went on although one of the two ends it at the look has the result of the
        look by these values.

    Raises
    ------
    PlanError
        The trial has a last stage, though it ends at the look by all values there are.
    """
    if rule.design.looks != 2:  # noqa: PLR2004
        return {}
    seen, events = [z], [rule.interim_events]
    if final_z is not None and final_events is not None:
        seen, events = [z, final_z], [rule.interim_events, float(final_events)]
    planned = (rule.design.efficacy_z[0], rule.design.efficacy_z[-1])
    told = {"final": planned}
    if calibration is not None:
        told["final_calibrated"] = calibration.critical_z
    if len(seen) > 1 and all(z >= values[0] for values in told.values()):
        final_combination(rule, seen, events, critical_z=planned)  # says that there is no last stage
    ended: dict[str, object] = {}
    for name, values in told.items():
        if z >= values[0]:
            ended[name] = final_combination(rule, seen[:1], events[:1], critical_z=values)
        elif len(seen) > 1:
            ended[name] = final_combination(rule, seen, events, critical_z=values)
    return ended


def final_facts(ended: Mapping[str, object], calibration: RuleCalibration | None) -> list[Fact]:
    """Say what the final test found; parameters as given to, and from, :func:`final_tests`."""
    facts: list[Fact] = []
    by_plan, by_calibrated = (ended.get(name) for name in ("final", "final_calibrated"))
    if isinstance(by_plan, FinalCombination):
        facts += _test("final", by_plan, ("Final statistic", "p, one-sided", "Hazard ratio"))
    elif isinstance(by_calibrated, FinalCombination):
        facts.append(
            (
                "Final statistic",
                "by the plan’s values the look crosses nothing: the trial goes on",
            )
        )
    if calibration is None:
        return facts
    if isinstance(by_calibrated, FinalCombination):
        names = ("At the calibrated value", "p, calibrated boundary", "Hazard ratio, calibrated boundary")
        facts += _test("final_calibrated", by_calibrated, names)
    elif facts:
        facts.append((
            "At the calibrated value",
            (number_at("calibration.interim.value", 3), ": the look does not cross it, the trial goes on"),
        ))  # fmt: skip
    verdicts = [
        one.rejects if isinstance(one, FinalCombination) else None for one in (by_plan, by_calibrated)
    ]
    ends = [one.look if isinstance(one, FinalCombination) else None for one in (by_plan, by_calibrated)]
    if facts and (verdicts[0] != verdicts[1] or ends[0] != ends[1]):
        facts.append(("The two disagree", (
            f"the plan’s values {_in_words(by_plan)}, the calibrated ones {_in_words(by_calibrated)}. "
            "Those that were fixed before the look decide."
        )))  # fmt: skip
    return facts


def _in_words(found: object) -> str:
    if not isinstance(found, FinalCombination):
        return "let the trial go on after the look"
    where = "at the look" if found.look == 1 else "at the end"
    return f"{'reject' if found.rejects else 'do not reject'} the null hypothesis {where}"


def _test(at: str, found: FinalCombination, names: tuple[str, str, str]) -> list[Fact]:
    verdict = "rejected" if found.rejects else "not rejected"
    where = " at the look" if found.look == 1 else ""
    statistic, p_value, ratio = names
    return [
        (statistic, (number_at(f"{at}.statistic", 3), ", critical value ", number_at(
            f"{at}.critical_z", 3, label="Critical value"), f": the null hypothesis is {verdict}{where}")),
        (p_value, (p_at(f"{at}.p_value"), f", {_NAMES[found.test]}; rejected up to ", number_at(
            f"{at}.p_critical", 4, label="p-value of the critical value"))),
        (ratio, (number_at(f"{at}.hazard_ratio", 3), " (", number_at(
            f"{at}.lower", 3, label="Lower limit of the hazard ratio"), " to ", number_at(
            f"{at}.upper", 3, label="Upper limit of the hazard ratio"), "), median-unbiased, ", share_at(
            f"{at}.confidence", label="Confidence"), f" limits, {_NAMES['weighted']}")),
    ]  # fmt: skip
