"""The audit of the publication in a report: its counts as a table, its entries as listings."""

from collections.abc import Callable, Iterable

from duonen_stats.displays.model.content import Column, ProducedDisplay, TableContent, TableRow
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.document.content_model import Listing
from duonen_stats.publication.audit import Audit, AuditRow
from duonen_stats.raw.shipped_cohort import Origin
from duonen_stats.results import ids

_KINDS = (
    (
        "result",
        "Results",
        {
            "reproduced": "The regenerated number would be printed as it is.",
            "impossible": "It would not, and the printed number contradicts others that these data do give.",
            "differs": "",
            "not regenerable": "There is no number to compare with.",
        },
    ),
    (
        "design",
        "Design",
        {
            "agrees": "As in the data dictionary, in the plan, or as a formula gives it.",
            "not reproduced": "No formula of the design package gives it from the stated assumptions.",
            "not checkable": "Neither in the data dictionary nor the result of a formula.",
        },
    ),
    (
        "claim",
        "Claims in words",
        {
            "true": "Holds in these results, in the reading stated.",
            "false": "Does not hold in these results.",
            "not evaluable": "No result decides it.",
        },
    ),
)
_OTHER = (
    ("figure_alt", "Read off figures", "Descriptions of figures give no exact number; not compared."),
    ("earlier_report", "Earlier report", "Numbers of other patients; not compared."),
)


_DIFFERS: dict[Origin, str] = {
    "shipped": "It would not, and nothing printed speaks against the publication.",
    "simulated": "It would not: these are other patients, who were never meant to give the printed number.",
    "trial": "It would not: another data cut, another definition, or an error on either side.",
}
"""What a number that differs may mean, by what the data are."""


def audit_summary(look: Lookup, cut_line: str, origin: Origin) -> ProducedDisplay:
    """Set the number of entries by kind and verdict, with words true of data of this ``origin``."""
    rows = []
    for kind, title, verdicts in _KINDS:
        rows.append(
            TableRow(cells=((title,), (look.count(ids.audit_kind(kind).stat("n")),), ()), kind="group")
        )
        rows += [
            TableRow(
                cells=(
                    (verdict,),
                    (look.count(ids.audit_answer(kind, verdict).stat("n")),),
                    (meaning or _DIFFERS[origin],),
                ),
                indent=1,
            )
            for verdict, meaning in verdicts.items()
        ]
    rows += [
        TableRow(cells=((title,), (look.count(ids.audit_kind(kind).stat("n")),), (meaning,)))
        for kind, title, meaning in _OTHER
    ]
    rows.append(
        TableRow(cells=(("All entries",), (look.count(ids.audit_entries().stat("n")),), ()), kind="total")
    )
    columns = (
        Column(header="Entry and verdict", align="left", weight=1.6),
        Column(header="Entries", below=("n",)),
        Column(header="Meaning", align="left", weight=5),
    )
    return ProducedDisplay(
        key="audit_summary",
        label="Table S14",
        ich_number="",
        title="The interim publication, number by number",
        population=("Every number and claim of the interim publication",),
        content=TableContent(columns=columns, rows=tuple(rows)),
        source="Source: results table, data dictionary and design formulas against the ledger of the publication.",
        cut=cut_line,
    )


def contradicted(audit: Audit) -> Listing:
    """List results that are not as printed, with the finding that says why or without one."""
    return _listing(
        "audit_contradicted",
        "Results that are not as printed",
        (
            "Where",
            "What",
            "Arm",
            "Printed",
            "Here",
            "Verdict",
            "Finding",
            "Why the printed number cannot hold",
        ),
        (row for row in audit.rows if row.verdict in {"impossible", "differs"}),
        lambda row: (
            row.entry.where,
            f"{row.entry.quantity}, {row.entry.stat}",
            row.entry.arm,
            row.entry.text,
            row.regenerated,
            row.verdict,
            row.finding,
            row.detail,
        ),
        weights=(0.9, 1.8, 0.5, 0.8, 0.8, 1.1, 0.8, 5.0),
    )


def claims(audit: Audit) -> Listing:
    """List every claim with its answer and the numbers behind it."""
    return _listing(
        "audit_claims",
        "Claims of the publication in these results",
        ("Where", "Claim", "Answer", "Finding", "Numbers"),
        (row for row in audit.rows if row.verdict == "claim"),
        lambda row: (row.entry.where, row.entry.states, row.answer, row.finding, row.detail),
        weights=(0.8, 3.2, 1.3, 0.8, 5.2),
        note="Each claim is read as a predicate; where a reading had to be chosen, it stands before the numbers.",
    )


def design(audit: Audit, *, whole: bool) -> Listing:
    """List the numbers of the design with their answers; if not ``whole``, only what formulas were asked for."""
    chosen = [
        row
        for row in audit.rows
        if row.verdict == "design"
        and (whole or not (row.answer == "not checkable" or row.detail.startswith("data dictionary")))
    ]
    return _listing(
        "audit_design",
        "Numbers of the design" if whole else "Numbers of the design that come from a formula or the plan",
        ("Where", "What", "Printed", "Unit", "Here", "Answer", "Finding", "From"),
        chosen,
        lambda row: (
            row.entry.where,
            row.entry.quantity,
            row.entry.text,
            row.entry.unit,
            row.regenerated,
            row.answer,
            row.finding,
            row.detail,
        ),
        weights=(0.8, 3.0, 0.8, 1.2, 0.8, 1.3, 0.8, 3.0),
        note="" if whole else "Those taken from the data dictionary all stand in the file of the audit.",
    )


def findings(audit: Audit) -> Listing:
    """List what was derived from the ledger alone, under its name, and what no check can find."""
    rows = []
    for item in audit.numbering:
        derived = audit.named[item.number]
        checks = "; ".join(dict.fromkeys(finding.check for finding in derived))
        proofs = " ".join(dict.fromkeys(finding.proof for finding in derived))
        rows.append((item.number, item.matter, checks or "needs reasoning", proofs or item.why))
    rows += [("–", "no name", finding.check, finding.proof) for finding in audit.named.get("", ())]
    return Listing(
        key="audit_findings",
        title="Findings derived from the printed numbers alone",
        columns=("Name", "Matter", "Check", "Proof, or what it takes"),
        rows=tuple(rows),
        landscape=True,
        weights=(0.6, 2.2, 1.9, 6.0),
    )


def entries(audit: Audit) -> Listing:
    """List every entry with its verdict."""
    return _listing(
        "audit_entries",
        "Every entry",
        ("Where", "Entry", "Printed", "Here", "Verdict", "Answer", "Finding"),
        audit.rows,
        lambda row: (
            row.entry.where,
            row.entry.id,
            row.entry.printed or row.entry.text,
            row.regenerated if row.verdict != "claim" else "",
            row.verdict,
            row.answer,
            row.finding,
        ),
        weights=(0.8, 3.0, 1.8, 1.0, 1.2, 1.1, 0.8),
    )


def _listing(
    key: str,
    title: str,
    columns: tuple[str, ...],
    rows: Iterable[AuditRow],
    cells: Callable[[AuditRow], tuple[str, ...]],
    *,
    weights: tuple[float, ...],
    note: str = "",
) -> Listing:
    return Listing(
        key=key,
        title=title,
        columns=columns,
        rows=tuple(cells(row) for row in rows),
        landscape=True,
        weights=weights,
        note=note,
    )
