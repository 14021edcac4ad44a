"""Where study and plan meet: what the plan names has to be in the data dictionary."""

from duonen_stats.errors import PlanError
from duonen_stats.plan.decision import faults_in_words, nearest, written
from duonen_stats.plan.plan import Plan, decisions
from duonen_stats.plan.subgroups import subgroup_fault
from duonen_stats.study import Study

_FEWEST_VISITS = 2


def check_plan(plan: Plan, study: Study) -> None:
    """Raise ``PlanError`` unless every arm, visit and response that the plan names can play its part in the study.

    The message names each field that does not, its value, what is allowed and the nearest name. It needs no data: it
    is run before anything is read or built.
    """
    faults = plan_faults(plan, study)
    if faults:
        raise PlanError(faults_in_words("The plan", tuple(faults.values())))


def plan_faults(plan: Plan, study: Study) -> dict[str, str]:
    """Return what is wrong with a plan in this study, by the field that is to be changed; empty if nothing is."""
    faults = _visit_faults(plan, study)
    known = {
        "arm": tuple(arm.code for arm in study.arms),
        "visit": tuple(visit.code for visit in study.visits),
        "response": response_codes(study),
    }
    for item in decisions():
        rule, value = item.metadata["rule"], getattr(plan, item.name)
        if rule.names is None or item.name in faults:
            continue
        for name in value if rule.several else (value,):
            if name not in known[rule.names]:
                faults[item.name] = (
                    f"{item.name} is {written(value)}; {rule.names} {name} is not in the data dictionary, which has "
                    f"{', '.join(known[rule.names])}.{nearest(name, known[rule.names])}"
                )
                break
    if "PD" not in plan.evaluable_responses and "evaluable_responses" not in faults:
        faults["evaluable_responses"] = (
            f"evaluable_responses is {written(plan.evaluable_responses)}; PD has to be among them, because "
            "progressive disease is the event."
        )
    if (fault := subgroup_fault(plan, study)) and "subgroups" not in faults:
        faults["subgroups"] = fault
    return faults


def response_codes(study: Study) -> tuple[str, ...]:
    """Return the codes of an overall response, as the raw table of assessments has them."""
    return tuple(code.code for code in study.table("tumour_assessments").column("RESPONSE").codes)


def baseline_visits(study: Study) -> tuple[str, ...]:
    """Return the visits that can be the baseline: those before the first cycle."""
    first = study.cycles[0].code
    return tuple(visit.code for visit in study.visits if visit.position == "before" and visit.cycle == first)


def visits_after_cycles(study: Study) -> tuple[str, ...]:
    """Return the visits that can be follow-up visits, in order: those after a cycle."""
    return tuple(visit.code for visit in study.visits if visit.position == "after")


def _visit_faults(plan: Plan, study: Study) -> dict[str, str]:
    """Baseline is before the first cycle; follow-up visits are two or more, in order, the last one among them.

    The last visit of the study is shown by displays, whatever others are.
    """
    faults = {}
    baseline, after = baseline_visits(study), visits_after_cycles(study)
    if plan.baseline_visit not in baseline:
        faults["baseline_visit"] = (
            f"baseline_visit is {written(plan.baseline_visit)}; it has to be {' or '.join(baseline)}."
        )
    chosen = [code for code in after if code in plan.follow_up_visits]
    if list(plan.follow_up_visits) != chosen or len(chosen) < _FEWEST_VISITS or chosen[-1] != after[-1]:
        faults["follow_up_visits"] = (
            f"follow_up_visits is {written(plan.follow_up_visits)}; it has to be two or more of "
            f"{', '.join(after)}, in this order, {after[-1]} among them."
        )
    return faults
