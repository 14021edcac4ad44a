"""Table 3: how much dose did the organs at risk get, and who passed a limit?"""

from duonen_stats.datasets.exposure.addos import dose_limits
from duonen_stats.datasets.patients.populations import SHOWN, Population, complete_dosimetry
from duonen_stats.displays.model.content import (
    Column,
    Line,
    TableContent,
    TableRow,
)
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import confidence, limits_method
from duonen_stats.displays.model.format import analyte_name
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.plan import rule_of
from duonen_stats.plan.plan import pairs_name
from duonen_stats.results import ids
from duonen_stats.results.analyses.exposure.organ_doses import analyse_organ_doses
from duonen_stats.results.analyses.safety.laboratory import analyse_laboratory
from duonen_stats.results.rows.compare_groups import routed_to
from duonen_stats.results.rows.groups import ALL, arm_codes

ORGANS = {"kidney": ("KIDNEY", "Kidney", 1), "marrow": ("MARROW", "Marrow", 2)}
"""Part of the id: code, label, decimals of a dose in Gy."""


def _organ_cells(look: Lookup, arm: str, organ: str, *, has_y90: bool) -> tuple[Line, ...]:
    decimals = ORGANS[organ][2]
    yttrium: Line = ("not given",)
    if has_y90:
        yttrium = (look.fixed(ids.organ_dose(organ, "90Y", arm).stat("median"), decimals),)
    return (
        look.median_quartiles(ids.organ_dose(organ, "total", arm), decimals),
        (look.fixed(ids.organ_dose(organ, "177Lu", arm).stat("median"), decimals),),
        yttrium,
    )


def _layout(material: Material) -> Layout:
    look, study = material.look, material.study
    kidney, marrow = study.organ("KIDNEY"), study.organ("MARROW")
    columns = (
        Column(header="Arm", align="left", weight=0.6),
        Column(header="N", weight=0.5),
        Column(header="Analysed", below=("n kidney; marrow",), weight=1.1),
        Column(header="Kidney dose, total", below=("Gy, median (IQR)",), weight=1.8),
        Column(header="Kidney ¹⁷⁷Lu", below=("Gy, median",)),
        Column(header="Kidney ⁹⁰Y", below=("Gy, median",)),
        Column(header="Marrow dose, total", below=("Gy, median (IQR)",), weight=1.8),
        Column(header="Marrow ¹⁷⁷Lu", below=("Gy, median",)),
        Column(header="Marrow ⁹⁰Y", below=("Gy, median",)),
        Column(header=f"Kidney > {kidney.limit_total:g} Gy", below=("n (%)",), weight=1.1),
        Column(header=f"Marrow > {marrow.limit_cycle:g} Gy", below=("in a cycle, n (%)",), weight=1.2),
        Column(header=f"Marrow > {marrow.limit_total:g} Gy", below=("n (%)",), weight=1.1),
    )
    rows = []
    for arm in study.arms:
        has_y90 = "Y90" in arm.isotopes
        cells: tuple[Line, ...] = (
            (arm.code,),
            (look.count(ids.dose_size(arm.code)),),
            (
                look.count(ids.organ_dose("kidney", "total", arm.code).stat("n")),
                "; ",
                look.count(ids.organ_dose("marrow", "total", arm.code).stat("n")),
            ),
            *_organ_cells(look, arm.code, "kidney", has_y90=has_y90),
            *_organ_cells(look, arm.code, "marrow", has_y90=has_y90),
            look.n_percent(ids.limit("kidney", "course", arm.code)),
            look.n_percent(ids.limit("marrow", "cycle", arm.code)),
            look.n_percent(ids.limit("marrow", "course", arm.code)),
        )
        rows.append(TableRow(cells=cells))
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows), landscape=True),
        population=(f"{SHOWN[Population.SAFETY]}, {complete_dosimetry('the organ')}",),
        sentence=dose_sentence(material, "kidney"),
        footnotes=(
            (
                "Sum over delivered cycles. N: treated patients of the arm. Analysed: of these, patients with "
                f"{complete_dosimetry('that organ')}; medians, quartiles and tests are of them. Percentages are of the "
                "patients whose status is known: complete dosimetry, or above the limit already "
                "(limits and bounds: Table S15). "
                "Isotopes are medians of their own, so they need not add up to the median of the total.",
            ),
            *(comparison_note(material, organ) for organ in ORGANS),
        ),
    )


def _layout_limits(material: Material) -> Layout:
    look, study = material.look, material.study
    rows = []
    for limit in dose_limits(study):
        span = "cycle" if limit.per_cycle else "course"
        rows.append(TableRow(cells=((limit.text,), *((),) * 6), kind="group"))
        for group in (ALL, *arm_codes(study)):
            block = ids.limit(limit.organ.lower(), span, group)
            counts = [
                (look.count(block.stat(f"n_{name}")),) for name in ("treated", "unknown", "without", "known")
            ]
            name = "All arms" if group == ALL else study.arm(group).label
            cells: tuple[Line, ...] = (
                (name,),
                *counts,
                look.n_percent_limits(block),
                look.limits(block, low="bound_low", high="bound_high"),
            )
            rows.append(TableRow(cells=cells, indent=1))
    columns = (
        Column(header="Limit of absorbed dose", align="left", weight=2.2),
        Column(header="Treated", below=("n",), weight=0.7),
        Column(header="Incomplete", below=("below so far, n",)),
        Column(header="No dose", below=("of a cycle, n",), weight=0.9),
        Column(header="Known", below=("n",), weight=0.7),
        Column(header="Above the limit", below=(f"n (% of known) [{confidence(material)}]",), weight=1.7),
        Column(header="Bounds", below=("% of treated",)),
    )
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=("Treated patients",),
        footnotes=(
            (
                "Known: complete dosimetry, or above the limit already, so a patient with incomplete dosimetry is "
                f"counted only as a case. Limits: {limits_method(material)}. Bounds: the percentage of all treated "
                "patients if no patient whose status is not known is above the limit, and if all are.",
            ),
        ),
    )


def dose_sentence(material: Material, organ: str) -> Line:
    """Read the medians of an organ's total dose by arm."""
    look, (_, label, decimals) = material.look, ORGANS[organ]
    line: Line = (f"Median cumulative {label.lower()} dose: ",)
    for index, code in enumerate(arm_codes(material.study)):
        line += (
            ", " if index else "",
            look.fixed(ids.organ_dose(organ, "total", code).stat("median"), decimals),
            f" Gy in arm {code}",
        )
    return (*line, ".")


def comparison_note(material: Material, organ: str) -> Line:
    """Say what the test between the arms gave, what the routing would have, and which pairs differ."""
    look, plan = material.look, material.plan
    block, label = ids.organ_comparison(organ), ORGANS[organ][1]
    planned, routed = (ids.between(block, test).stat("p") for test in (plan.between_arm_test, "routed"))
    line: Line = (f"{label} dose between arms: {material.between_test(block)}, ",)
    line += (*look.p_equals(planned),)
    path = look.results.row(routed).method
    if plan.between_arm_test == "routed":
        line += (f" ({path}).",)
    else:
        line += (" (the routing of §2.6 would give ", *look.p_equals(routed), f"; {path}).")
    if not look.below(planned, plan.alpha):
        return (*line, f" Not below {plan.alpha:g}: no pairs are compared.")
    first, *others = arm_codes(material.study)
    test = plan.pairs_test(routed_to(path) if plan.between_arm_test == "routed" else plan.between_arm_test)
    line += (f" Pairs, by {pairs_name(test)}: ",)
    for index, code in enumerate(others):
        pair = ids.pair(block, test, code, first).stat("p")
        line += (", " if index else "", f"{code} against {first} ", *look.p_equals(pair))
    return (*line, ".")


TABLE_3 = Display(
    key="table_3",
    label="Table 3",
    ich_number="14.1.7",
    title="Cumulative absorbed organ doses by arm",
    analyses=(analyse_organ_doses,),
    layout=_layout,
    datasets=("ADDOS", "ADSL"),
    exploratory=True,
)
DOSE_LIMITS = Display(
    key="table_s15",
    label="Table S15",
    ich_number="14.1.7a",
    title="Patients above a limit of absorbed dose",
    analyses=(analyse_organ_doses,),
    layout=_layout_limits,
    datasets=("ADDOS", "ADSL"),
)


# Tables S12 and S13: behind each p between arms, the assumptions, the path, and what other tests would
# have said.


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
        Column(header="Test used", below=("p, Holm",), weight=1.1),
        Column(header="Routing of §2.6 leads to", align="left", weight=2.2),
        Column(header="Routed", below=("p",), weight=0.7),
    )
    used = material.plan.words("between_arm_test")
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows), landscape=True),
        population=("Populations as in Tables 3 and 4",),
        footnotes=(
            (f"The test of this report, whose unadjusted p the tables show, is {used}.",),
            (
                "Holm: the test of this report adjusted over the follow-up visits of the analyte; beside it, never "
                "instead.",
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
        population=(f"Comparisons whose test between all arms, that of this report, has p < {plan.alpha:g}",),
        footnotes=(
            (
                f"The pairwise test of this report is {plan.pairs_words}. Games–Howell and Tukey hold the "
                "family-wise error of the pairs compared; Dunn's adjustments are shown beside.",
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
