"""The audit of the publication on a data cut: as a folder of files and as text for a terminal."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from duonen_stats.datasets import build_datasets
from duonen_stats.datasets.metadata.stamp import Stamp
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.document.content_model import (
    Block,
    DisplayBlock,
    Document,
    KeyFigures,
)
from duonen_stats.document.html import render_html
from duonen_stats.document.marked_results import date_of, marked
from duonen_stats.document.pdf import render_pdf
from duonen_stats.document.words import write_sections
from duonen_stats.folder.output_place import require_folder
from duonen_stats.folder.provenance import (
    AUDIT,
    MANIFEST,
    data_fingerprint,
    manifest,
    software_versions,
)
from duonen_stats.folder.write import write_outputs
from duonen_stats.formats import csv_files
from duonen_stats.plan import INTERIM, Plan
from duonen_stats.plan.status import deviations_line, plan_line
from duonen_stats.publication import audit_tables
from duonen_stats.publication.audit import Audit, AuditRow, audit_publication
from duonen_stats.publication.audit_results import analyse_audit
from duonen_stats.publication.ledger import load_ledger
from duonen_stats.raw.checks.check import check_data, require_sound
from duonen_stats.raw.shipped_cohort import Origin, origin_of
from duonen_stats.results import ids, run_analysis
from duonen_stats.results.rows.table import Results
from duonen_stats.study import Study, load_study
from duonen_stats.study.shipped_files import templates_path

# The audit of the publication as a document of its own.


_TEMPLATE = "audit.txt.j2"


def audit_document(
    audit: Audit,
    results: Results,
    study: Study,
    *,
    origin: Origin,
    cut_line: str,
    meta: tuple[tuple[str, str], ...],
    deviations: str = "",
) -> Document:
    """Build the document: counts, results that are not as printed, findings, claims, design, every entry.

    Parameters
    ----------
    audit, results
        The audit, and the results table with its counts.
    study
        Names the trial.
    origin
        What the data are: of others than the shipped cohort, which was built to agree, the same is a comparison.
    cut_line, meta
        What the data are, for the head of a page and the title page.
    deviations
        Where the plan differs from its preset (``deviations_line``); empty if it does not.
    """
    simulated = origin != "trial"
    look = Lookup(results)
    listings = (
        audit_tables.contradicted(audit),
        audit_tables.findings(audit),
        audit_tables.claims(audit),
        audit_tables.design(audit, whole=True),
        audit_tables.entries(audit),
    )
    blocks: dict[str, Block] = {listing.key: listing for listing in listings}
    blocks["audit_summary"] = DisplayBlock(audit_tables.audit_summary(look, cut_line, origin))
    blocks["key_figures"] = _key_figures(look)
    title = (
        "Audit of the interim publication"
        if origin == "shipped"
        else "Comparison with the interim publication"
    )
    return Document(
        title=title,
        subtitle=study.title,
        simulated=simulated,
        banner=Stamp(simulated).banner,
        meta=meta,
        sections=write_sections(
            templates_path(), _TEMPLATE, look, {"origin": origin, "deviations": deviations}, blocks
        ),
        results=results,
        cut_line=cut_line,
        running_title=f"{study.study_id} · {title.lower()}",
    )


def _key_figures(look: Lookup) -> KeyFigures:
    return KeyFigures(
        (
            ("printed results", (look.count(ids.audit_kind("result").stat("n")),)),
            ("reproduced", (look.count(ids.audit_answer("result", "reproduced").stat("n")),)),
            ("impossible as printed", (look.count(ids.audit_answer("result", "impossible").stat("n")),)),
            ("differ", (look.count(ids.audit_answer("result", "differs").stat("n")),)),
            ("claims true", (look.count(ids.audit_answer("claim", "true").stat("n")),)),
            ("claims false", (look.count(ids.audit_answer("claim", "false").stat("n")),)),
        )
    )


COLUMNS = (
    "id", "where", "printed", "published_value", "decimals", "regenerated_value", "verdict", "finding",
    "answer", "detail", "kind", "result_ids",
)  # fmt: skip
"""The first eight are fixed: other programs read them."""

_FINDING_COLUMNS = ("finding", "matter", "check", "nature", "ids", "proof")
_MOST_SHOWN = 30
_HEADS: dict[Origin, str] = {
    "shipped": "SIMULATED DATA.",
    "simulated": "SIMULATED DATA, not the cohort that was built to agree with the publication.",
    "trial": "Comparison with the interim publication.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """A finished audit, and where it was written."""

    audit: Audit
    origin: Origin
    out: Path

    @property
    def simulated(self) -> bool:
        """Whether the data are no patients' of the trial."""
        return self.origin != "trial"


def write_audit(
    data: Path | str | None = None,
    *,
    out: Path | str,
    plan: Plan | None = None,
    mapping: Path | str | None = None,
    cut_date: date | str | None = None,
) -> Audited:
    """Audit the publication on a data cut and write ``audit.csv``, ``.html`` and ``.pdf`` with their sources.

    Parameters
    ----------
    data
        Folder or workbook with the data cut; None is the simulated cohort shipped with the package.
    out
        Folder to write, built beside and renamed at the end.
    plan
        The decisions the results are made with; ``INTERIM`` if omitted.
    mapping
        Mapping file of the cut; if omitted, ``mapping.yaml`` of its folder, if there is one.
    cut_date
        Reduce the data to what was known on this day; if omitted, they are taken as they are.

    Raises
    ------
    FaultyCutError
        The cut has findings of severity error; nothing is written.
    OptionError
        ``out`` is a folder that holds something other than an earlier audit, or the data, or cannot be written.
    """
    started = datetime.now(UTC)
    plan = INTERIM if plan is None else plan
    require_folder(out, AUDIT, data, mapping)
    study = load_study()
    cut, faults = check_data(
        None if data is None else Path(data),
        study,
        mapping=None if mapping is None else Path(mapping),
        cut_date=cut_date,
        plan=plan,
    )
    require_sound(cut, faults)
    datasets = build_datasets(cut, study, plan)
    found = run_analysis(datasets, study, plan)
    audit = audit_publication(load_ledger(), found, study, plan)
    results = marked([*found, *analyse_audit(audit)], Stamp(cut.simulated))
    versions, origin = software_versions(), origin_of(cut, study)
    document = audit_document(
        audit,
        results,
        study,
        origin=origin,
        deviations=deviations_line(plan),
        cut_line=datasets.cut_line,
        meta=(
            ("Trial", f"{study.study_id}, {study.registration}"),
            ("Data", cut.label),
            ("Data fingerprint", data_fingerprint(cut.files)),
            ("Plan", plan_line(plan)),
            ("Software", f"duonen_stats {versions['duonen-stats']}, Python {versions['python']}"),
        ),
    )
    files = {
        "audit.csv": audit_csv(audit),
        "audit.html": render_html(document, {}).encode(),
        "audit.pdf": render_pdf(document, {}, date_of(cut)),
        "audit_findings.csv": findings_csv(audit),
        "results.csv": csv_files.results_csv(results),
    }
    files[MANIFEST] = manifest(
        cut=cut,
        plan=plan,
        outputs=files,
        versions=versions,
        started=started,
        seconds={},
        kind=AUDIT,
    )
    write_outputs(Path(out), files)
    return Audited(audit=audit, origin=origin, out=Path(out))


def audit_csv(audit: Audit) -> bytes:
    """Return every entry with its verdict, one a row; a claim is printed in the ledger's words."""
    return csv_files.rows_csv(COLUMNS, (_cells(row) for row in audit.rows))


def _cells(row: AuditRow) -> tuple[object, ...]:
    entry = row.entry
    return (
        entry.id,
        entry.where,
        entry.printed or entry.text or entry.states,
        entry.text,
        None if entry.value is None else entry.decimals,
        row.regenerated,
        row.verdict,
        row.finding,
        row.answer,
        row.detail,
        entry.kind,
        " ".join(row.result_ids),
    )


def findings_csv(audit: Audit) -> bytes:
    """Return the findings derived from the ledger, one a row, and the named ones that no check finds."""
    rows: list[tuple[str, ...]] = []
    for item in audit.numbering:
        derived = audit.named[item.number]
        if not derived:
            rows.append((item.number, item.matter, "", "needs reasoning", " ".join(item.ids), item.why))
        rows += [
            (item.number, item.matter, finding.check, finding.nature, " ".join(finding.ids), finding.proof)
            for finding in derived
        ]
    rows += [("", "", f.check, f.nature, " ".join(f.ids), f.proof) for f in audit.named.get("", ())]
    return csv_files.rows_csv(_FINDING_COLUMNS, rows)


def audit_line(audited: Audited) -> str:
    """Say the counts in one line."""
    audit = audited.audit
    results = sum(row.entry.kind == "result" for row in audit.rows)
    head = _HEADS[audited.origin]
    counts = {
        verdict: audit.count(verdict, kind="result") for verdict in ("reproduced", "impossible", "differs")
    }
    regenerable = audit.count("not regenerable", kind="result")
    design = {
        said: audit.count("design", answer=answer)
        for answer, said in (("agrees", "agree"), ("not reproduced",) * 2, ("not checkable",) * 2)
    }
    claims = {answer: audit.count("claim", answer=answer) for answer in ("true", "false", "not evaluable")}
    others = audit.count("not regenerable") - regenerable
    return (
        f"{head} {len(audit.rows)} entries: of {results} results {counts['reproduced']} reproduced, "
        f"{counts['impossible']} impossible, {counts['differs']} differ, {regenerable} not regenerable; "
        f"design {_spoken(design)}; claims {_spoken(claims)}; {others} others not regenerable."
    )


def audit_text(audited: Audited) -> str:
    """Write what a terminal shows: the counts in a line, then the results that are not as printed."""
    rows = [row for row in audited.audit.rows if row.verdict in {"impossible", "differs"}]
    lines = [audit_line(audited), ""]
    if rows:
        table = [("Entry", "printed", "here", "verdict", "finding")]
        table += [
            (row.entry.id, row.entry.text, row.regenerated, row.verdict, row.finding)
            for row in rows[:_MOST_SHOWN]
        ]
        widths = [max(len(line[i]) for line in table) for i in range(len(table[0]))]
        lines += [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in table
        ]
        if len(rows) > _MOST_SHOWN:
            lines.append(f"... and {len(rows) - _MOST_SHOWN} more in audit.csv.")
        lines.append("")
    false = [row.entry.id for row in audited.audit.rows if row.answer == "false"]
    if false:
        lines += [f"Claims that do not hold in these data: {', '.join(false)}.", ""]
    lines.append(
        f"Written to {audited.out}: audit.html, audit.pdf, audit.csv, audit_findings.csv, results.csv."
    )
    return "\n".join(lines)


def _spoken(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.items())
