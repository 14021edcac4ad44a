"""Adverse events by class and term of the dictionary once more: overview, lists, outcomes and rates."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import TypeAlias

import pandas as pd
from scipy import stats

from duonen_stats.study import Study
from duonen_stats.verification.recomputed.describe import (
    ALL,
    NUMPY,
    PANDAS,
    SCIPY,
    count,
    difference_of_proportions,
    each_group,
    quantile,
    rate,
)
from duonen_stats.verification.second_numbers import SecondNumbers, in_id

Truth: TypeAlias = "pd.Series[bool]"
_DAYS_PER_YEAR = 365.25
_PER = 100
_DEADLY = 5
_PRODUCTS = {"LU177": "RELLU", "Y90": "RELY90"}
_NO_CLASS, _NO_TERM = "No class recorded", "No term recorded"
_OUTCOMES = ("recovered", "sequelae", "recovering", "not_recovered", "fatal")


def recompute_event_terms(
    out: SecondNumbers,
    reported: pd.DataFrame,
    patients: pd.DataFrame,
    ended: "pd.Series[pd.Timestamp]",
    plan: SimpleNamespace,
    study: Study,
    *,
    outcomes: bool,
) -> None:
    """Add the overview, the lists of every kind, and the comparison of frequent terms with the control arm.

    Parameters
    ----------
    out, reported, patients, plan, study
        As elsewhere; ``reported`` are the events of treated patients.
    ended
        Day of death or last day known alive; the day of the cut where the report does not hold it.
    outcomes
        Whether outcomes of events are in the report: without them a fatal event is not known.
    """
    treated = patients.loc[patients["SAFETY"]]
    events = _named(reported, study)
    _overview(out, events, treated, plan, study, outcomes=outcomes)
    if outcomes:
        for group, members in each_group(treated, "TREATED", study):
            rate(out, f"ae.deaths.{group}", int(members["DEATH"].notna().sum()), len(members), plan)
    out.add("ae.coding.coded.n", int(events["PT"].notna().sum()), PANDAS)
    out.add("ae.coding.classed.n", int(events["SOC"].notna().sum()), PANDAS)
    versions = {" ".join(str(one).split()) for one in events["DICTVER"].dropna()}
    out.add("ae.coding.dictionaries.n", len(versions), PANDAS)
    worse = events.loc[events["BEFORE"] & (events["GRADE"] > events["GRADEINI"])]
    out.add("ae.outside.worsened.n", len(worse), PANDAS)
    out.add("ae.outside.worsened.patients", worse["SUBJID"].nunique(), PANDAS)
    kinds = _kinds(events, treated, plan, study)
    for kind, rows in kinds.items():
        _list(out, kind, rows, treated, plan, study, outcomes=outcomes)
    for kind in ("any", "follow_up"):
        _rates(out, kind, kinds[kind], treated, ended, plan, study)
    _compared(out, kinds["any"], treated, plan, study)


def _named(reported: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Name the class and the term of each event: what was reported where it is not coded, in one spelling."""
    labels = {one.code: one.label for one in study.ae_categories}
    coded = reported["SOC"].notna().any()
    classes = reported["SOC"] if coded else reported["CATEGORY"].map(labels).fillna(reported["CATEGORY"])
    terms = reported["PT"].where(reported["PT"].notna(), reported["TERM"])
    related = reported["RELATED"].astype(object)
    by_product = reported[[*_PRODUCTS.values()]].isin(["Y"]).any(axis=1)
    return reported.assign(
        CLASS=_spelled(classes, _NO_CLASS),
        NAMED=_spelled(terms, _NO_TERM),
        RELATED=related.mask(related.isna() & by_product, "Y"),
    )


def _spelled(texts: "pd.Series[str]", missing: str) -> "pd.Series[str]":
    """Write what differs in spaces and capitals alone as most are written, of ties the first of the alphabet."""
    tidy = texts.astype(object).where(texts.notna(), "").map(lambda text: " ".join(str(text).split()))
    tidy = tidy.where(tidy.ne(""), missing)
    folded = tidy.map(str.casefold)
    usual = {}
    for key, own in tidy.groupby(folded):
        numbers = own.value_counts()
        usual[key] = min(numbers.index[numbers.eq(numbers.max())])
    return folded.map(usual).astype(object)


def _overview(
    out: SecondNumbers,
    events: pd.DataFrame,
    treated: pd.DataFrame,
    plan: SimpleNamespace,
    study: Study,
    *,
    outcomes: bool,
) -> None:
    known = _answers(events, study)
    if not outcomes:
        del known["fatal"]
    for phase, chosen in (("treatment", events["EMERGENT"]), ("follow_up", events["AFTER"])):
        for line, (yes, maybe) in known.items():
            for group, members in each_group(treated, "TREATED", study):
                inside = chosen & events["SUBJID"].isin(members.index)
                cases = set(events.loc[inside & yes, "SUBJID"])
                unknown = set(events.loc[inside & maybe, "SUBJID"]) - cases
                block = f"ae.overview.{line}.{phase}.{group}"
                if unknown:
                    count(out, block, len(cases), len(members))
                else:
                    rate(out, block, len(cases), len(members), plan)
                out.add(f"{block}.events", int((inside & yes).sum()), PANDAS)


def _answers(events: pd.DataFrame, study: Study) -> dict[str, tuple[Truth, Truth]]:
    """Say of each line which events count, and which may: an answer that is missing may be yes."""
    related, serious = (_answer(events[name]) for name in ("RELATED", "SERIOUS"))
    severe = events["SEVERE"], events["GRADE"].isna()
    always = pd.Series(data=True, index=events.index)
    lines = {"any": (always, ~always), "related": related}
    for isotope in study.isotopes:
        column = _PRODUCTS.get(isotope.code)
        if column is None or not events[column].notna().any():
            continue
        yes, maybe = _answer(events[column])
        having = [arm.code for arm in study.arms if isotope.code in arm.isotopes]
        lines[f"related_{isotope.code.lower()}"] = yes, maybe & events["TREATED"].isin(having)
    lines |= {"severe": severe, "severe_related": _both(severe, related)}
    lines |= {"serious": serious, "serious_related": _both(serious, related)}
    action = events["ACTION"].astype(object).mask(events["ACTION"].eq("UNKNOWN"))
    for name in ("delayed", "reduced", "discontinued"):
        lines[name] = action.eq(name.upper()), action.isna()
    fatal = events["OUTCOME"].eq("FATAL") | events["GRADE"].eq(_DEADLY)
    lines["fatal"] = fatal, ~fatal & (events["OUTCOME"].isna() | events["GRADE"].isna())
    return lines


def _answer(codes: "pd.Series[str]") -> tuple[Truth, Truth]:
    return codes.eq("Y"), ~codes.isin(["Y", "N"])


def _both(one: tuple[Truth, Truth], other: tuple[Truth, Truth]) -> tuple[Truth, Truth]:
    """Say which events are both, and which may be: neither answer is no, and one is missing."""
    no = [~yes & ~maybe for yes, maybe in (one, other)]
    yes = one[0] & other[0]
    return yes, ~yes & ~no[0] & ~no[1]


def _kinds(
    events: pd.DataFrame, treated: pd.DataFrame, plan: SimpleNamespace, study: Study
) -> dict[str, pd.DataFrame]:
    emergent, serious = events["EMERGENT"], events["SERIOUS"].eq("Y")
    others = events.loc[emergent & ~serious]
    return {
        "any": events.loc[emergent],
        "related": events.loc[emergent & events["RELATED"].eq("Y")],
        "serious": events.loc[emergent & serious],
        "severe": events.loc[emergent & events["SEVERE"]],
        "follow_up": events.loc[events["AFTER"]],
        "registry_serious": events.loc[(emergent | events["AFTER"]) & serious],
        "registry_other": others.loc[others["NAMED"].isin(_frequent(others, treated, plan, study))],
    }


def _frequent(events: pd.DataFrame, treated: pd.DataFrame, plan: SimpleNamespace, study: Study) -> set[str]:
    """Find the terms that the least percentage of the patients of any arm have."""
    found: set[str] = set()
    for _, members in each_group(treated, "TREATED", study, total=False):
        own = events.loc[events["SUBJID"].isin(members.index)]
        patients = own.groupby("NAMED")["SUBJID"].nunique()
        found |= {*patients.index[100 * patients >= plan.ae_term_percent * len(members)]}
    return found


def _ordered(events: pd.DataFrame, column: str) -> list[str]:
    """List what a column names, in decreasing order of patients; ties are alphabetical."""
    patients = {str(name): n for name, n in events.groupby(column)["SUBJID"].nunique().items()}
    return sorted(patients, key=lambda name: (-patients[name], name.casefold(), name))


def _lines(kind: str, events: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame, int | None]]:
    """Yield the block of each class, and of each term of it with its place, with their events."""
    for name in _ordered(events, "CLASS"):
        own = events.loc[events["CLASS"].eq(name)]
        block = f"ae.terms.{kind}.{in_id(name)}"
        yield block, own, None
        for place, term in enumerate(_ordered(own, "NAMED"), 1):
            yield f"{block}.term.{in_id(term)}", own.loc[own["NAMED"].eq(term)], place


def _list(
    out: SecondNumbers,
    kind: str,
    events: pd.DataFrame,
    treated: pd.DataFrame,
    plan: SimpleNamespace,
    study: Study,
    *,
    outcomes: bool,
) -> None:
    _counted(out, f"ae.terms.{kind}", events, treated, study)
    if kind == "any":
        for group, own in each_group(events, "TREATED", study):
            _outcome(out, f"ae.outcome.{group}", own, plan, outcomes=outcomes)
    for block, own, place in _lines(kind, events):
        if place is None:
            out.add(f"{block}.terms", own["NAMED"].nunique(), PANDAS)
        else:
            out.add(f"{block}.place", place, PANDAS)
        _counted(out, block, own, treated, study)
        if kind == "any":
            _worst(out, block, own, treated, study, outcomes=outcomes)
            _outcome(out, f"{block}.outcome", own, plan, outcomes=outcomes)


def _counted(
    out: SecondNumbers, block: str, events: pd.DataFrame, treated: pd.DataFrame, study: Study
) -> None:
    for group, members in each_group(treated, "TREATED", study):
        own = events.loc[events["SUBJID"].isin(members.index)]
        count(out, f"{block}.by.{group}", own["SUBJID"].nunique(), len(members))
        out.add(f"{block}.by.{group}.events", len(own), PANDAS)


def _worst(
    out: SecondNumbers,
    block: str,
    events: pd.DataFrame,
    treated: pd.DataFrame,
    study: Study,
    *,
    outcomes: bool,
) -> None:
    """Count patients by the worst grade; one without a grade leaves it unknown, unless another is of the highest.

    Without ``outcomes`` grade 5 is given as 4, and the two cannot be distinguished.
    """
    by_patient = events.groupby("SUBJID")["GRADE"]
    highest = by_patient.max()
    without = events["GRADE"].isna().groupby(events["SUBJID"]).any()
    worst = highest.mask(without & highest.ne(_DEADLY))
    for group, members in each_group(treated, "TREATED", study):
        own = worst.loc[worst.index.isin(members.index)]
        told_apart = outcomes or not highest[own.index].ge(_DEADLY - 1).any()
        for grade in range(1, _DEADLY + 1):
            if grade < _DEADLY - 1 or told_apart:
                out.add(f"{block}.worst.{grade}.{group}.n", int(own.eq(grade).sum()), PANDAS)
        if outcomes or not (without & highest.ge(_DEADLY - 1)).any():
            out.add(f"{block}.worst.unknown.{group}.n", int(own.isna().sum()), PANDAS)


def _outcome(
    out: SecondNumbers, block: str, events: pd.DataFrame, plan: SimpleNamespace, *, outcomes: bool
) -> None:
    out.add(f"{block}.events", len(events), PANDAS)
    whole = events["STARTDTC"].isna() & events["ENDDTC"].isna()
    days = ((events["ENDDT"] - events["STARTDT"]).dt.days + 1).where(whole).dropna().to_numpy(dtype=float)
    out.add(f"{block}.n", days.size, PANDAS)
    out.add(f"{block}.no_end", int(events["ENDDT"].isna().sum()), PANDAS)
    if days.size:
        for name, share in (("q1", 0.25), ("median", 0.5), ("q3", 0.75)):
            out.add(f"{block}.{name}", quantile(days, share, plan), NUMPY)
        out.add(f"{block}.min", days.min(), PANDAS)
        out.add(f"{block}.max", days.max(), PANDAS)
    if outcomes:
        for name in _OUTCOMES:
            out.add(f"{block}.{name}", int(events["OUTCOME"].eq(name.upper()).sum()), PANDAS)
        other = ~events["OUTCOME"].isin([name.upper() for name in _OUTCOMES])
        out.add(f"{block}.unknown", int(other.sum()), PANDAS)
    twice = events.dropna(subset=["GRADE", "GRADEINI"])
    out.add(f"{block}.graded_twice", len(twice), PANDAS)
    if outcomes or twice["GRADEINI"].ne(_DEADLY - 1).all():
        out.add(f"{block}.worsened", int((twice["GRADE"] > twice["GRADEINI"]).sum()), PANDAS)


def _rates(
    out: SecondNumbers,
    kind: str,
    events: pd.DataFrame,
    treated: pd.DataFrame,
    ended: "pd.Series[pd.Timestamp]",
    plan: SimpleNamespace,
    study: Study,
) -> None:
    """Add patients with an event by the time to the first, in the period of treatment and after it.

    The first lasts from the first administration to the end of reporting, the second from the day after it, both to
    the last day known alive at most. A patient with an event that has no date counts all the time.
    """
    last = pd.to_datetime(ended.reindex(treated.index))
    if kind == "any":
        start, stop = treated["FIRST"], treated["UNTIL"].where(treated["UNTIL"] <= last, last)
        stop = stop.where(stop >= start, start)
    else:
        start = (treated["UNTIL"] + pd.Timedelta(days=1)).where(treated["UNTIL"] < last)
        stop = last.where(start.notna())
    _rate_of(out, f"ae.terms.{kind}", events, treated, start, stop, plan, study)
    for block, own, _ in _lines(kind, events):
        _rate_of(out, block, own, treated, start, stop, plan, study)


def _rate_of(
    out: SecondNumbers,
    block: str,
    events: pd.DataFrame,
    treated: pd.DataFrame,
    start: "pd.Series[pd.Timestamp]",
    stop: "pd.Series[pd.Timestamp]",
    plan: SimpleNamespace,
    study: Study,
) -> None:
    first = pd.to_datetime(events.groupby("SUBJID")["STARTDT"].min()).reindex(treated.index)
    until = first.where(first <= stop, stop)
    days = ((until - start).dt.days + 1).clip(lower=0).fillna(0.0)
    for group, members in each_group(treated, "TREATED", study):
        n = events.loc[events["SUBJID"].isin(members.index), "SUBJID"].nunique()
        years = float(days.loc[members.index].sum()) / _DAYS_PER_YEAR
        out.add(f"{block}.rate.{group}.n", n, PANDAS)
        out.add(f"{block}.rate.{group}.years", years, PANDAS)
        if not years:
            continue
        tail = (1 - plan.confidence) / 2
        low = stats.gamma.ppf(tail, n) if n else 0.0
        out.add(f"{block}.rate.{group}.rate", _PER * n / years, PANDAS)
        out.add(f"{block}.rate.{group}.ci_low", _PER * low / years, SCIPY)
        out.add(f"{block}.rate.{group}.ci_high", _PER * stats.gamma.isf(tail, n + 1) / years, SCIPY)


def _compared(
    out: SecondNumbers, events: pd.DataFrame, treated: pd.DataFrame, plan: SimpleNamespace, study: Study
) -> None:
    chosen = _frequent(events, treated, plan, study)
    sizes = {group: len(members) for group, members in each_group(treated, "TREATED", study)}
    ranked = [term for term in _ordered(events, "NAMED") if term in chosen]
    for rank, term in enumerate(ranked, 1):
        own = events.loc[events["NAMED"].eq(term)]
        block = f"ae.compared.{in_id(term)}"
        out.add(f"{block}.rank", rank, NUMPY)
        patients = {group: rows["SUBJID"].nunique() for group, rows in each_group(own, "TREATED", study)}
        for group, n in patients.items():
            count(out, f"{block}.by.{group}", n, sizes[group])
            if group not in (ALL, plan.control_arm):
                pair = [(patients[one], sizes[one]) for one in (group, plan.control_arm)]
                difference_of_proportions(out, f"{block}.minus.{group}", "difference", pair[0], pair[1], plan)
