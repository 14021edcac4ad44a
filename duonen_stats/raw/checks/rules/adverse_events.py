"""Rules about adverse events with their codes, and about how treatment ended."""

from collections import Counter
from collections.abc import Iterator, Mapping

import pandas as pd

from duonen_stats.raw.checks.cross_rule import Hit, cross_rule, hits
from duonen_stats.raw.derived.cut_view import CutView
from duonen_stats.raw.derived.cycles import treated_as
from duonen_stats.raw.derived.date_bounds import earliest, is_partial, latest
from duonen_stats.raw.questions import (
    CHECK_CYCLE,
    CHECK_DATE,
    CHECK_END_OF_TREATMENT,
    CHECK_EVENT,
    CHECK_NO_EVENTS,
    CHECK_SPELLING_OF_TERM,
    CHECK_START_OF_EVENT,
    ENTER_VALUE,
    SAY_WHICH_RECORD,
    SEND_RECORDS,
)

_EVENTS = "adverse_events"
_STATUS = "disposition"
FEWEST_TREATED = 5
"""Where every second patient has an event, five without one are seen once in 32 times."""
_ISOTOPES = {"LU177": "RELLU", "Y90": "RELY90"}
"""The column of the relation to each isotope."""
_SHORTEST_TERM = 5
"""Letters of a term from which on one that differs by a letter is more likely misspelt than another."""
_FOLLOWED_UP = pd.Timedelta(days=70)
_ENDED = ("subjects", "administrations", _STATUS)


@cross_rule("AE-DATES", "error", "An adverse event ends before it starts.", (_EVENTS,), question=CHECK_DATE)
def _dates_reversed(data: CutView) -> Iterator[Hit]:
    events = data.tables[_EVENTS]
    odd = events[latest(events, "ENDDT") < earliest(events, "STARTDT")]
    message = "From {STARTDT:%Y-%m-%d} to {ENDDT:%Y-%m-%d}: ends before it starts; correct the dates."
    yield from hits(odd, _EVENTS, "ENDDT", message)


@cross_rule(
    "AE-EARLY",
    "warning",
    "An adverse event started before treatment: it is not counted as emergent, and so in no table of adverse events.",
    (_EVENTS, "administrations"),
    question=CHECK_START_OF_EVENT,
)
def _before_treatment(data: CutView) -> Iterator[Hit]:
    # A wrong date here takes an event, of whatever grade, out of every table: the centre has to confirm it.
    events = data.tables[_EVENTS]
    events = events.merge(data.span, left_on="SUBJID", right_index=True)
    events = events.assign(RANDDT=events["SUBJID"].map(data.subjects.set_index("SUBJID")["RANDDT"]))
    early = events["STARTDT"] < events["FIRST"]
    history = early & (events["STARTDT"] < events["RANDDT"])
    started = "Started on {STARTDT:%Y-%m-%d}, before treatment on {FIRST:%Y-%m-%d}"
    end = "not treatment-emergent, and in no table of adverse events. Check the date."
    yield from hits(events[early & ~history], _EVENTS, "STARTDT", f"{started}: {end}")
    before = f"{started} and before randomisation on {{RANDDT:%Y-%m-%d}}"
    yield from hits(events[history], _EVENTS, "STARTDT", f"{before}: {end}")


@cross_rule(
    "AE-ARM",
    "warning",
    f"An arm with {FEWEST_TREATED} or more treated patients has no adverse event at all.",
    (_EVENTS, "administrations", "subjects"),
    question=CHECK_NO_EVENTS,
)
def _arm_without_events(data: CutView) -> Iterator[Hit]:
    names = {arm.code: arm.label for arm in data.study.arms}
    for code, treated in _without_events(data, "ARM"):
        message = (
            f"{names.get(code, code)} has {treated} treated patients and no adverse event. Check the export."
        )
        yield Hit("subjects", message, column="ARM")


@cross_rule(
    "AE-CENTRE",
    "note",
    f"A centre with {FEWEST_TREATED} or more treated patients has no adverse event at all.",
    (_EVENTS, "administrations", "subjects"),
    question=CHECK_NO_EVENTS,
)
def _centre_without_events(data: CutView) -> Iterator[Hit]:
    for code, treated in _without_events(data, "SITEID"):
        message = (
            f"Centre {code} has {treated} treated patients and no adverse event. Check that it sent them."
        )
        yield Hit(_EVENTS, message, column="SUBJID")


def _without_events(data: CutView, group: str) -> Iterator[tuple[str, int]]:
    """Yield groups of patients without any event, with the number treated; a table without rows has its own finding."""
    events = data.tables[_EVENTS]
    if events.empty:
        return
    treated = data.subjects[data.subjects["SUBJID"].isin(data.span.index)]
    reported = treated["SUBJID"].isin(events["SUBJID"])
    for code, own in reported.groupby(treated[group]):
        if len(own) >= FEWEST_TREATED and not own.any():
            yield str(code), len(own)


@cross_rule(
    "AE-TWICE",
    "warning",
    "An adverse event seems to be recorded twice.",
    (_EVENTS,),
    question=SAY_WHICH_RECORD,
)
def _recorded_twice(data: CutView) -> Iterator[Hit]:
    same = ["SUBJID", "TERM", "STARTDT"]
    events = data.tables[_EVENTS].dropna(subset=same)
    events = events[~is_partial(events, "STARTDT")]  # an imputed date is shared by many
    again = events[events.duplicated(same)]
    yield from hits(
        again, _EVENTS, "TERM", "Same event, same start as an earlier row. Check that it is another one."
    )


@cross_rule(
    "AE-FATAL",
    "warning",
    "Grade 5, fatal outcome and death are inconsistent.",
    (_EVENTS, "follow_up"),
    question=CHECK_EVENT,
)
def _fatal_or_not(data: CutView) -> Iterator[Hit]:
    events, after = data.tables[_EVENTS], data.tables["follow_up"]
    fatal, worst = events["OUTCOME"] == "FATAL", (events["GRADE"] == 5).fillna(value=False)  # noqa: PLR2004
    dead = events["SUBJID"].isin(after.loc[after["STATUS"] == "DEAD", "SUBJID"].dropna())
    unlike = events[events["OUTCOME"].notna() & (fatal != worst)]
    yield from hits(
        unlike, _EVENTS, "OUTCOME", "Grade {GRADE} with outcome {OUTCOME}. Check grade and outcome."
    )
    alive = events[fatal & ~dead]
    yield from hits(
        alive, _EVENTS, "OUTCOME", "Fatal, but follow_up does not say that the patient died. Check both."
    )


@cross_rule(
    "AE-ACTION",
    "warning",
    "An event ended treatment, but treatment is not recorded as discontinued.",
    (_EVENTS, _STATUS),
    question=CHECK_EVENT,
)
def _not_discontinued(data: CutView) -> Iterator[Hit]:
    events, status = data.tables[_EVENTS], data.tables[_STATUS]
    ended = status.loc[status["STATUS"] == "DISCONTINUED", "SUBJID"].dropna()
    odd = events[(events["ACTION"] == "DISCONTINUED") & ~events["SUBJID"].isin(ended)]
    yield from hits(
        odd, _EVENTS, "ACTION", "Treatment discontinued for this, but not in disposition. Check both."
    )


@cross_rule(
    "DSP-NOEVENT",
    "note",
    "Treatment ended because of an adverse event, but no event has that action.",
    (_EVENTS, _STATUS),
    question=CHECK_EVENT,
)
def _no_event(data: CutView) -> Iterator[Hit]:
    events, status = data.tables[_EVENTS], data.tables[_STATUS]
    named = events.loc[events["ACTION"] == "DISCONTINUED", "SUBJID"].dropna()
    odd = status[(status["REASON"] == "ADVERSE_EVENT") & ~status["SUBJID"].isin(named)]
    yield from hits(
        odd, _STATUS, "REASON", "No adverse event has the action DISCONTINUED. Add it there if there was one."
    )


@cross_rule(
    "DSP-REASON",
    "warning",
    "The reason for discontinuation is missing, or is given although treatment was not discontinued.",
    (_STATUS,),
    question=CHECK_END_OF_TREATMENT,
)
def _reason_and_status(data: CutView) -> Iterator[Hit]:
    status = data.tables[_STATUS]
    ended = status["STATUS"] == "DISCONTINUED"
    lacking = status[ended & status["REASON"].isna()]
    yield from hits(lacking, _STATUS, "REASON", "Discontinued without a reason; add it.")
    odd = status[~ended & status["STATUS"].notna() & status["REASON"].notna()]
    yield from hits(odd, _STATUS, "REASON", "Status {STATUS} with reason {REASON}. Check which is right.")


@cross_rule(
    "DSP-CYCLES",
    "warning",
    "The status of treatment does not agree with the cycles given.",
    _ENDED,
    question=CHECK_CYCLE,
)
def _status_and_cycles(data: CutView) -> Iterator[Hit]:
    status = data.tables[_STATUS].dropna(subset=["SUBJID", "STATUS"])
    counts = data.given_cycles.groupby("SUBJID").size()
    status = status.assign(CYCLES=status["SUBJID"].map(counts).fillna(0).astype(int))
    every = len(data.study.cycles)
    # After the last cycle the patient is seen once more before treatment is called completed.
    latest = status["SUBJID"].map(data.span["LAST"])
    waiting = latest > data.cut.cut_date - _FOLLOWED_UP if data.cut.cut_date is not None else latest.isna()
    ending = (status["STATUS"] == "ONGOING") & waiting
    odd = status[((status["STATUS"] == "COMPLETED") != (status["CYCLES"] == every)) & ~ending]
    message = f"Status {{STATUS}} after {{CYCLES}} of {every} cycles. Check status and administrations."
    yield from hits(odd, _STATUS, "STATUS", message)


@cross_rule(
    "DSP-DATE",
    "warning",
    "Treatment ended, by its date, before the last administration.",
    _ENDED,
    question=CHECK_DATE,
)
def _ended_too_early(data: CutView) -> Iterator[Hit]:
    status = data.tables[_STATUS]
    status = status.merge(data.span, left_on="SUBJID", right_index=True)
    odd = status[latest(status, "DSDT") < status["LAST"]]
    message = "{STATUS} on {DSDT:%Y-%m-%d}, last administration on {LAST:%Y-%m-%d}. Check the dates."
    yield from hits(odd, _STATUS, "DSDT", message)


@cross_rule(
    "AE-OUTCOME",
    "warning",
    "Outcome and end of an adverse event are inconsistent.",
    (_EVENTS,),
    question=CHECK_EVENT,
)
def _outcome_and_end(data: CutView) -> Iterator[Hit]:
    events = data.tables[_EVENTS]
    no_end = events["ENDDT"].isna() & ~is_partial(events, "ENDDT")
    endless = events[events["OUTCOME"].isin(["RECOVERED", "SEQUELAE"]) & no_end]
    yield from hits(
        endless, _EVENTS, "ENDDT", "Recovered, without an end date; add it, or correct the outcome."
    )
    ended = events[events["OUTCOME"].isin(["RECOVERING", "NOT_RECOVERED"]) & events["ENDDT"].notna()]
    yield from hits(ended, _EVENTS, "OUTCOME", "Outcome {OUTCOME} with an end date. Check which is right.")


@cross_rule(
    "AE-SERIOUS",
    "warning",
    "A fatal event or one of grade 5 is not called serious.",
    (_EVENTS,),
    question=CHECK_EVENT,
)
def _fatal_not_serious(data: CutView) -> Iterator[Hit]:
    events = data.tables[_EVENTS]
    fatal = (events["OUTCOME"] == "FATAL") | (events["GRADE"] == 5).fillna(value=False)  # noqa: PLR2004
    odd = events[fatal & (events["SERIOUS"] == "N")]
    yield from hits(odd, _EVENTS, "SERIOUS", "Fatal, or grade 5, and not serious; correct the cell.")


@cross_rule(
    "AE-CATEGORY", "warning", "The same event is in several categories.", (_EVENTS,), question=CHECK_EVENT
)
def _several_categories(data: CutView) -> Iterator[Hit]:
    events = data.tables[_EVENTS].dropna(subset=["TERM", "CATEGORY"])
    terms = events["TERM"].str.casefold()
    usual = events["CATEGORY"].groupby(terms).transform(lambda codes: codes.mode().iloc[0])
    odd = events.assign(USUAL=usual)[events["CATEGORY"] != usual]
    message = "Category {CATEGORY}; elsewhere the same event is in {USUAL}. Check the category."
    yield from hits(odd, _EVENTS, "CATEGORY", message)


@cross_rule(
    "AE-GAP",
    "note",
    "The numbers of a patient's events have a gap: an event may be missing.",
    (_EVENTS,),
    question=SEND_RECORDS,
)
def _number_missing(data: CutView) -> Iterator[Hit]:
    events = data.tables[_EVENTS].dropna(subset=["SUBJID", "AESEQ"]).sort_values(["SUBJID", "AESEQ"])
    before = events.groupby("SUBJID")["AESEQ"].shift(fill_value=0)
    odd = events.assign(BEFORE=before)[events["AESEQ"] - before > 1]
    yield from hits(odd, _EVENTS, "AESEQ", "Event {AESEQ} follows {BEFORE}. Check that no event was omitted.")


@cross_rule(
    "DSP-DEATH",
    "warning",
    "Treatment ended for death, but the patient is not dead.",
    (_STATUS, "follow_up"),
    question=CHECK_END_OF_TREATMENT,
)
def _ended_by_death(data: CutView) -> Iterator[Hit]:
    status, after = data.tables[_STATUS], data.tables["follow_up"]
    dead = after.loc[after["STATUS"] == "DEAD", "SUBJID"].dropna()
    odd = status[(status["REASON"] == "DEATH") & ~status["SUBJID"].isin(dead)]
    yield from hits(
        odd, _STATUS, "REASON", "Treatment ended for death; follow_up does not say so. Check both."
    )


@cross_rule(
    "DSP-STALE",
    "warning",
    "Treatment is called ongoing long after the last cycle.",
    _ENDED,
    question=CHECK_END_OF_TREATMENT,
)
def _long_ongoing(data: CutView) -> Iterator[Hit]:
    day = data.cut.cut_date
    if day is None:
        return
    design = data.study.design
    longest = 2 * 7 * (design.cycle_interval_weeks + design.cycle_interval_tolerance_weeks)
    status = data.tables[_STATUS].merge(data.span, left_on="SUBJID", right_index=True)
    status = status.assign(DAYS=(day - status["LAST"]).dt.days)
    odd = status[(status["STATUS"] == "ONGOING") & (status["DAYS"] > longest)]
    message = (
        "Ongoing, but the last cycle was {DAYS} days before the data cut. Update status or administrations."
    )
    yield from hits(odd, _STATUS, "STATUS", message)


# Codes of events, and their relation to an isotope.


@cross_rule(
    "AE-CODED",
    "warning",
    "An event has no preferred term or no class, or a coded one no version, although events of the cut are coded.",
    (_EVENTS,),
    question=ENTER_VALUE,
)
def _not_coded(data: CutView) -> Iterator[Hit]:
    events = data.tables[_EVENTS]
    if events[["PT", "SOC"]].isna().all(axis=None):  # a cut that is not coded
        return
    words = {"PT": "preferred term", "SOC": "system organ class", "DICTVER": "version of the dictionary"}
    for column, word in words.items():
        odd = events[events[column].isna()]
        yield from hits(odd, _EVENTS, column, f"The event has no {word}; add it.")


@cross_rule("AE-CLASSES", "warning", "A preferred term is in two classes.", (_EVENTS,), question=CHECK_EVENT)
def _two_classes(data: CutView) -> Iterator[Hit]:
    events = data.tables[_EVENTS].dropna(subset=["PT", "SOC"])
    terms = events["PT"].str.casefold()
    usual = events["SOC"].groupby(terms).transform(lambda classes: classes.mode().iloc[0])
    odd = events.assign(USUAL=usual)[events["SOC"] != usual]
    message = (
        "{PT} is in class {SOC}; elsewhere it is in {USUAL}. One version has one primary class: correct it."
    )
    yield from hits(odd, _EVENTS, "SOC", message)


@cross_rule(
    "AE-VERSIONS",
    "warning",
    "Events are coded by several versions of the dictionary.",
    (_EVENTS,),
    question=CHECK_EVENT,
)
def _two_versions(data: CutView) -> Iterator[Hit]:
    events = data.tables[_EVENTS].dropna(subset=["DICTVER"])
    counts = events["DICTVER"].value_counts()
    if len(counts) < 2:  # noqa: PLR2004 - two versions
        return
    odd = events[events["DICTVER"] != counts.index[0]].assign(USUAL=counts.index[0])
    yield from hits(odd, _EVENTS, "DICTVER", "{DICTVER}, others by {USUAL}: code all events by one version.")


@cross_rule(
    "AE-INITIAL",
    "warning",
    "The initial grade of an event is above its worst one.",
    (_EVENTS,),
    question=CHECK_EVENT,
)
def _initial_above_worst(data: CutView) -> Iterator[Hit]:
    events = data.tables[_EVENTS]
    odd = events[(events["GRADEINI"] > events["GRADE"]).fillna(value=False).astype(bool)]
    message = "Grade {GRADEINI} at the start, {GRADE} at worst; correct one of them."
    yield from hits(odd, _EVENTS, "GRADEINI", message)


@cross_rule(
    "AE-ISOTOPE",
    "warning",
    "An event is judged for an isotope that the patient's arm does not have.",
    (_EVENTS, "subjects"),
    question=CHECK_EVENT,
)
def _isotope_of_another_arm(data: CutView) -> Iterator[Hit]:
    arms = treated_as(data.subjects).set_axis(data.subjects["SUBJID"])
    events = data.tables[_EVENTS].assign(ARM=lambda rows: rows["SUBJID"].map(arms)).dropna(subset=["ARM"])
    isotopes = {arm.code: arm.isotopes for arm in data.study.arms}
    for code, column in _ISOTOPES.items():
        lacking = (
            events["ARM"].map(lambda arm, code=code: code not in isotopes.get(arm, (code,))).astype(bool)
        )
        odd = events[lacking & (events[column] == "Y")]
        name = data.study.isotope(code).plain
        message = f"Related to {name}, which arm {{ARM}} does not have. Check the relation and the arm."
        yield from hits(odd, _EVENTS, column, message)


@cross_rule(
    "AE-RELATION",
    "warning",
    "The relation to the treatment and that to its isotopes are inconsistent.",
    (_EVENTS,),
    question=CHECK_EVENT,
)
def _relations_differ(data: CutView) -> Iterator[Hit]:
    events = data.tables[_EVENTS]
    relations = events[[*_ISOTOPES.values()]]
    some = (relations == "Y").any(axis=1)
    odd = events[some & (events["RELATED"] == "N")]
    yield from hits(odd, _EVENTS, "RELATED", "Not related to the treatment, but to an isotope. Check both.")
    none = relations.notna().any(axis=1) & ~some & (events["RELATED"] == "Y")
    yield from hits(
        events[none], _EVENTS, "RELATED", "Related to the treatment, but to no isotope. Check both."
    )


# Terms that are nearly another term.

_USUAL_TERMS = (
    "Abdominal discomfort", "Abdominal distension", "Abdominal pain", "Acute kidney injury", "Alopecia", "Anemia",
    "Anorexia", "Arthralgia", "Asthenia", "Back pain", "Blood bilirubin increased", "Chronic kidney disease",
    "Constipation", "Cough", "Creatinine increased", "Decreased appetite", "Diarrhea", "Dizziness", "Dyspnea", "Edema",
    "Fatigue", "Febrile neutropenia", "Fever", "Flushing", "Headache", "Hypertension", "Hypotension", "Hypokalemia",
    "Infection", "Insomnia", "Leukemia", "Leukopenia", "Lymphocyte count decreased", "Lymphopenia", "Malaise",
    "Myalgia", "Myelodysplastic syndrome", "Nausea", "Neutropenia", "Neutrophil count decreased", "Pain",
    "Platelet count decreased", "Pneumonia", "Proteinuria", "Pruritus", "Renal failure", "Thrombocytopenia",
    "Urinary tract infection", "Vertigo", "Vomiting", "Weight decreased", "Weight loss", "White blood cell decreased",
)  # fmt: skip
"""Terms of CTCAE 5.0 and of MedDRA that are usual with this treatment, for a cut in which each term is used once."""


def _american(term: str) -> str:
    """Write a term as in America, without case: "Leucopenia" and "Neutropaenia" are right as well."""
    return term.casefold().replace("ae", "e").replace("oe", "e").replace("leuc", "leuk")


_KNOWN = frozenset(map(_american, _USUAL_TERMS))


@cross_rule(
    "AE-SPELLING",
    "note",
    "A term of an event differs by one letter from a usual one, or from another that is used more often.",
    (_EVENTS,),
    question=CHECK_SPELLING_OF_TERM,
)
def _nearly_another_term(data: CutView) -> Iterator[Hit]:
    # A misspelt term is counted as a term of its own: an event less of the right one in every table by term.
    events = data.tables[_EVENTS]
    columns = [name for name in ("TERM", "PT") if name in events.columns]
    used = Counter(str(term) for name in columns for term in events[name].dropna())
    meant = {term: near for term in used if (near := _usual_spelling(term, used))}
    for name in columns:
        odd = events[events[name].isin([*meant])]
        message = f"{{{name}}} is nearly {{USUAL}}. Correct the spelling if that is meant."
        yield from hits(odd.assign(USUAL=odd[name].map(meant)), _EVENTS, name, message)


def _usual_spelling(term: str, used: Mapping[str, int]) -> str:
    """Return the usual term one letter away, or the most used of those used more often; empty if there is none."""
    own = _american(term)
    if len(term) < _SHORTEST_TERM or own in _KNOWN:
        return ""
    usual = [other for other in _USUAL_TERMS if one_letter_apart(term, other)]
    rivals = [other for other in used if used[other] > used[term] and _american(other) != own]
    near = [other for other in rivals if one_letter_apart(term, other)]
    return usual[0] if usual else max(near, key=lambda other: (used[other], other), default="")


def one_letter_apart(one: str, other: str) -> bool:
    """Return whether a letter too many, too few, another, or two exchanged make one text of the other; case is none.

    Examples
    --------
    >>> [one_letter_apart("Fatigue", other) for other in ("Fatige", "Fatiuge", "fatigue", "Fatigues", "Fatig")]
    [True, True, False, True, False]
    >>> one_letter_apart("Grade 1", "Grade 2")
    False
    """
    short, long = sorted((one.casefold(), other.casefold()), key=len)
    if short == long or len(long) - len(short) > 1:
        return False
    same = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    rest, further = short[same:], long[same:]
    if len(short) < len(long):
        return further[0].isalpha() and rest == further[1:]
    exchanged = len(rest) > 1 and rest[:2] == further[1::-1] and rest[2:] == further[2:]
    return rest[0].isalpha() and further[0].isalpha() and (exchanged or rest[1:] == further[1:])
