"""What the data dictionary and the plan say about the numbers of the design."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import exp

from duonen_stats.design import power, sample_size
from duonen_stats.design.fixed.precision import proportion_precision
from duonen_stats.design.fixed.published_plan import study_assumptions
from duonen_stats.design.trial.expected_events import event_probability
from duonen_stats.design.trial.rounding import round_up
from duonen_stats.plan import INTERIM
from duonen_stats.publication.entry import Relation
from duonen_stats.publication.ledger import Ledger
from duonen_stats.study import Study

_MBQ_PER_GBQ = 1000
_DAYS_PER_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignFact:
    """A number of the design as this package has it: unrounded, with where it comes from.

    ``relation`` is that of a rule of the protocol, such as ``<`` of an upper limit.
    """

    value: float
    source: str
    relation: Relation | None = None


_ELIGIBILITY = {"ki67": "KI67", "kps": "KPS", "creatinine": "CREAT", "egfr": "EGFR", "hb": "HGB", "wbc": "WBC",
                "plt": "PLAT"}  # fmt: skip
_STOPPING = {"kps": "KPS", "creatinine": "CREAT", "egfr": "EGFR", "hb": "HGB", "wbc": "WBC", "neu": "NEUT",
             "plt": "PLAT"}  # fmt: skip
_LIVER = ("ALT", "AST", "BILI")


def dictionary_facts(study: Study) -> Mapping[str, DesignFact]:
    """Collect what the data dictionary, and the plan for its levels, say: entry of the ledger to fact.

    What a dictionary does not have, such as an arm that its trial is without, is left out.
    """
    facts = dict(_design(study))
    facts |= dict(_activities(study))
    facts |= dict(_rules(study))
    facts |= dict(_schedule(study))
    plan = "the plan INTERIM"
    facts["design.alpha"] = DesignFact(value=INTERIM.alpha, source=f"{plan}, alpha")
    facts["design.alpha.sec2_6"] = facts["design.alpha"]
    facts["design.precision.ci_level"] = DesignFact(
        value=100 * INTERIM.confidence, source=f"{plan}, confidence"
    )
    return facts


def _design(study: Study) -> Iterator[tuple[str, DesignFact]]:
    design = study.design
    for name, value, field in (
        ("n_planned", design.planned_subjects, "planned_subjects"),
        ("n_centres", design.centres, "centres"),
        ("recruitment_start_year", design.recruitment_start_year, "recruitment_start_year"),
        ("last_followup_year", design.last_follow_up_year, "last_follow_up_year"),
        ("lambda_control", design.hazard_rate_per_month, "hazard_rate_per_month"),
        ("hr", design.hazard_ratio, "hazard_ratio"),
        ("power_hr.hr0.50", design.hazard_ratio, "hazard_ratio"),
        ("accrual_months", design.accrual_months, "accrual_months"),
        ("total_months", design.total_months, "total_months"),
        ("allocation", design.allocation_experimental / design.allocation_control, "allocation"),
        ("cycle_interval", design.cycle_interval_weeks, "cycle_interval_weeks"),
        ("cycle_interval_tol", design.cycle_interval_tolerance_weeks, "cycle_interval_tolerance_weeks"),
        ("radiochem.conc_tol", 100 * design.activity_tolerance, "activity_tolerance"),
    ):
        yield f"design.{name}", DesignFact(value=value, source=f"data dictionary, design.{field}")
    yield "design.n_arms", DesignFact(value=len(study.arms), source="data dictionary, arms")
    yield "design.n_cycles", DesignFact(value=len(study.cycles), source="data dictionary, cycles")
    per_arm = {arm.planned for arm in study.arms}
    if len(per_arm) == 1:
        yield "design.n_per_arm", DesignFact(value=per_arm.pop(), source="data dictionary, arms")


def _activities(study: Study) -> Iterator[tuple[str, DesignFact]]:
    source = "data dictionary, arms, initial_activity"
    planned = {arm.code: arm.initial_activity for arm in study.arms}
    for name, arm, isotope in (
        ("design.activity.A.177Lu", "A", "LU177"),
        ("design.activity.B.177Lu", "B", "LU177"),
        ("design.activity.B.90Y", "B", "Y90"),
        ("design.activity.D.177Lu_c1", "D", "LU177"),
        ("sec4_2.C.90Y", "C", "Y90"),
    ):
        activity = planned.get(arm, {}).get(isotope)
        if activity is not None:
            yield name, DesignFact(value=activity / _MBQ_PER_GBQ, source=source)
    standard = sum(study.arms[0].initial_activity.values()) * len(study.cycles) / _MBQ_PER_GBQ
    yield "sec4_1.standard_cumulative", DesignFact(value=standard, source=f"{source}, times the cycles")
    pair = planned.get("B", {})
    if {"LU177", "Y90"} <= set(pair):
        yield "sec4_1.ratio", DesignFact(value=pair["LU177"] / pair["Y90"], source=source)


def _rules(study: Study) -> Iterator[tuple[str, DesignFact]]:
    for kind, names, rules in (
        ("eligibility", _ELIGIBILITY, study.eligibility_rules),
        ("discontinuation", _STOPPING, study.stopping_rules),
    ):
        by_variable = {rule.variable: rule for rule in rules}
        for name, variable in names.items():
            rule = by_variable.get(variable)
            if rule is not None:
                yield (
                    f"design.{kind}.{name}",
                    DesignFact(
                        value=rule.value, relation=rule.comparator, source=f"data dictionary, rule {rule.id}"
                    ),
                )
        liver = [by_variable[variable] for variable in _LIVER if variable in by_variable]
        if len(liver) == len(_LIVER) and len({(rule.value, rule.comparator) for rule in liver}) == 1:
            yield (
                f"design.{kind}.lft",
                DesignFact(
                    value=liver[0].value,
                    relation=liver[0].comparator,
                    source=f"data dictionary, rules {', '.join(rule.id for rule in liver)}",
                ),
            )


def _schedule(study: Study) -> Iterator[tuple[str, DesignFact]]:
    visits = {visit.code: visit for visit in study.visits}
    if first := visits.get(INTERIM.baseline_visit):
        yield (
            "design.eligibility.lab_window",
            DesignFact(
                value=-first.day_low / _DAYS_PER_WEEK, source=f"data dictionary, window of visit {first.code}"
            ),
        )
    follow_up = [visits[code] for code in INTERIM.follow_up_visits if code in visits]
    targets = {visit.day_target for visit in follow_up}
    if len(follow_up) == len(INTERIM.follow_up_visits) and len(targets) == 1:
        yield (
            "design.schedule.after_cycle",
            DesignFact(
                value=targets.pop() / _DAYS_PER_WEEK, source="data dictionary, target day of V1 to V4"
            ),
        )
    for organ in study.organs:
        name = f"design.limit.{organ.code.lower()}"
        yield f"{name}_cumulative", DesignFact(value=organ.limit_total, source="data dictionary, organs")
        if organ.limit_cycle is not None:
            yield f"{name}_per_cycle", DesignFact(value=organ.limit_cycle, source="data dictionary, organs")


# What the formulas of the design package give for the numbers of the statistical design.


_MONTHS_PER_YEAR = 12


def formula_facts(study: Study, ledger: Ledger) -> Mapping[str, DesignFact]:
    """Compute what the stated assumptions lead to: entry of the ledger to fact.

    Sizes are by Schoenfeld's method, at 5 % two-sided and 90 %, rounded up as patients are; so is the power at the
    planned size, with the events expected by then.

    Source: interim publication, section 4.4.
    """
    facts = dict(_sizes(study, ledger))
    facts |= dict(_power(study, ledger))
    facts |= dict(_rates(study, ledger))
    return facts


def _sizes(study: Study, ledger: Ledger) -> Iterator[tuple[str, DesignFact]]:
    assumptions = study_assumptions(study)
    size = sample_size(assumptions, method="schoenfeld")
    patients = round_up(size.n_patients)
    yield (
        "design.events_required",
        DesignFact(value=round_up(size.n_events), source="Schoenfeld, allocation 3:1"),
    )
    yield "design.n_for_90", DesignFact(value=patients, source="events over the probability of an event")
    per_arm = round_up(patients / len(study.arms))
    yield "design.n_for_90_per_arm", DesignFact(value=per_arm, source="patients over arms, rounded up")
    share = 100 * event_probability(assumptions).overall
    yield "design.event_rate", DesignFact(value=share, source="exponential model, even accrual")
    events = float(ledger.entry("design.events_required").number)
    reached = power(assumptions, patients, n_events=events, method="schoenfeld")
    yield (
        "design.power_target",
        DesignFact(value=100 * reached.power, source="Schoenfeld at the printed events"),
    )


def _power(study: Study, ledger: Ledger) -> Iterator[tuple[str, DesignFact]]:
    for row in ledger.rows:
        for claim in ledger.find(row, stat="power"):
            for ratio in ledger.find(row, stat="hr"):
                assumptions = study_assumptions(study, hazard_ratio=float(ratio.number))
                found = power(assumptions, claim.of, method="schoenfeld")
                yield (
                    claim.id,
                    DesignFact(value=100 * found.power, source="Schoenfeld at the events expected"),
                )


def _rates(study: Study, ledger: Ledger) -> Iterator[tuple[str, DesignFact]]:
    design = study.design
    months = float(ledger.entry("design.pfs20.month").number)
    survival = DesignFact(
        value=100 * exp(-design.hazard_rate_per_month * months), source="exponential model, exp(−λt)"
    )
    yield "design.pfs20.low", survival
    yield "design.pfs20.high", survival
    gain = 100 * (1 / design.hazard_ratio - 1)
    yield "design.improvement", DesignFact(value=gain, source="exponential model, 1/HR − 1")
    after = (design.total_months - design.accrual_months) / _MONTHS_PER_YEAR
    yield "design.followup_years", DesignFact(value=after, source="whole duration less accrual")
    incidence = ledger.entry("design.precision.incidence").number / 100
    interval = proportion_precision(study.planned_subjects, float(incidence), method="wald")
    yield "design.precision.half_width", DesignFact(value=100 * interval.half_width, source="Wald interval")
    for name, part in (("blood", "blood_t"), ("spect", "spect_t")):
        times = sum(entry.id.startswith(f"design.dosimetry.{part}") for entry in ledger)
        yield f"design.dosimetry.n_{name}", DesignFact(value=times, source="times listed in the same section")
