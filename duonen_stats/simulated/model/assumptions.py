"""Everything a simulated trial rests on, in one frozen record."""

from dataclasses import dataclass, field

from duonen_stats.simulated.model.adaptation import AdaptationRule
from duonen_stats.simulated.model.adverse_events import EventAssumptions
from duonen_stats.simulated.model.aftermath import AftermathAssumptions
from duonen_stats.simulated.model.assessments import AssessmentAssumptions
from duonen_stats.simulated.model.blood import BloodAssumptions
from duonen_stats.simulated.model.characteristics import BaselineAssumptions
from duonen_stats.simulated.model.organ_dose import DosimetryAssumptions
from duonen_stats.simulated.model.outcome import OutcomeAssumptions
from duonen_stats.simulated.model.recruitment import RecruitmentAssumptions
from duonen_stats.simulated.model.treatment import ScheduleAssumptions


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
