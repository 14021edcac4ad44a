"""Is the rate of severe harm in an arm too high? Exact limits, a Bayesian probability, and a boundary over accrual."""

import pandas as pd

from duonen_stats import methods
from duonen_stats.datasets import Datasets
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.datasets.safety.toxicity_grade import SEVERE
from duonen_stats.errors import NotEstimable
from duonen_stats.methods import BetaPrior
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.describe import rate
from duonen_stats.results.rows.groups import ARM, each_group, flagged
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.study import Study

_OF = "treated patients"
_BELIEF = ("mean", "low", "high", "exceeds")


def analyse_toxicity_monitoring(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Watch the patients with a treatment-emergent event of grade 3 or higher, by arm and in order of first treatment.

    The rule signals where the probability that the rate exceeds the bound of the plan is at least its threshold. What
    it says binds nobody: the protocol states no stopping rule.

    Source: Thall & Simon (1994) Biometrics 50:337-349; not in the publication.
    """
    patients = flagged(data.adsl, "SAFFL").sort_values(["TRTSDT", "USUBJID"], kind="stable")
    events = flagged(data.adae, "TRTEMFL")
    severe = set(events.loc[events["AETOXGR"].ge(SEVERE).fillna(value=False).astype(bool), "USUBJID"])
    prior = BetaPrior(plan.toxicity_prior_events, plan.toxicity_prior_others)
    planned = max(arm.planned for arm in study.arms)
    most = max([planned, *(len(members) for _, members in each_group(patients, study, total=False))])
    boundary = methods.exceedance_boundary(
        most, bound=plan.toxicity_bound, threshold=plan.toxicity_threshold, prior=prior, first=plan.min_group
    )
    rows: list[ResultRow] = []
    for arm, members in each_group(patients, study, total=False):
        about = About(
            id=ids.toxicity_watch(arm),
            display="Toxicity monitoring",
            population=Population.SAFETY,
            group1=ARM,
            group1_level=arm,
            variable=f"Treatment-emergent event of grade {SEVERE} or higher",
        )
        had = members["USUBJID"].isin(severe)
        rows += rate(int(had.sum()), len(members), about, plan, of=_OF)
        rows += _belief(int(had.sum()), len(members), prior, about, plan)
        rows += _path(had, boundary, about)
    return [*rows, *_boundary(boundary, plan), *_characteristics(boundary, planned, plan)]


def _belief(events: int, n: int, prior: BetaPrior, about: About, plan: Plan) -> list[ResultRow]:
    method = f"beta({prior.events:g}, {prior.others:g}) prior"
    try:
        found = methods.rate_exceedance(
            events, n, bound=plan.toxicity_bound, prior=prior, confidence=plan.confidence
        )
    except NotEstimable as verdict:
        return about.refused(verdict, *_BELIEF, method=method)
    labels = {
        "mean": ("Posterior mean", 100 * found.mean),
        "low": ("Lower credible limit", 100 * found.lower),
        "high": ("Upper credible limit", 100 * found.upper),
        "exceeds": (f"Probability that the rate exceeds {100 * plan.toxicity_bound:g} %", found.exceeds),
    }
    return [
        about.row(name, stat, label=label, n=n, method=method, unit="" if name == "exceeds" else "%")
        for name, (label, stat) in labels.items()
    ]


def _path(had: pd.Series, boundary: tuple[int | None, ...], about: About) -> list[ResultRow]:
    """Count events after each patient, and say after which one the rule signalled first."""
    so_far = [int(value) for value in had.cumsum()]
    signals = [
        number
        for number, (events, least) in enumerate(zip(so_far, boundary, strict=False), 1)
        if least is not None and events >= least
    ]
    rows = [
        about.row(
            "signal_at",
            signals[0] if signals else None,
            unit="patients",
            n=len(so_far),
            label="Patients treated when the rule signalled first",
            note="" if signals else "the rule has not signalled",
        )
    ]
    for number, events in enumerate(so_far, 1):
        block = about.of(ids.toxicity_path(about.id, str(number)))
        rows += [
            block.row("patients", number, unit="", label="Patients treated"),
            block.row("events", events, unit="", label="Of them with a severe event"),
        ]
    return rows


def _boundary(boundary: tuple[int | None, ...], plan: Plan) -> list[ResultRow]:
    about = About(
        display="Toxicity monitoring",
        population=Population.SAFETY,
        variable="Fewest patients with a severe event at which the rule signals",
        context=f"probability of more than {100 * plan.toxicity_bound:g} % at least {plan.toxicity_threshold:g}",
    )
    rows = []
    for number, least in enumerate(boundary, 1):
        block = about.of(ids.toxicity_boundary(str(number)))
        early = number < plan.min_group
        why = f"the rule looks from {plan.min_group} patients on" if early else "no number of events signals"
        note = "" if least is not None else why
        rows += [
            block.row("patients", number, unit="", label="Patients treated"),
            block.row("events", least, unit="", label="Fewest with a severe event", note=note),
        ]  # fmt: skip
    return rows


def _characteristics(boundary: tuple[int | None, ...], planned: int, plan: Plan) -> list[ResultRow]:
    """Say how often the rule signals in an arm of the planned size at true rates, exactly."""
    rows = []
    for found in methods.rule_characteristics(boundary[:planned], plan.toxicity_rates):
        about = About(
            id=ids.toxicity_rule(found.rate),
            display="Toxicity monitoring",
            population=Population.SAFETY,
            variable="Operating characteristics of the rule",
            variable_level=f"{100 * found.rate:g} %",
            context=f"an arm of {planned} patients, as planned",
        )
        rows += [
            about.row("signals", found.signals, unit="", label="Probability that the rule signals"),
            about.row(
                "patients", found.patients, unit="", label="Mean number of patients until then, or all"
            ),
        ]
    return rows
