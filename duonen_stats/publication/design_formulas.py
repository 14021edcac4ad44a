"""What the formulas of the design package give for the numbers of the statistical design."""

from collections.abc import Iterator, Mapping
from math import exp

from duonen_stats.design import power, sample_size
from duonen_stats.design.fixed.precision import proportion_precision
from duonen_stats.design.fixed.published_plan import study_assumptions
from duonen_stats.design.trial.expected_events import event_probability
from duonen_stats.design.trial.rounding import round_up
from duonen_stats.publication.design_facts import DesignFact
from duonen_stats.publication.ledger import Ledger
from duonen_stats.study import Study

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
