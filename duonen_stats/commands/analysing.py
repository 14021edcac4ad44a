"""From a data cut to everything a report is made of: datasets, results, and what they come from."""

from collections.abc import Callable
from dataclasses import replace

from duonen_stats.commands.doctor import software_versions
from duonen_stats.datasets import Datasets, accounting, build_datasets
from duonen_stats.datasets.dry_run import permute_arms, tells_the_arm, without_treatment
from duonen_stats.document.marked_results import marked
from duonen_stats.errors import DataError
from duonen_stats.folder.provenance import data_fingerprint
from duonen_stats.plan import Plan
from duonen_stats.plan.status import other_stage
from duonen_stats.publication import load_ledger
from duonen_stats.publication.audit import Audit, audit_publication
from duonen_stats.publication.audit_results import analyse_audit
from duonen_stats.raw import Cut, Finding
from duonen_stats.report.compose import Analysed
from duonen_stats.report.kinds import kind_of
from duonen_stats.results import Results, run_analysis
from duonen_stats.results.quality import analyse_quality
from duonen_stats.study import Study


def analyse_cut(
    cut: Cut,
    findings: tuple[Finding, ...],
    study: Study,
    plan: Plan,
    *,
    blinded: int | None = None,
    start: Callable[[str], None] = lambda _: None,
) -> Analysed:
    """Build the datasets of a sound data cut and run every analysis of the plan.

    Parameters
    ----------
    cut, findings
        The data cut, and everything found in it.
    study, plan
        The nouns and the decisions.
    blinded
        A seed makes a blinded dry run of it: in what is returned, neither datasets nor findings nor the read-out
        of an earlier date tell an arm. The tables of ``cut`` itself still do.
    start
        Told each step as it starts: ``"datasets"``, ``"analyses"``.
    """
    start("datasets")
    data = mark_stage(build_datasets(cut, study, plan), off_stage(cut, plan))
    start("analyses")
    accounted = accounting(cut, data)
    if blinded is not None:
        cut, findings, data = _blinded(cut, findings, data, study, blinded)
    quality = analyse_quality(findings, accounted)
    found = run_analysis(data, study, plan, analyses=kind_of(plan).analyses)
    audit = _audit(found, study, plan, blinded)
    audited = () if audit is None else analyse_audit(audit)
    return Analysed(
        cut=cut,
        findings=findings,
        study=study,
        plan=plan,
        data=data,
        results=marked([*found, *quality, *audited], data.stamp),
        versions=software_versions(),
        fingerprint=data_fingerprint(cut.files),
        blinded=blinded,
        audit=audit,
    )


def off_stage(cut: Cut, plan: Plan) -> str:
    """Return the stage of a cut if it is another than that of the plan's report, else nothing.

    Of a snapshot reduced to an earlier day the stage is that of the snapshot. An interim report of it is what the
    reduction is for; a final report of an interim snapshot stays one of another stage.
    """
    reduced = cut.snapshot_date is not None and plan.report == "interim"
    return cut.stage or "" if other_stage(plan, cut.stage) and not reduced else ""


def require_stage(cut: Cut, plan: Plan) -> None:
    """Raise ``DataError`` if the report of a plan is of another stage than the data cut states."""
    if off_stage(cut, plan):
        right = "interim" if cut.stage == "INTERIM" else "final"
        raise DataError(
            f"{cut.name} is a data cut of stage {cut.stage} (data_cut.STAGE), and this would be its {plan.report} "
            f"report, so nothing was written. Make the {right} report, correct STAGE, or state that another stage "
            "is meant: --allow-stage, in Python allow_stage=True. Every page then says so."
        )


def mark_stage(data: Datasets, stage: str) -> Datasets:
    """Say on everything made of the datasets that the cut is of another stage, if ``stage`` names one."""
    if not stage:
        return replace(data, stage=None)
    stamp = replace(data.stamp, stage=stage)
    return replace(data, stamp=stamp, cut_line=f"{stamp.stage_mark}. {data.cut_line}")


def _blinded(
    cut: Cut, findings: tuple[Finding, ...], data: Datasets, study: Study, seed: int
) -> tuple[Cut, tuple[Finding, ...], Datasets]:
    untold = tuple(one for one in findings if not tells_the_arm(one.table, one.column))
    return without_treatment(cut), untold, permute_arms(data, study, seed)


def _audit(found: Results, study: Study, plan: Plan, blinded: int | None) -> Audit | None:
    """Compare with the interim publication: a report of that plan, and not one whose arms are drawn anew."""
    if plan.report != "interim" or blinded is not None:
        return None
    return audit_publication(load_ledger(), found, study, plan)
