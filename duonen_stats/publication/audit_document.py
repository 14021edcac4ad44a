"""The audit of the publication as a document of its own."""

from duonen_stats.datasets.metadata.stamp import Stamp
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.document.content_model import (
    Block,
    Document,
    KeyFigures,
    Shown,
)
from duonen_stats.document.words import write_sections
from duonen_stats.publication import audit_tables
from duonen_stats.publication.audit import Audit
from duonen_stats.results import ids
from duonen_stats.results.rows.table import Results
from duonen_stats.study import Study
from duonen_stats.study.shipped_files import templates_path

_TEMPLATE = "audit.txt.j2"


def audit_document(
    audit: Audit,
    results: Results,
    study: Study,
    *,
    simulated: bool,
    cut_line: str,
    meta: tuple[tuple[str, str], ...],
) -> Document:
    """Build the document: counts, results that are not as printed, findings, claims, design, every entry.

    Parameters
    ----------
    audit, results
        The audit, and the results table with its counts.
    study
        Names the trial.
    simulated
        Whether the data are; of the trial's own data the same is called a comparison.
    cut_line, meta
        What the data are, for the head of a page and the title page.
    """
    look = Lookup(results)
    listings = (
        audit_tables.contradicted(audit),
        audit_tables.findings(audit),
        audit_tables.claims(audit),
        audit_tables.design(audit, whole=True),
        audit_tables.entries(audit),
    )
    blocks: dict[str, Block] = {listing.key: listing for listing in listings}
    blocks["audit_summary"] = Shown(audit_tables.audit_summary(look, cut_line))
    blocks["key_figures"] = _key_figures(look)
    title = "Audit of the interim publication" if simulated else "Comparison with the interim publication"
    return Document(
        title=title,
        subtitle=study.title,
        simulated=simulated,
        banner=Stamp(simulated).banner,
        meta=meta,
        sections=write_sections(templates_path(), _TEMPLATE, look, {"simulated": simulated}, blocks),
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
