"""Table M3: what the patients died of, by arm, and how long after the last cycle."""

from functools import partial

from duonen_stats.displays.model.content import Column, TableContent, TableRow
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.patients.baseline import GroupBlock, arm_columns
from duonen_stats.results import ids
from duonen_stats.results.analyses.patients.deaths import EARLY_DAYS, analyse_deaths
from duonen_stats.results.analyses.patients.disposition import analyse_disposition
from duonen_stats.results.rows.groups import ALL, arm_codes


def _layout(material: Material) -> Layout:
    look, study = material.look, material.study
    groups = (ALL, *arm_codes(study))

    def counted(label: str, block: GroupBlock, indent: int = 0) -> TableRow:
        return TableRow(cells=((label,), *(look.n_percent(block(group)) for group in groups)), indent=indent)

    causes = study.table("follow_up").column("DTHCAUSE").codes
    rows = [
        counted("Known to have died by the data cut", partial(ids.disposition, "died")),
        TableRow(cells=(("Cause",), *((),) * len(groups)), kind="group"),
        *(counted(cause.label, partial(ids.death_cause, cause.code), 1) for cause in causes),
        counted("Not recorded", ids.death_without_cause, 1),
        counted(f"Up to {EARLY_DAYS} days after the last cycle", ids.death_early),
        TableRow(
            cells=(
                ("Days from the last cycle to death, median (range)",),
                *(look.median_range(ids.death_days(group), 0) for group in groups),
            )
        ),
    ]
    columns = (
        Column(header="Deaths, n (%)", align="left", weight=2.2),
        *arm_columns(study, look, lambda group: ids.disposition("randomised", group).stat("n")),
    )
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=("Randomised patients",),
        footnotes=(
            (
                "Percentages of causes, and of deaths soon after the last cycle, are of the deaths. A patient who was "
                "never treated has no days. Dates of death that are known in part are imputed. Each death is listed in "
                "the appendix.",
            ),
        ),
    )


DEATHS_TABLE = Display(
    key="table_m3",
    label="Table M3",
    ich_number="14.3.2.1",
    title="Deaths by cause and arm",
    analyses=(analyse_disposition, analyse_deaths),
    layout=_layout,
    datasets=("ADSL",),
)
