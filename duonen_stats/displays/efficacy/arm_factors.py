"""What the arms differ in, in words and as a table: dosimetry guidance, isotopes, activities."""

from collections.abc import Iterable, Sequence

from duonen_stats.displays.model.content import (
    Column,
    Line,
    TableContent,
    TableRow,
)
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import (
    RANDOMISED,
    RATIO_DECIMALS,
    confidence,
    interval,
)
from duonen_stats.displays.model.format import upper_first
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.results import ids
from duonen_stats.results.analyses.efficacy.arm_factors import FACTOR_ENDPOINTS, analyse_arm_factors
from duonen_stats.results.rows.times import arms_in_words, experimental_arms
from duonen_stats.study import Arm, Study

_MBQ_PER_GBQ = 1000
_ENDPOINTS = {"pfs": "Progression-free survival, treatment policy", "os": "Overall survival"}


def question(study: Study, control: str) -> str:
    """Say what the comparison of the experimental arms with ``control`` asks, in words true of the arms compared."""
    arms = [arm for arm in study.arms if arm.code != control]
    others, own = f"{_named(arms)}{' together' if len(arms) > 1 else ''}", f"arm {control}"
    if all(_guided(arm) for arm in arms) and not _guided(study.arm(control)):
        others, own = f"{_named(arms)}, guided by dosimetry,", f"{own}, of fixed activities"
    return f"progression-free survival is longer in {others} than in {own}"


def contrast(study: Study, control: str) -> str:
    """Say in what the experimental arms differ from ``control``, and which arms differ in guidance alone.

    Every sentence is derived from the arms of the data dictionary.
    """
    own = study.arm(control)
    arms = [arm for arm in study.arms if arm.code != control]
    differences = (*_guidance(study, own), *_isotopes(arms, own, study), *_activities(arms, own, study))
    beyond = any(
        set(arm.isotopes) != set(own.isotopes) or dict(arm.initial_activity) != dict(own.initial_activity)
        for arm in arms
    )
    alone = all(_guided(arm) != _guided(own) for arm in arms) and not beyond
    conclusion = (
        "The comparison is one of dosimetry guidance alone."
        if alone
        else "The comparison is therefore not one of dosimetry guidance alone."
    )
    pairs = ids.isolating_pairs(study)
    pure = (
        f"{_list([f'arm {guided} and arm {fixed}' for guided, fixed in pairs], ', and ')} differ in dosimetry guidance "
        "and in nothing else."
        if pairs
        else "No two arms differ in dosimetry guidance and in nothing else."
    )
    return " ".join((*differences, conclusion, pure[0].upper() + pure[1:]))


def _guided(arm: Arm) -> bool:
    return arm.modified_isotope is not None


def _guidance(study: Study, own: Arm) -> Iterable[str]:
    """Say which arms are guided where :func:`question` does not."""
    guided = [arm for arm in study.arms if _guided(arm)]
    fixed = [arm for arm in study.arms if not _guided(arm)]
    if fixed == [own]:
        return
    parts = (
        f"{_subject(guided)} {_be(guided)} guided by dosimetry" if guided else "",
        f"{_subject(fixed)} {_be(fixed)} not" if fixed else "",
    )
    yield f"{upper_first(_list([part for part in parts if part], '; '))}."


def _isotopes(arms: Sequence[Arm], own: Arm, study: Study) -> Iterable[str]:
    for isotope in study.isotopes:
        more = [arm for arm in arms if isotope.code in arm.isotopes and isotope.code not in own.isotopes]
        fewer = [arm for arm in arms if isotope.code not in arm.isotopes and isotope.code in own.isotopes]
        if more:
            yield f"{upper_first(_subject(more))} also give{_s(more)} {isotope.label}, which arm {own.code} does not."
        if fewer:
            yield f"{upper_first(_subject(fewer))} {_do(fewer)} not give {isotope.label}, which arm {own.code} does."


def _activities(arms: Sequence[Arm], own: Arm, study: Study) -> Iterable[str]:
    for isotope in study.isotopes:
        planned = own.initial_activity.get(isotope.code)
        if planned is None:
            continue
        other: dict[float, list[Arm]] = {}
        for arm in arms:
            activity = arm.initial_activity.get(isotope.code)
            if activity is not None and activity != planned:
                other.setdefault(activity, []).append(arm)
        for activity, members in other.items():
            yield (
                f"{upper_first(_subject(members))} start{_s(members)} with {activity / _MBQ_PER_GBQ:g} GBq of "
                f"{isotope.label}, arm {own.code} with {planned / _MBQ_PER_GBQ:g} GBq."
            )


def _named(arms: Sequence[Arm]) -> str:
    return arms_in_words(tuple(arm.code for arm in arms))


def _subject(arms: Sequence[Arm]) -> str:
    return f"arm{'s' if len(arms) > 1 else ''} {_list([arm.code for arm in arms], ' and ')}"


def _list(parts: Sequence[str], last: str) -> str:
    return last.join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else "".join(parts)


def _s(arms: Sequence[Arm]) -> str:
    return "" if len(arms) > 1 else "s"


def _be(arms: Sequence[Arm]) -> str:
    return "are" if len(arms) > 1 else "is"


def _do(arms: Sequence[Arm]) -> str:
    return "do" if len(arms) > 1 else "does"


def _rows(material: Material, endpoint: str) -> list[TableRow]:
    look, study = material.look, material.study
    experimental = experimental_arms(study, material.plan)
    rows = [TableRow(cells=((_ENDPOINTS[endpoint],), (), (), ()), kind="group")]
    rows.append(
        TableRow(
            cells=(
                (f"{upper_first(arms_in_words(experimental))} among themselves, log-rank test",),
                (),
                (),
                (look.p(ids.heterogeneity(endpoint).stat("p")),),
            ),
            indent=1,
        )
    )
    for name, (words, _) in ids.arm_factors(study).items():
        factor = ids.arm_factor(endpoint, name)
        rows.append(_compared(look, f"Model of all arms: {words}", factor, factor))
    for pair in ids.isolating_pairs(study):
        isolated = ids.isolated(endpoint, pair)
        label = f"Dosimetry guidance alone: arm {pair[0]} against arm {pair[1]}"
        rows.append(_compared(look, label, isolated, ids.isolated_ratio(isolated)))
    return rows


def _compared(look: Lookup, label: str, sizes: ids.Block, ratio: ids.Block) -> TableRow:
    """Set a hazard ratio beside the numbers of patients with the factor and without."""
    counts: Line = (look.count(sizes.stat("with")), " / ", look.count(sizes.stat("without")))
    return TableRow(
        cells=((label,), counts, interval(look, ratio, "hr", RATIO_DECIMALS), (look.p(ratio.stat("p")),)),
        indent=1,
    )


def _layout(material: Material) -> Layout:
    study = material.study
    factors = ids.arm_factors(study)
    both = _list([words for words, _ in factors.values()], " and ")
    columns = (
        Column(header="What the arms differ in", align="left", weight=2.8),
        Column(header="Patients", below=("with / without",), weight=1.0),
        Column(header="Hazard ratio", below=(confidence(material),), weight=1.4),
        Column(header="p", weight=0.8),
    )
    rows = [row for endpoint in FACTOR_ENDPOINTS for row in _rows(material, endpoint)]
    model = (
        f"The model of all arms has one indicator each for {both}; it takes their effects to multiply, which cannot be "
        "tested unless there are arms with each combination. Hazard ratios below 1 favour patients with the factor. An "
        "isotope cannot be distinguished from the activities that go with it."
        if len(factors) > 1
        else f"The model of all arms has one indicator, for {both}. Hazard ratios below 1 favour patients with it."
    )
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=(RANDOMISED,),
        sentence=(contrast(study, material.plan.control_arm),),
        footnotes=((model,), ("Cox models, ties by Efron, Wald limits.",)),
    )


ARM_FACTORS = Display(
    key="table_e11",
    label="Table E11",
    ich_number="14.2.10",
    title="What the arms differ in: dosimetry guidance and isotopes",
    analyses=(analyse_arm_factors,),
    layout=_layout,
    datasets=("ADTTE",),
    exploratory=True,
)
