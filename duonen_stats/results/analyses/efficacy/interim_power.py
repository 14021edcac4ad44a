"""What an interim look at efficacy says of the final analysis: conditional and predictive power, for the committee."""

from duonen_stats import design, methods
from duonen_stats.datasets import Datasets
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.errors import NotEstimable
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.results.rows.times import ENDPOINTS, TwoGroups, experimental_arms, times_of, two_groups
from duonen_stats.study import Study

_POWERS = {
    "conditional_trend": "Conditional power, if the trend goes on",
    "conditional_design": "Conditional power, under the planned hazard ratio",
    "conditional_null": "Conditional power, without an effect from now on",
    "predictive": "Predictive power, flat prior",
}


def _require_look(groups: TwoGroups, events: int, planned: int, plan: Plan) -> None:
    groups.require(plan)
    if not 0 < events < planned:
        raise NotEstimable("no_interim", {"events": events}, "no event yet, or all that were planned")


def analyse_interim_power(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Find how likely the primary test is to reject at the planned number of events, given what is seen now.

    Block ``closed.power``. The final analysis is taken to be the only one, at the whole level: the plan has no interim
    look. Planned are the events, whole ones, that the design expects of the planned patients at the planned end.

    Source: Lan, Simon & Halperin (1982) Seq Anal 1:207-219; Spiegelhalter, Freedman & Blackburn (1986) Control Clin
    Trials 7:8-17.
    """
    parameter, label = ENDPOINTS["pfs"]
    groups = two_groups(times_of(data.adtte, parameter), experimental_arms(study, plan), plan)
    assumed = design.study_assumptions(study)
    planned = int(study.planned_subjects * design.event_probability(assumed).overall)
    events = sum(groups.events.values())
    about = About(
        id=ids.interim_power(), display="Closed session", population=Population.RANDOMISED, variable=label
    )
    n = groups.times.event.size
    rows = [
        about.row("events", events, unit="", n=n, label="Events seen"),
        about.row("planned", planned, unit="", n=n, label="Events planned"),
        about.row("fraction", 100 * events / planned, unit="%", n=n, label="Share of the planned events"),
    ]
    try:
        _require_look(groups, events, planned, plan)
        found = methods.log_rank(
            groups.times.time, groups.times.event, groups.labels, levels=(groups.name, groups.control)
        )
    except NotEstimable as verdict:
        return [*rows, *about.refused(verdict, "z", *_POWERS)]
    z = -float(found.z or 0.0)
    alone = design.group_sequential_design(
        (events / planned, 1.0), alpha=plan.alpha / 2, efficacy="stated_spending",
        efficacy_parameter=(0.0, plan.alpha / 2),
    )  # fmt: skip
    drift = design.log_rank_drift(
        assumed.constant_hazard_ratio, planned, allocation_ratio=assumed.allocation_ratio
    )
    conditional = design.conditional_power(alone, look=1, z=z, drift=drift)
    values = (
        conditional.under_trend,
        conditional.at_drift,
        conditional.under_null,
        design.predictive_power(alone, look=1, z=z).predictive_power,
    )
    method = "one-sided, one final test at the whole level"
    return [
        *rows,
        about.row("z", z, unit="", n=n, method=found.method, label="Log-rank Z, positive for benefit"),
        *(
            about.row(name, 100 * float(value), unit="%", n=n, method=method, label=words)
            for (name, words), value in zip(_POWERS.items(), values, strict=True)
            if value is not None
        ),
    ]
