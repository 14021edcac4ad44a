"""Ids of what is not about patients: data quality, the audit of the publication, the design report."""

from duonen_stats.results.ids.family import BOTH, Open, each, family, number, words

FINDINGS = ("error", "warning", "note")
AUDIT_KINDS = ("result", "design", "claim", "figure_alt", "earlier_report")
DOCUMENTS = ("interim", "audit")


@family("n", reports=BOTH, severity=words(*FINDINGS))
def findings(severity: str) -> str:
    """Findings of the data check by severity."""
    return f"quality.findings.{severity}"


@family("n", reports=BOTH, rule=Open())
def rule_findings(rule: str) -> str:
    """Findings of one rule, if there are any."""
    return f"quality.rule.{rule}"


@family(*FINDINGS, "patients", reports=BOTH, site=Open())
def site_findings(site: str) -> str:
    """Findings of a centre, by severity, and its patients with one."""
    return f"quality.site.{site}"


@family(*FINDINGS, "patients", reports=BOTH, where=words("no_site"))
def siteless_findings(where: str = "no_site") -> str:
    """Findings that concern no centre: files, columns, patients not randomised."""
    return f"quality.{where}"


@family("read", "used", "set_aside", reports=BOTH, table=Open())
def records(table: str) -> str:
    """Records of a raw table: read, used, set aside."""
    return f"quality.records.{table}"


@family("n", reports=DOCUMENTS)
def audit_entries() -> str:
    """All entries of the publication."""
    return "audit"


@family("n", reports=DOCUMENTS, kind=words(*AUDIT_KINDS))
def audit_kind(kind: str) -> str:
    """Entries of a kind."""
    return f"audit.{kind}"


_ANSWERS = {
    "result": ("reproduced", "differs", "impossible", "not_regenerable"),
    "design": ("agrees", "not_reproduced", "not_checkable"),
    "claim": ("true", "false", "not_evaluable"),
}


@family(
    "n",
    reports=DOCUMENTS,
    kind=words(*_ANSWERS),
    answer=words(*dict.fromkeys(answer for answers in _ANSWERS.values() for answer in answers)),
    only=lambda scope, kind, answer: answer in _ANSWERS[kind],
)
def audit_answer(kind: str, answer: str) -> str:
    """Entries of a kind with a verdict or an answer."""
    return f"audit.{kind}.{answer.replace(' ', '_')}"


@family("n", reports=DOCUMENTS, which=words("derived", "certain", "reasoned", "unnamed"))
def audit_findings(which: str) -> str:
    """Named matters of the publication by how they are known."""
    return f"audit.findings.{which}"


_DESIGN = ("design",)


@family(
    "control_hazard", "experimental_hazard", "hazard_ratio", "allocation", "accrual", "analysis", "max_followup",
    "dropout", "patients", "alpha", "power", "event_probability", "trials", "calibration_trials", "seed",
    reports=_DESIGN,
)  # fmt: skip
def assumed() -> str:
    """Assumptions of a design report."""
    return "design.assumed"


@family(
    "power", "events", "experimental", "control", "hazard_ratio", "lower", "upper", "events_needed", "patients_needed",
    reports=_DESIGN,
)  # fmt: skip
def planned_size() -> str:
    """What the planned number of patients gives by Schoenfeld's formula, and what the power aimed at needs."""
    return "design.planned.schoenfeld"


@family("events", "patients", reports=_DESIGN, method=Open())
def design_method(method: str) -> str:
    """What a method asks for."""
    return f"design.method.{method}"


@family("power", "error", reports=_DESIGN, method=Open(), ratio=Open(r"[\d.]+"))
def design_power(method: str, ratio: float | str) -> str:
    """Power of a method at a hazard ratio."""
    return f"design.method.{method}.hr{number(ratio)}"


@family("printed", "regenerated", reports=_DESIGN, place=Open(r"\d+"))
def design_published(place: int | str) -> str:
    """A published number of the design, and ours."""
    return f"design.published.{place}"


@family(
    "month", "entered", "control", "experimental", "total", reports=_DESIGN, month=Open(r"[\d.]+")
)  # fmt: skip
def design_events(month: float | str) -> str:
    """Patients and events expected by a month."""
    return f"design.events.m{number(month)}.expected"


@family(
    "lower", "upper", "power", "power_error", "favourable", "favourable_error", "unfavourable", "unfavourable_error",
    reports=_DESIGN, kind=words("nominal", "calibrated"),
)  # fmt: skip
def design_size(kind: str) -> str:
    """Size of the log-rank test at nominal or calibrated critical values."""
    return f"design.size.{kind}.logrank"


@family("inflation", "expected", "patients", reports=_DESIGN, rule=Open())
def boundary(rule: str) -> str:
    """A plan of interim looks."""
    return f"design.boundary.{rule}.plan"


@family(
    "information", "events", "whole_events", "z", "p", "hazard_ratio", "spent", "rejects",
    reports=_DESIGN, block=each(boundary), place=Open(r"\d+"),
)  # fmt: skip
def boundary_look(block: str, place: int | str) -> str:
    """One look of a plan of interim looks."""
    return f"{block}.{place}"


@family(makes="row", reports=("answer",), question=Open(r"[a-z_]+"), path=Open(r".+", path=True))
def answer_value(question: str, path: str) -> str:
    """A number of an answer of ``duonen design``, by its question and its path in the data of the answer."""
    return f"design.{question}.{path}"


@family(
    "rate", "lower", "upper", "half_width", reports=_DESIGN, patients=Open(r"\d+"), rate=Open(r"[\d.]+")
)  # fmt: skip
def design_precision(patients: int | str, rate: float | str) -> str:
    """Precision of a rate among that many patients."""
    return f"design.precision.n{patients}.p{number(rate)}"
