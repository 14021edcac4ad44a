"""A whole simulated trial, from recruitment to the data cut, as arrays."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from duonen_stats.errors import PlanError
from duonen_stats.simulated.model.adverse_events import EventAssumptions, Events, draw_events
from duonen_stats.simulated.model.blood import REPORTED, BloodAssumptions, draw_bloods
from duonen_stats.simulated.model.course import (
    AftermathAssumptions,
    Course,
    Patients,
    Rechecks,
    Therapies,
    draw_therapies,
    recheck,
)
from duonen_stats.simulated.model.dates import (
    Days,
    day,
    end_of_month,
    months_later,
    working_day,
)
from duonen_stats.simulated.model.laboratories import Bench, bench_of
from duonen_stats.simulated.model.late_course import LateAssumptions
from duonen_stats.simulated.model.organ_dose import DosimetryAssumptions, draw_specific_doses
from duonen_stats.simulated.model.outcome import (
    AssessmentAssumptions,
    Assessments,
    Fates,
    OutcomeAssumptions,
    draw_assessments,
    draw_fates,
)
from duonen_stats.simulated.model.randomness import streams
from duonen_stats.simulated.model.recruitment import (
    BaselineAssumptions,
    Characteristics,
    RecruitmentAssumptions,
    Recruits,
    Stage,
    draw_characteristics,
    recruit,
)
from duonen_stats.simulated.model.treatment import AdaptationRule, ScheduleAssumptions, Treatment
from duonen_stats.study import Study

# Everything a simulated trial rests on, in one frozen record.


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """The assumptions of a simulated trial; each field of each part has its reason and source.

    Another trial is one ``dataclasses.replace`` away: ``replace(Assumptions(),
    outcome=OutcomeAssumptions(hazard_ratios={"D": 0.7}))``. What the protocol fixes is not here: it comes
    from the data dictionary.
    """

    recruitment: RecruitmentAssumptions = field(default_factory=RecruitmentAssumptions)
    baseline: BaselineAssumptions = field(default_factory=BaselineAssumptions)
    dosimetry: DosimetryAssumptions = field(default_factory=DosimetryAssumptions)
    adaptation: AdaptationRule = field(default_factory=AdaptationRule)
    schedule: ScheduleAssumptions = field(default_factory=ScheduleAssumptions)
    blood: BloodAssumptions = field(default_factory=BloodAssumptions)
    outcome: OutcomeAssumptions = field(default_factory=OutcomeAssumptions)
    assessments: AssessmentAssumptions = field(default_factory=AssessmentAssumptions)
    events: EventAssumptions = field(default_factory=EventAssumptions)
    aftermath: AftermathAssumptions = field(default_factory=AftermathAssumptions)
    late: LateAssumptions = field(default_factory=LateAssumptions)


_TOPICS = (
    "recruitment", "baseline", "dosimetry", "missing dosimetry", "blood", "fates", "assessments", "treatment",
    "events", "therapies", "contact", "first day", "later centres",
)  # fmt: skip
CLEANING_DAYS = 28
"""From the end of the last treatment to the month in which an interim cut is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A simulated trial of n patients, in the order of centre and number.

    ``cut`` is the day of the data cut; what comes after it is here too, and is left out of the tables.
    ``contact`` is the last contact of those alive at the cut; ``later_centre`` goes with ``recruits.later``;
    ``late`` is what the tables of late follow-up rest on.
    """

    seed: int
    stage: Stage
    cut: int
    recruits: Recruits
    characteristics: Characteristics
    bench: Bench
    patients: Patients
    course: Course
    fates: Fates
    assessments: Assessments
    events: Events
    rechecks: Rechecks
    therapies: Therapies
    contact: Days
    later_centre: NDArray[np.int64]
    late: LateAssumptions


def simulate_trial(
    seed: int,
    patients: int,
    stage: Stage,
    study: Study,
    assumptions: Assumptions,
    *,
    total_months: int | None = None,
) -> Trial:
    """Simulate a trial.

    Parameters
    ----------
    seed
        Whole number from 0 on; the same seed gives the same trial.
    patients
        Number of patients in the cut, at least 1.
    stage
        ``"INTERIM"``: the earliest patients of a larger trial, cut when all are off treatment. ``"FINAL"``:
        all patients, cut when the planned time is over.
    study, assumptions
        The protocol, and what it leaves open.
    total_months
        Calendar months from the opening for which tumours are assessed, and at the final stage the time of the cut;
        if omitted, the planned ones. Another time is another trial, with the same patients, times and treatment.

    Raises
    ------
    PlanError
        Seed, number or stage make no sense, or the assumptions do not fit the study.
    """
    _require_sense(seed, patients, stage)
    rng = streams(seed, _TOPICS)
    recruits = recruit(rng["recruitment"], patients, stage, study, assumptions.recruitment)
    who = draw_characteristics(rng["baseline"], patients, assumptions.baseline)
    bench = bench_of(recruits.centre, who.female, study, assumptions.blood.laboratories, REPORTED)
    first_day = working_day(recruits.randomised + rng["first day"].integers(5, 22, patients))
    fates = draw_fates(
        rng["fates"], recruits.randomised, recruits.arm, first_day + 1, study, assumptions.outcome
    )
    end = months_later(day(study.design.recruitment_start_year), total_months or study.design.total_months)
    scans = draw_assessments(rng["assessments"], recruits.randomised, fates, end, assumptions.assessments)
    people = _patients(rng, recruits, who, bench, first_day, fates, scans, study, assumptions)
    course = Treatment(rng["treatment"], people, study, assumptions.adaptation, assumptions.schedule).run()
    gone = np.minimum(fates.death, fates.lost)
    cut = end if stage == "FINAL" else end_of_month(int(course.ended.max()) + CLEANING_DAYS)
    return Trial(
        seed=seed, stage=stage, cut=cut, recruits=recruits, characteristics=who, bench=bench, patients=people,
        course=course, fates=fates, assessments=scans,
        events=draw_events(rng["events"], course, bench, gone, study, assumptions.events),
        rechecks=recheck(course, bench, gone, study),
        therapies=draw_therapies(rng["therapies"], course.ended, scans.progressed, gone, assumptions.aftermath),
        contact=cut - rng["contact"].integers(0, assumptions.aftermath.contact_days + 1, patients),
        later_centre=rng["later centres"].choice(
            study.design.centres, size=len(recruits.later), p=assumptions.recruitment.centre_shares
        ),
        late=assumptions.late,
    )  # fmt: skip


def _patients(
    rng: dict[str, np.random.Generator],
    recruits: Recruits,
    who: Characteristics,
    bench: Bench,
    first_day: Days,
    fates: Fates,
    scans: Assessments,
    study: Study,
    assumptions: Assumptions,
) -> Patients:
    n, cycles = len(recruits.arm), len(study.cycles)
    measured = rng["missing dosimetry"].random((n, cycles)) >= assumptions.dosimetry.cycle_missing
    measured[:, 0] = True
    return Patients(
        arm=recruits.arm, age=who.age, female=who.female, first_day=first_day,
        baseline_day=working_day(recruits.randomised - rng["first day"].integers(0, 6, n)),
        death=fates.death, lost=fates.lost, progressed=scans.progressed, bench=bench,
        bloods=draw_bloods(
            rng["blood"], 2 * cycles, who.age, who.female, bench, study, assumptions.blood
        ),
        specific=draw_specific_doses(rng["dosimetry"], n, study, assumptions.dosimetry), measured=measured,
    )  # fmt: skip


def _require_sense(seed: int, patients: int, stage: str) -> None:
    for name, value, least in (("seed", seed, 0), ("patients", patients, 1)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            raise PlanError(f"{name} is {value!r}; it must be a whole number from {least} on.")
    if stage not in {"INTERIM", "FINAL"}:
        raise PlanError(f"stage is {stage!r}; it may be 'INTERIM' or 'FINAL'.")
