"""Tables S12 and S13: behind each p between arms, the assumptions, the path, and what other tests would have said."""

from duonen_stats.displays.exposure.organ_doses import ORGANS
from duonen_stats.displays.model.content import (
    Column,
    Line,
    TableContent,
    TableRow,
)
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.names import analyte_name
from duonen_stats.plan import rule_of
from duonen_stats.results import ids
from duonen_stats.results.analyses.laboratory import analyse_laboratory
from duonen_stats.results.analyses.organ_doses import analyse_organ_doses
from duonen_stats.results.rows.groups import arm_codes

_TESTS = tuple(item for item in rule_of("between_arm_test").choices.items() if item[0] != "routed")


def _comparisons(material: Material) -> list[tuple[str, ids.Block]]:
    """Name and id of every comparison between arms: organ doses, changes by visit, worst changes."""
    found = [(f"{label} dose", ids.organ_comparison(organ)) for organ, (_, label, _) in ORGANS.items()]
    for analyte in material.study.analytes:
        name = analyte_name(analyte)
        found += [
            (f"{name}, {visit}", ids.lab_visit(analyte.code, visit))
            for visit in material.plan.follow_up_visits
        ]
        found.append((f"{name}, nadir", ids.lab_nadir(analyte.code)))
    return found


def _layout_tests(material: Material) -> Layout:
    look = material.look
    rows = []
    for label, block in _comparisons(material):
        shapiro: Line = ()
        for code in arm_codes(material.study):
            shapiro += (" " if shapiro else "", look.p(ids.normality(block, code).stat("p")))
        adjusted = ids.between_adjusted(block).stat("holm")  # not of the worst change, nor of doses
        cells = (
            (label,),
            shapiro,
            (look.p(ids.between(block, "levene").stat("p")),),
            *((look.p(ids.between(block, test).stat("p")),) for test, _ in _TESTS),
            (look.p(adjusted),) if adjusted in look.results else ("",),
            (look.results.row(ids.between(block, "routed").stat("p")).method,),
            (look.p(ids.between(block, "routed").stat("p")),),
        )
        rows.append(TableRow(cells=cells))
    columns = (
        Column(header="Comparison of arms", align="left", weight=1.6),
        Column(header="Shapiro–Wilk", below=("p by arm",), weight=1.7),
        Column(header="Levene", below=("p",), weight=0.7),
        *(Column(header=name, below=("p",), weight=0.9) for _, name in _TESTS),
        Column(header="Planned", below=("p, Holm",), weight=0.8),
        Column(header="Routing of §2.6 leads to", align="left", weight=2.4),
        Column(header="Routed", below=("p",), weight=0.7),
    )
    planned = material.plan.words("between_arm_test")
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows), landscape=True),
        population=("Populations as in Tables 3 and 4",),
        footnotes=(
            (f"The plan's test, whose unadjusted p the tables show, is {planned}.",),
            (
                "Holm: the planned test adjusted over the follow-up visits of the analyte; beside it, never instead.",
            ),
        ),
    )


_POSTHOC = (
    ("games_howell", "p", "Games–Howell"),
    ("tukey_hsd", "p", "Tukey"),
    ("dunn", "p", "Dunn, unadjusted"),
    ("dunn", "holm", "Dunn, Holm"),
    ("dunn", "bonferroni", "Dunn, Bonferroni"),
)


def _layout_pairs(material: Material) -> Layout:
    look, plan = material.look, material.plan
    planned = plan.words("posthoc_after_rank")
    codes = arm_codes(material.study)
    rows = []
    for label, block in _comparisons(material):
        if not look.below(ids.between(block, plan.between_arm_test).stat("p"), plan.alpha):
            continue
        rows.append(TableRow(cells=((label,), *((),) * len(_POSTHOC)), kind="group"))
        for index, first in enumerate(codes):
            for second in codes[index + 1 :]:
                cells = tuple(
                    (look.p(ids.pair(block, test, second, first).stat(stat)),) for test, stat, _ in _POSTHOC
                )
                rows.append(TableRow(cells=((f"{second} against {first}",), *cells), indent=1))
    if not rows:
        rows.append(
            TableRow(cells=(("No comparison between arms is below the level.",), *((),) * len(_POSTHOC)))
        )
    columns = (
        Column(header="Pair of arms", align="left", weight=1.6),
        *(Column(header=name, below=("p",)) for _, _, name in _POSTHOC),
    )
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=(f"Comparisons whose planned test between all arms has p < {plan.alpha:g}",),
        footnotes=(
            (
                f"The plan's pairwise test is {planned}. Games–Howell and Tukey hold the family-wise error of the "
                "pairs compared; Dunn's adjustments are shown beside.",
            ),
        ),
    )


TESTS = Display(
    key="table_s12",
    label="Table S12",
    ich_number="14.2.1",
    title="Tests between arms: assumptions, path taken, and other tests",
    analyses=(analyse_organ_doses, analyse_laboratory),
    layout=_layout_tests,
    datasets=("ADDOS", "ADLB"),
    exploratory=True,
)
PAIRS = Display(
    key="table_s13",
    label="Table S13",
    ich_number="14.2.2",
    title="Pairwise comparisons of arms",
    analyses=(analyse_organ_doses, analyse_laboratory),
    layout=_layout_pairs,
    datasets=("ADDOS", "ADLB"),
    exploratory=True,
)
