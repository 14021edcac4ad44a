"""Does the primary result stand? Other tests and models, other censoring, and how far it would have to be wrong."""

from duonen_stats.displays.model.content import (
    Column,
    Line,
    Number,
    TableContent,
    TableRow,
)
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import (
    MONTH_DECIMALS,
    RANDOMISED,
    RATIO_DECIMALS,
    compared_words,
    confidence,
    confirmatory_p,
    experimental_words,
    interval,
)
from duonen_stats.displays.model.format import upper_first
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.analyses.efficacy.dose_response import analyse_dose_response, dose_measures
from duonen_stats.results.analyses.efficacy.sensitivity import (
    analyse_censoring,
    analyse_informative_censoring,
)
from duonen_stats.results.analyses.efficacy.survival import analyse_primary, analyse_survival

_EMPTY: Line = ()


_NOBODY: tuple[Line, Line] = (_EMPTY, _EMPTY)


def _ratio(
    material: Material, label: Line, block: ids.Block, acts_on: tuple[Line, Line] = _NOBODY
) -> TableRow:
    look = material.look
    ratio = interval(look, block, "hr", RATIO_DECIMALS)
    return TableRow(cells=(label, *acts_on, ratio, (look.p(block.stat("p")),)), indent=1)


def _acting(material: Material, label: Line, block: ids.Block) -> TableRow:
    """Write a ratio with the patients and person-months that its assumption acts on."""
    look = material.look
    reach: tuple[Line, Line] = (
        (look.count(block.stat("changed")),),
        (look.fixed(block.stat("months"), MONTH_DECIMALS),),
    )
    return _ratio(material, label, block, reach)


def _test(material: Material, label: Line, block: ids.Block) -> TableRow:
    return TableRow(cells=(label, *_NOBODY, _EMPTY, (material.look.p(block.stat("p")),)), indent=1)


def _heading(label: str) -> TableRow:
    return TableRow(cells=((label,), *_NOBODY, _EMPTY, _EMPTY), kind="group")


def _primary(material: Material, endpoint: str) -> list[TableRow]:
    look, block = material.look, ids.primary(endpoint)
    restricted, permuted = ids.rmst(block), ids.permutation(block)
    means = (
        (
            "Difference of restricted means, months, up to ",
            look.fixed(restricted.stat("tau"), MONTH_DECIMALS),
        ),
        *_NOBODY,
        interval(look, restricted, "difference", MONTH_DECIMALS),
        (look.p(restricted.stat("p")),),
    )
    random: Line = (
        "Permutation log-rank test (",
        look.count(permuted.stat("permutations")),
        " permutations)",
    )
    return [
        _ratio(material, ("Cox model, ties by Efron",), ids.cox(block)),
        _ratio(material, ("Cox model, stratified",), ids.stratified_cox(block)),
        _ratio(material, ("Firth's penalised Cox model",), ids.firth(block)),
        _test(material, ("Log-rank test",), ids.log_rank(block)),
        _test(material, ("Log-rank test, stratified",), ids.stratified_log_rank(block)),
        _test(material, random, permuted),
        TableRow(cells=means, indent=1),
        _test(material, ("Test of proportional hazards",), ids.hazards(block)),
    ]


def _weighted(material: Material) -> TableRow:
    """Write the hypothetical estimand weighted for those who left, and how many they are."""
    look, block = material.look, ids.weighted("pfshyp")
    return TableRow(
        cells=(
            ("Cox model, weighted for those who left",),
            (look.count(block.stat("left")),),
            _EMPTY,
            interval(look, block, "hr", RATIO_DECIMALS),
            (look.p(block.stat("p")),),
        ),
        indent=1,
    )


def _layout(material: Material) -> Layout:
    plan, look, permuted = material.plan, material.look, ids.permutation(ids.primary("pfs"))
    pooled = experimental_words(material)
    rows = [
        _heading("PFS, treatment policy"), *_primary(material, "pfs"),
        _heading("PFS, hypothetical estimand"), *_primary(material, "pfshyp"), _weighted(material),
        _heading("Overall survival"), *_primary(material, "os"),
        _heading("PFS, other assumptions about censored patients"),
        _acting(material, (f"Left early: event at once in {pooled}",), ids.extreme_case("worst_case")),
        _acting(material, (f"Left early: event at once in arm {plan.control_arm}",), ids.extreme_case("best_case")),
        *(_acting(material, (_factor(delta, pooled),), ids.tipping_factor(delta)) for delta in plan.tipping_deltas),
    ]  # fmt: skip
    columns = (
        Column(header=upper_first(compared_words(material)), align="left", weight=2.6),
        Column(header="Patients", below=("changed",), weight=0.8),
        Column(header="Months", below=("open",), weight=0.7),
        Column(header="Estimate", below=(confidence(material),), weight=1.4),
        Column(header="p", weight=0.8),
    )
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=(RANDOMISED,),
        sentence=_tipping(material),
        footnotes=(
            confirmatory_p(material),
            (
                f"Estimates are hazard ratios unless a unit is named. Strata: {_strata(plan)}. The permutation test is "
                "there because the normal approximation of the log-rank test is not exact for small unequal groups; "
                "its Monte-Carlo standard error is ", look.fixed(permuted.stat("mc_error"), 4), " for PFS.",
            ),
            *_leaving(material),
            (
                f"After censoring the hazard of each group goes on, that of patients of {pooled} times the factor, "
                f"{plan.words('imputation_end')}{_horizon(plan)}: {plan.imputations} imputations each, combined by "
                "Rubin's rules. Patients changed: those whose time the assumption acts on. Left early: lost, "
                "withdrawn or never assessed. Months open: person-months after their censoring in which an event may "
                "be imputed.",
            ),
        ),
    )  # fmt: skip


def _factor(delta: float, pooled: str) -> str:
    if delta == 1:
        return "Hazard of censored patients unchanged"
    return f"Hazard of censored patients of {pooled} times {delta:g}"


def _strata(plan: Plan) -> str:
    return plan.words("stratification_factors") or "none"


def _horizon(plan: Plan) -> str:
    return f" (month {plan.imputation_months:g})" if plan.imputation_end == "horizon" else ""


def _note(look: Lookup, key: str) -> str:
    """Give the note of a result, to be put within a sentence: some notes are sentences themselves."""
    return str(look.results.row(key).note).rstrip(".")


def _leaving(material: Material) -> tuple[Line, ...]:
    """Say what the hypothetical estimand assumes of those who left, and what the weights are."""
    look, plan, block = material.look, material.plan, ids.weighted("pfshyp")
    assumption = (
        "The hypothetical estimand censors patients at another antitumour treatment and before missed assessments. Not "
        "weighted, it assumes that they would have fared like those of their arm who are still observed; weighted, "
        f"like those alike in arm and {plan.words('censoring_covariates')}. Neither can be tested. "
    )
    if look.results.value(block.stat("hr")) is None:
        return ((f"{assumption}There is no weighted estimate: {_note(look, block.stat('hr'))}.",),)
    return (
        (
            assumption, "Weights from ", look.fixed(block.stat("smallest_weight"), 2), " to ",
            look.fixed(block.stat("largest_weight"), 2), ", mean ", look.fixed(block.stat("mean_weight"), 2),
            "; robust standard error.",
        ),
    )  # fmt: skip


def _tipping(material: Material) -> Line:
    look, key = material.look, ids.tipping_point().stat("delta")
    imputed, pooled = ids.imputed("experimental"), experimental_words(material)
    reach: Line = (
        " The factors act on ", look.count(imputed.stat("changed")), f" patients of {pooled} and ",
        look.fixed(imputed.stat("months"), MONTH_DECIMALS), " person-months.",
    )  # fmt: skip
    if look.results.value(key) is None:
        return (f"Tipping point of the comparison: {_note(look, key)}.", *reach)
    return (
        f"The interval first includes 1 when the hazard of censored patients of {pooled} is multiplied by ",
        Number(key, f"{look.results.value(key):g}"),
        ".",
        *reach,
    )


def _layout_dose(material: Material) -> Layout:
    look = material.look
    rows = []
    for measure, (words, unit, _) in dose_measures(material.study).items():
        label = f"{words}, per {unit}"
        rows.append(TableRow(cells=((label,), *((),) * 4), kind="group"))
        for block, name in (
            (ids.dose_given(measure), "Dose given so far, time-dependent"),
            (
                ids.dose_landmark(measure),
                f"Dose up to the landmark at {material.plan.dose_landmark_months:g} months",
            ),
        ):
            cells: tuple[Line, ...] = (
                (look.count(block.stat("n")),), (look.count(block.stat("events")),),
                interval(look, block, "hr", 3), (look.p(block.stat("p")),),
            )  # fmt: skip
            rows.append(TableRow(cells=((name,), *cells), indent=1))
    columns = (
        Column(header="PFS and dose", align="left", weight=2.4),
        Column(header="Patients", below=("n",), weight=0.8),
        Column(header="Events", below=("n",), weight=0.8),
        Column(header="Hazard ratio", below=(confidence(material),), weight=1.5),
        Column(header="p", weight=0.8),
    )
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=("Treated patients; organ doses of those with dosimetry",),
        footnotes=(
            (
                "Who lives longer without progression gets more cycles: comparing patients by their final dose would "
                "make dose look protective (immortal time). Here the dose counts only from the day it was given, or "
                "patients are compared from a landmark on, those with an earlier event or end of observation left out.",
            ),
            (
                "Activities of two isotopes are not added: each is looked at in the arms that give it. Organ doses are "
                "absorbed doses, those of the isotopes added; the biological effect of a Gy may differ between them.",
            ),
            ("Not randomised: dose follows dosimetry and tolerance, so this is association, not effect.",),
        ),
    )


SENSITIVITY = Display(
    key="table_e4",
    label="Table E4",
    ich_number="14.2.4",
    title="Primary comparison: other tests, models and assumptions",
    analyses=(analyse_primary, analyse_survival, analyse_informative_censoring, analyse_censoring),
    layout=_layout,
    datasets=("ADTTE",),
)
DOSE_RESPONSE = Display(
    key="table_e9",
    label="Table E9",
    ich_number="14.2.9",
    title="Progression-free survival and dose",
    analyses=(analyse_dose_response,),
    layout=_layout_dose,
    datasets=("ADTTE", "ADEX", "ADDOS"),
    exploratory=True,
)
