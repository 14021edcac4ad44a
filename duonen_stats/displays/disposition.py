"""Tables S1 and S8: who is in which population, who stopped and why, how complete are the laboratory data?"""

from duonen_stats.datasets.populations import SHOWN, Population
from duonen_stats.displays.baseline import arm_columns
from duonen_stats.displays.content import Column, TableContent, TableRow
from duonen_stats.displays.display import Display, Layout, Material
from duonen_stats.results.disposition import analyse_disposition
from duonen_stats.results.groups import ALL, arm_codes

_POPULATIONS = (
    ("Randomised", "randomised"),
    ("Safety: at least one cycle", "safety"),
    ("Complete dosimetry of every organ, every delivered cycle", "dosimetry"),
    ("All {cycles} cycles received", "completed"),
)


def _rows(material: Material, chosen: tuple[tuple[str, str], ...], indent: int = 0) -> list[TableRow]:
    groups, cycles = (ALL, *arm_codes(material.study)), len(material.study.cycles)
    return [
        TableRow(
            cells=(
                (label.replace("{cycles}", str(cycles)),),
                *(material.look.n_percent(f"disposition.{name}.{group}") for group in groups),
            ),
            indent=indent,
        )
        for label, name in chosen
    ]


def _heading(label: str, material: Material) -> TableRow:
    return TableRow(cells=((label,), *((),) * (1 + len(material.study.arms))), kind="group")


def _layout_disposition(material: Material) -> Layout:
    look, study = material.look, material.study
    cycles = tuple((f"{cycle.number}", f"cycles_{cycle.number}") for cycle in study.cycles)
    codes = study.table("disposition").column("REASON").codes
    reasons = [(code.label, f"reason.{code.code.lower()}") for code in codes]
    if look.results.value("disposition.reason.not_recorded.all.n"):
        reasons.append(("Not recorded", "reason.not_recorded"))
    rows = [
        *_rows(material, _POPULATIONS),
        _heading("Cycles received, patients", material),
        *_rows(material, cycles, 1),
        *_rows(material, (("Treatment discontinued", "discontinued"),)),
        _heading("Reason for discontinuation", material),
        *_rows(material, tuple(reasons), 1),
        *_rows(material, (("Known to have died by the data cut", "died"),)),
    ]
    columns = (
        Column(header="Patients, n (%)", align="left", weight=2.2),
        *arm_columns(study, look, "disposition.randomised.{}.n"),
    )
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=(SHOWN[Population.RANDOMISED],),
        sentence=(
            look.count("disposition.completed.all.n"),
            " of ",
            look.count("disposition.randomised.all.n"),
            f" randomised patients received all {len(study.cycles)} cycles; ",
            look.count("disposition.discontinued.all.n"),
            " discontinued treatment.",
        ),
        footnotes=(
            (
                "Percentages of cycles, discontinuations and reasons are of the treated patients, the others of the "
                "randomised.",
            ),
        ),
    )


def _layout_completeness(material: Material) -> Layout:
    plan, look = material.plan, material.look
    visits = tuple((visit, f"labs_at.{visit}") for visit in (plan.baseline_visit, *plan.follow_up_visits))
    columns = (
        Column(header="Visit", align="left"),
        *arm_columns(material.study, look, "disposition.randomised.{}.n"),
    )
    return Layout(
        content=TableContent(columns=columns, rows=tuple(_rows(material, visits))),
        population=(f"{SHOWN[Population.SAFETY]}, patients who received the visit's cycle",),
        sentence=(
            "At ",
            plan.follow_up_visits[-1],
            ", ",
            look.count(f"disposition.labs_at.{plan.follow_up_visits[-1]}.all.n"),
            " patients have laboratory values.",
        ),
        footnotes=(
            ("n (%): patients with at least one laboratory value, of those who received the cycle.",),
        ),
    )


DISPOSITION = Display(
    key="table_s1",
    label="Table S1",
    ich_number="14.1.1",
    title="Populations, cycles received and discontinuation",
    analyses=(analyse_disposition,),
    layout=_layout_disposition,
    datasets=("ADSL",),
)
COMPLETENESS = Display(
    key="table_s8",
    label="Table S8",
    ich_number="14.1.3",
    title="Completeness of laboratory data by visit",
    analyses=(analyse_disposition,),
    layout=_layout_completeness,
    datasets=("ADSL", "ADLB"),
)
