"""A report as a document: which displays and listings, which words around them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from duonen_stats import methods
from duonen_stats.datasets import Datasets
from duonen_stats.datasets.metadata.stamp import Stamp
from duonen_stats.datasets.patients.profiles import build_profile, patients_of_concern
from duonen_stats.displays.catalogue import FURTHER
from duonen_stats.displays.efficacy.arm_factors import contrast, question
from duonen_stats.displays.model.content import ProducedDisplay
from duonen_stats.displays.model.display import Display, Material, lay_out, with_result
from duonen_stats.displays.model.format import lower_first
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.displays.patients.profile import lay_out_profile
from duonen_stats.document.content_model import (
    Block,
    DisplayBlock,
    Document,
    Listing,
    Paragraph,
    Section,
    block_numbers,
)
from duonen_stats.document.words import write_sections
from duonen_stats.plan import Plan, Status, deviations, preset_of, rule_of, status_of
from duonen_stats.plan.status import deviations_line, plan_line
from duonen_stats.plan.status import shown as as_shown
from duonen_stats.publication import audit_tables
from duonen_stats.publication.audit import Audit
from duonen_stats.raw import Cut, Finding
from duonen_stats.raw.shipped_cohort import Origin, origin_of
from duonen_stats.report import listings
from duonen_stats.report.aggregate import AGGREGATE_ONLY, PATIENT_LISTINGS, left_out, without_points
from duonen_stats.report.final_listings import experimental_name
from duonen_stats.report.kinds import ReportKind, kind_of
from duonen_stats.report.own_displays import numbered, with_own
from duonen_stats.report.quality_tables import (
    findings_by_rule,
    findings_by_severity,
    findings_by_site,
    records,
)
from duonen_stats.report.session import Session
from duonen_stats.report.verification_page import Checked, checks_of, verification_listings
from duonen_stats.results import Results, ids
from duonen_stats.results.decisions import decisions_of
from duonen_stats.results.record_rules import records_behind
from duonen_stats.results.rows.times import experimental_arms, pooled_name
from duonen_stats.study import Study
from duonen_stats.study.shipped_files import templates_path
from duonen_stats.verification.second_numbers import EXPLAINED

SIMULATED = "SIMULATED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysed:
    """Everything a report is made of, all computed; ``audit`` only where there is a publication to compare with."""

    cut: Cut
    findings: Sequence[Finding]
    study: Study
    plan: Plan
    data: Datasets
    results: Results
    versions: Mapping[str, str]
    fingerprint: str
    blinded: int | None = None
    audit: Audit | None = None
    session: Session | None = None
    aggregate: bool = False
    own: tuple[Display, ...] = ()

    @property
    def kind(self) -> ReportKind:
        """The kind of report the plan and the session ask for."""
        return kind_of(self.plan, closed=self.session == "closed")

    @property
    def status(self) -> Status:
        """Whether the primary comparison is still the planned one, and has a result."""
        found = status_of(self.plan, stage=self.stamp.stage or None, blinded=self.blinded is not None)
        return with_result(found, self.results)

    @property
    def origin(self) -> Origin:
        """What the data are: only the shipped cohort was built to agree with the publication."""
        return origin_of(self.cut, self.study)

    @property
    def stamp(self) -> Stamp:
        """What has to stand on everything made of these data."""
        return self.data.stamp


def lay_out_profiles(analysed: Analysed) -> dict[str, ProducedDisplay]:
    """Set a page for each patient of concern, by ``USUBJID``: for the monitoring committee, and for nobody else."""
    if analysed.session != "closed" or analysed.aggregate:
        return {}
    data, study = analysed.data, analysed.study
    return {
        patient: lay_out_profile(build_profile(data, study, patient), data, study)
        for patient in patients_of_concern(data)
    }


def lay_out_all(
    analysed: Analysed, profiles: Mapping[str, ProducedDisplay] = MappingProxyType({})
) -> dict[str, ProducedDisplay]:
    """Set every display of the report, by key; points of patients who have a profile lead to it."""
    look = Lookup.of_plan(analysed.results, analysed.plan)
    material = Material(
        look=look,
        data=analysed.data,
        study=analysed.study,
        plan=analysed.plan,
        aggregate=analysed.aggregate,
        pages={patient: shown.key for patient, shown in profiles.items()},
    )
    shown = {
        key: lay_out(display, material)
        for key, display in analysed.kind.displays.items()
        if not (analysed.aggregate and display.individual)
    }
    shown |= numbered(
        {
            display.key: lay_out(display, material)
            for display in analysed.own
            if not (analysed.aggregate and display.individual)
        }
    )
    cut_line = analysed.data.cut_line
    shown["findings_summary"] = findings_by_severity(look, cut_line)
    shown["findings_by_rule"] = findings_by_rule(look, cut_line)
    shown["findings_by_site"] = findings_by_site(look, cut_line)
    shown["records"] = records(look, analysed.study, cut_line)
    if analysed.audit is not None:
        shown["audit_summary"] = audit_tables.audit_summary(look, cut_line, analysed.origin)
    return shown


def compose(
    analysed: Analysed,
    displays: Mapping[str, ProducedDisplay],
    checked: Checked | None = None,
    profiles: Mapping[str, ProducedDisplay] = MappingProxyType({}),
) -> Document:
    """Put displays, listings and words in the order of the report, profiles of patients at its end.

    ``checked`` is what the second engine found; if omitted, the report says that it was not asked.

    Raises ``UnknownResultError`` if the words or a display name a number no analysis has made.
    """
    study, plan, data, cut = analysed.study, analysed.plan, analysed.data, analysed.cut
    kind, look = analysed.kind, Lookup.of_plan(analysed.results, plan)
    checked = checked or Checked()
    found = deviations(plan, preset_of(plan))
    lists = (
        listings.discontinuations(data, study, reasons=analysed.session != "open"),
        listings.toxicity_discontinuations(data, study, reasons=analysed.session != "open"),
        *([] if analysed.session == "open" else [listings.deaths(data, study)]),
        listings.modifications(data, study, plan),
        listings.above_limit(data, study),
        listings.serious_events(data, study),
        listings.severe_events(data, study),
        listings.reconciliation(data, study, plan),
        listings.persistent(data, study, plan),
        listings.set_aside(data),
        *(
            []
            if cut.snapshot_date is None
            else [listings.cut_readout(cut, blinded=analysed.blinded is not None)]
        ),
        listings.findings_listing(analysed.findings),
        listings.plan_deviations(found),
        listings.plan_fields(plan),
        listings.inputs(cut, blinded=analysed.blinded is not None),
        listings.versions(analysed.versions),
        *verification_listings(checked),
    )
    added = {display.key for display in analysed.own}
    blocks: dict[str, Block] = {
        key: DisplayBlock(produced) for key, produced in displays.items() if key not in added
    }
    blocks |= {
        listing.key: listing for listing in (*lists, *kind.listings(data, study, plan, analysed.status))
    }
    if analysed.aggregate:
        blocks = {key: block for key, block in blocks.items() if key not in PATIENT_LISTINGS}
        blocks |= {key: left_out(one) for key, one in kind.displays.items() if one.individual}
    if analysed.audit is not None:
        blocks |= {listing.key: listing for listing in _audited(analysed.audit)}
    blocks["key_figures"] = kind.key_figures(look, study, plan)
    words = {
        "study": study,
        "plan": plan,
        "status": analysed.status,
        "other_stage": analysed.stamp.stage,
        "simulated": cut.simulated,
        "origin": "" if analysed.audit is None else analysed.origin,
        "blinded": analysed.blinded,
        "session": analysed.session,
        "aggregate": analysed.aggregate,
        "control": plan.control_arm,
        "experimental": pooled_name(experimental_arms(study, plan)),
        "question": question(study, plan.control_arm),
        "contrast": contrast(study, plan.control_arm),
        "experimental_name": experimental_name(study, plan),
        "further_tables": [display.key for display in FURTHER],
        "consecutive": list(pairwise(plan.follow_up_visits)),
        "deviations": deviations_line(plan),
        "audited": analysed.audit is not None,
        "verified": checked.found is not None,
        "not_verified": checked.why_not,
        "verified_later": checked.later,
        "explained": checked.found is not None and bool(len(checked.found.reasons(EXPLAINED))),
        "differing": checked.found is not None and bool(len(checked.found.differing())),
        "snapshot": None if cut.snapshot_date is None else f"{cut.snapshot_date:%Y-%m-%d}",
        "convention": _conventions(plan),
        "dose_pairs": any(
            look.below(ids.between(ids.organ_comparison(organ), plan.between_arm_test).stat("p"), plan.alpha)
            for organ in ("kidney", "marrow")
        ),
    }
    sections = write_sections(templates_path(), kind.template, look, words, blocks)
    sections = with_own(sections, [produced for key, produced in displays.items() if key in added])
    results = without_points(analysed.results) if analysed.aggregate else analysed.results
    return Document(
        title=kind.title if analysed.blinded is None else f"{kind.title} – blinded dry run",
        subtitle=study.title,
        simulated=cut.simulated,
        banner=analysed.stamp.banner,
        meta=_meta(analysed),
        sections=_after_summary(sections, _profile_sections(profiles)),
        results=results,
        cut_line=data.cut_line,
        running_title=f"{study.study_id} {lower_first(kind.title)}",
        blinded=analysed.blinded is not None,
        closed=analysed.stamp.closed,
        other_stage=analysed.stamp.stage,
        checks=checks_of(checked),
        records=_records(analysed, sections, results),
        **_decided(analysed, sections),
    )


def _records(
    analysed: Analysed, sections: Sequence[Section], results: Results
) -> Mapping[str, tuple[str, str]]:
    """Give dataset and filter of the numbers shown; of a report without records of patients none."""
    if analysed.aggregate or analysed.blinded is not None:
        return {}
    behind = {one: records_behind(results.row(one), analysed.study) for one in {*_ids_shown(sections)}}
    return {one: (found.dataset, str(found)) for one, found in behind.items() if found is not None}


def _decided(analysed: Analysed, sections: Sequence[Section]) -> dict[str, Any]:
    """Give the decisions that the numbers shown depend on, and of each its value and words."""
    plan = analysed.plan
    known = ids.known_ids(analysed.study, plan, plan.report)
    by_id: dict[str, tuple[str, ...]] = {}
    for one in dict.fromkeys(_ids_shown(sections)):
        block = known.block(one)
        if block is not None:
            by_id[one] = decisions_of(analysed.results.row(one), block, plan)
    named = {name for fields in by_id.values() for name in fields}
    return {
        "decisions": {one: fields for one, fields in by_id.items() if fields},
        "plan": {name: (as_shown(getattr(plan, name)), _words_of(plan, name)) for name in sorted(named)},
    }


def _words_of(plan: Plan, name: str) -> str:
    """Return the words a decision is printed with, or what its number is of; empty where it has neither."""
    rule = rule_of(name)
    return plan.words(name) if rule.choices else rule.unit


def _ids_shown(sections: Sequence[Section]) -> Iterator[str]:
    return (number.id for section in sections for block in section.blocks for number in block_numbers(block))


def _after_summary(sections: Sequence[Section], concern: Sequence[Section]) -> tuple[Section, ...]:
    """Put the patients of concern where a committee looks first: after the summary and what is within it."""
    if not concern:
        return tuple(sections)
    after = [one.key for one in sections].index("summary") + 1
    place = next((i for i in range(after, len(sections)) if sections[i].level == 1), len(sections))
    return (*sections[:place], *concern, *sections[place:])


def _profile_sections(profiles: Mapping[str, ProducedDisplay]) -> tuple[Section, ...]:
    if not profiles:
        return ()
    words = (
        f"A page for each of the {len(profiles)} patients with a serious event, with an event of grade 3 or "
        "higher, with an event that ended treatment, or with an organ dose above its limit. Points of these patients "
        "in the figures lead here."
    )
    return (
        Section(key="profiles", title="Patients of concern", blocks=(Paragraph((words,)),)),
        *(
            Section(key=f"page_{shown.key}", title=shown.label, blocks=(DisplayBlock(shown),), level=2)
            for shown in profiles.values()
        ),
    )


def _conventions(plan: Plan) -> str:
    """Say what the convention gives, and which quartiles are used if the plan names another type."""
    convention = methods.as_convention(plan.convention)
    if plan.quantile_type == convention.quantile_type:
        return convention.describe()
    return (
        f"{convention.describe()} Quartiles in this report are of type {plan.quantile_type}, as its plan says, not of "
        "the type of this convention."
    )


def _audited(audit: Audit) -> tuple[Listing, ...]:
    return (
        audit_tables.contradicted(audit),
        audit_tables.findings(audit),
        audit_tables.claims(audit),
        audit_tables.design(audit, whole=False),
    )


def _fingerprint(analysed: Analysed) -> str:
    """Fingerprint of the data; pages of a dry run are free of it, because it depends on the records of treatment."""
    if not analysed.cut.files:
        return "no files: simulated for this report"
    return analysed.fingerprint if analysed.blinded is None else "in manifest.json"


def _meta(analysed: Analysed) -> tuple[tuple[str, str], ...]:
    study, plan, cut = analysed.study, analysed.plan, analysed.cut
    date = "not stated" if cut.cut_date is None else cut.cut_date.date().isoformat()
    return (
        ("Trial", f"{study.study_id}, {study.registration}"),
        (
            "Data",
            cut.label
            if cut.label.startswith(SIMULATED) or not cut.simulated
            else f"{SIMULATED}: {cut.label}",
        ),
        ("Data cut", date),
        *((("Circulation", AGGREGATE_ONLY),) if analysed.aggregate else ()),
        ("Data fingerprint", _fingerprint(analysed)),
        ("Plan", plan_line(plan)),
        (
            "Software",
            f"duonen_stats {analysed.versions['duonen-stats']}, Python {analysed.versions['python']}",
        ),
        ("Level", f"two-sided {plan.alpha:g}; {analysed.kind.level(analysed.status)}"),
    )
