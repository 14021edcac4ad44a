"""Second programming of the tables of adverse events: loops over raw records, with none of the package's derivations.

The records are those of the shipped cohort as its CSV files have them, and those of a simulated final cut whose events
are coded, graded and answered at random, so that every line of every table has something to count.
"""

from collections import defaultdict
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from duonen_stats.datasets.build import build_datasets
from duonen_stats.plan import FINAL
from duonen_stats.raw.intake.convert import ROW
from duonen_stats.results import ids, run_analysis
from duonen_stats.results.analyses.events.event_overview import analyse_event_overview
from duonen_stats.results.analyses.events.event_terms import analyse_event_terms
from duonen_stats.results.analyses.events.late_harm import analyse_late_harm
from duonen_stats.results.analyses.events.term_rates import analyse_term_rates

pytestmark = pytest.mark.independent

ARMS, GROUPS = "ABCD", ("all", *"ABCD")
CODES = {
    "Anaemia": "Blood", "Neutropenia": "Blood", "Nausea": "Gut", "Vomiting": "Gut", "Fatigue": "General",
    "Renal failure": "Renal", "Myelodysplastic syndrome": "Neoplasms", "Bone marrow failure": "Blood",
}  # fmt: skip


class Draw:
    """Chooses as chance would, the same way each time."""

    def __init__(self, seed):
        self.chance = np.random.default_rng(seed)

    def choice(self, options):
        return options[int(self.chance.integers(len(options)))]


def as_day(text):
    return date.fromisoformat(str(text)[:10]) if text is not None and str(text)[:4].isdigit() else None


class Patient:
    def __init__(self, arm):
        self.arm, self.given, self.stopped, self.ongoing = arm, [], None, False
        self.last, self.died, self.events, self.transfused = None, None, [], []

    @property
    def first(self):
        return min(self.given)

    @property
    def end(self):
        """30 days after the last cycle, or discontinuation if that is later; none while treatment goes on."""
        if self.ongoing and len(self.given) < 4:
            return None
        end = max(self.given) + timedelta(30)
        return max(end, self.stopped) if self.stopped else end

    def phase(self, event):
        start, stop = event["start"], event["stop"]
        if start is None:
            return "BEFORE" if stop is not None and stop < self.first else "ON"
        if start < self.first:
            return "BEFORE"
        return "AFTER" if self.end is not None and start > self.end else "ON"


def patients_of(subjects, given, events, disposition, contact, *, cut):
    found = {one["SUBJID"]: Patient(one["ARM"]) for one in subjects}
    for one in given:
        found[one["SUBJID"]].given.append(as_day(one["EXDT"]))
    for one in disposition:
        if one["STATUS"] == "DISCONTINUED" and as_day(one["DSDT"]) <= cut:
            found[one["SUBJID"]].stopped = as_day(one["DSDT"])
        found[one["SUBJID"]].ongoing = one["STATUS"] == "ONGOING"
    for one in contact:
        found[one["SUBJID"]].died = as_day(one["DEATHDT"])
        found[one["SUBJID"]].last = as_day(one["DEATHDT"]) or as_day(one["LASTDT"])
    for one in events:
        grade = one["GRADE"]
        found[one["SUBJID"]].events.append(
            one
            | {
                "start": as_day(one["STARTDT"]), "stop": as_day(one["ENDDT"]),
                "grade": None if grade is None or str(grade) in {"", "<NA>", "nan"} else int(grade),
            }
        )  # fmt: skip
    return {name: one for name, one in found.items() if one.given}


def plain(frame):
    return [
        {key: None if pd.isna(value) else value for key, value in one.items()}
        for one in frame.astype(object).where(frame.notna(), None).to_dict("records")
    ]


@pytest.fixture(scope="module")
def coded(final_cut, study):
    """The final cut with coded events: results, and its patients as loops see them."""
    draw = Draw(16)
    events = final_cut.tables["adverse_events"].copy()
    extra = []
    for number, record in enumerate(plain(events)):
        late = as_day(record["STARTDT"]) + timedelta(draw.choice([0, 0, 0, -200, 400, 900]))
        for copy in range(draw.choice([1, 1, 2])):
            term = draw.choice(list(CODES))
            extra.append(
                record
                | ({"CATEGORY": "RENAL_IMPAIRMENT"} if term == "Renal failure" else {})
                | {
                    "AESEQ": 1000 + 10 * number + copy, "STARTDT": late,
                    "ENDDT": draw.choice([None, late + timedelta(9)]),
                    "TERM": term.upper(), "PT": draw.choice([term, term, term.lower()]), "SOC": CODES[term],
                    "DICTVER": "MedDRA 26.1", "GRADE": draw.choice([1, 2, 3, 4, None]),
                    "RELATED": draw.choice(["Y", "N", None]), "SERIOUS": draw.choice(["Y", "N"]),
                    "ACTION": draw.choice(["NONE", "DELAYED", "REDUCED", "DISCONTINUED"]),
                    "OUTCOME": draw.choice(["RECOVERED", "NOT_RECOVERED", "RECOVERING", "UNKNOWN"]),
                    "RELLU": draw.choice(["Y", "N"]), "RELY90": None, "GRADEINI": 1,
                }
            )  # fmt: skip
    known = events.columns
    frame = pd.DataFrame(extra)
    frame["STARTDT"], frame["ENDDT"] = pd.to_datetime(frame["STARTDT"]), pd.to_datetime(frame["ENDDT"])
    for name in ("GRADE", "GRADEINI", "AESEQ"):
        frame[name] = frame[name].astype("Int64")
    for name in known:
        if name not in frame:
            frame[name] = None
    frame[ROW] = range(2, len(frame) + 2)
    frame = frame[frame["STARTDT"] <= final_cut.cut_date].reset_index(drop=True)
    therapies = final_cut.tables["concomitant_therapies"].copy()
    therapies.loc[therapies.index % 9 == 4, ["CLASS", "ANTITUMOUR"]] = "TRANSFUSION", "N"
    tables = {**final_cut.tables, "adverse_events": frame, "concomitant_therapies": therapies}
    cut = type(final_cut)(
        **{**{f: getattr(final_cut, f) for f in final_cut.__dataclass_fields__}, "tables": tables}
    )
    data = build_datasets(cut, study, FINAL)
    analyses = (analyse_event_overview, analyse_event_terms, analyse_term_rates, analyse_late_harm)
    results = run_analysis(data, study, FINAL, analyses=analyses)
    people = patients_of(
        plain(tables["subjects"]), plain(tables["administrations"]), plain(frame), plain(tables["disposition"]),
        plain(tables["follow_up"]), cut=final_cut.cut_date.date(),
    )  # fmt: skip
    for one in plain(therapies):
        if one["CLASS"] == "TRANSFUSION" and one["SUBJID"] in people:
            people[one["SUBJID"]].transfused.append(as_day(one["STARTDT"]))
    return results, people


@pytest.fixture(scope="module")
def shipped(results, raw):
    """The shipped cohort: the report's results, and its patients from the CSV files."""
    names = ("subjects", "administrations", "adverse_events", "disposition", "follow_up")
    tables = [[{key: cell or None for key, cell in row.items()} for row in raw[name]] for name in names]
    return results, patients_of(*tables, cut=as_day(raw["data_cut"][0]["CUTDT"]))


def members(people, group):
    return {name: one for name, one in people.items() if group in ("all", one.arm)}


def related(event):
    return event["RELATED"] == "Y" or (
        event["RELATED"] is None and "Y" in (event.get("RELLU"), event.get("RELY90"))
    )


KINDS = {
    "any": lambda phase, _: phase == "ON",
    "related": lambda phase, event: phase == "ON" and related(event),
    "serious": lambda phase, event: phase == "ON" and event["SERIOUS"] == "Y",
    "severe": lambda phase, event: phase == "ON" and (event["grade"] or 0) >= 3,
    "follow_up": lambda phase, _: phase == "AFTER",
    "registry_serious": lambda phase, event: phase != "BEFORE" and event["SERIOUS"] == "Y",
}


def chosen(people, kind):
    return [
        (name, event)
        for name, one in people.items()
        for event in one.events
        if KINDS[kind](one.phase(event), event)
    ]


def place(event):
    term = event.get("PT") or event["TERM"]
    return event["SOC"], next(code for code in CODES if code.lower() == term.lower())


def block_of(results, kind, soc, term):
    """The id of a term whichever of its spellings was taken."""
    for block in ids.listed(results.under, ids.event_term, ids.event_class(kind, soc)):
        if results.row(block.stat("place")).variable_level.lower() == term.lower():
            return block
    raise AssertionError((kind, soc, term))


@pytest.mark.parametrize("kind", KINDS)
def test_patients_and_events_of_every_line(coded, kind):
    results, people = coded
    lines = defaultdict(list)
    for name, event in chosen(people, kind):
        soc, term = place(event)
        for line in ((), (soc,), (soc, term)):
            lines[line].append(name)
    assert lines
    classes = ids.listed(results.under, ids.event_class, kind)
    assert len(classes) == sum(len(line) == 1 for line in lines)
    for line, names in lines.items():
        if not line:
            make = lambda group: ids.kind_patients(kind, group)  # noqa: E731
        else:
            own = ids.event_class(kind, line[0]) if len(line) == 1 else block_of(results, kind, *line)
            make = lambda group, own=own: ids.line_patients(own, group)  # noqa: E731
        for group in GROUPS:
            inside = [name for name in names if name in members(people, group)]
            assert results.value(make(group).stat("n")) == len(set(inside))
            assert results.value(make(group).stat("events")) == len(inside)
            share = 100 * len(set(inside)) / len(members(people, group))
            assert results.value(make(group).stat("pct")) == pytest.approx(share)


@pytest.mark.parametrize("kind", KINDS)
def test_lines_are_in_decreasing_order(coded, kind):
    results, people = coded
    classes = defaultdict(set)
    for name, event in chosen(people, kind):
        classes[place(event)[0]].add(name)
    wanted = sorted(classes, key=lambda soc: (-len(classes[soc]), soc.lower()))
    blocks = ids.listed(results.under, ids.event_class, kind)
    assert [results.row(block.stat("terms")).variable_level for block in blocks] == wanted


def test_worst_grades(coded):
    results, people = coded
    worst = defaultdict(dict)
    for name, event in chosen(people, "any"):
        seen = worst[place(event)].setdefault(name, [])
        seen.append(event["grade"])
    for (soc, term), grades in worst.items():
        block = block_of(results, "any", soc, term)
        for group in GROUPS:
            own = [given for name, given in grades.items() if name in members(people, group)]
            for grade in (1, 2, 3, 4, 5):
                expected = sum(1 for given in own if None not in given and max(given) == grade)
                assert results.value(ids.line_worst(block, grade, group).stat("n")) == expected
            unknown = sum(None in given for given in own)
            assert results.value(ids.line_worst(block, "unknown", group).stat("n")) == unknown


def test_the_registry_lists_what_is_frequent_in_an_arm(coded):
    results, people = coded
    seen = defaultdict(set)
    for name, event in chosen(people, "any"):
        if event["SERIOUS"] != "Y":
            seen[place(event)].add(name)
    frequent = {
        key
        for key, names in seen.items()
        if any(20 * len(names & members(people, arm).keys()) >= len(members(people, arm)) for arm in ARMS)
    }
    listed = [
        (results.row(block.stat("terms")).variable_level, results.row(term.stat("place")).variable_level)
        for block in ids.listed(results.under, ids.event_class, "registry_other")
        for term in ids.listed(results.under, ids.event_term, block)
    ]
    assert {(soc, term.capitalize()) for soc, term in listed} == {
        (soc, term.capitalize()) for soc, term in frequent
    }


LINES = {
    "any": lambda _: True,
    "related": related,
    "related_lu177": lambda event: event.get("RELLU") == "Y",
    "severe": lambda event: (event["grade"] or 0) >= 3,
    "severe_related": lambda event: (event["grade"] or 0) >= 3 and related(event),
    "serious": lambda event: event["SERIOUS"] == "Y",
    "serious_related": lambda event: event["SERIOUS"] == "Y" and related(event),
    "delayed": lambda event: event["ACTION"] == "DELAYED",
    "reduced": lambda event: event["ACTION"] == "REDUCED",
    "discontinued": lambda event: event["ACTION"] == "DISCONTINUED",
    "fatal": lambda event: event["OUTCOME"] == "FATAL" or event["grade"] == 5,
}


@pytest.mark.parametrize("source", ["coded", "shipped"])
def test_the_overview(source, request):
    results, people = request.getfixturevalue(source)
    for phase, name in (("treatment", "any"), ("follow_up", "follow_up")):
        events = chosen(people, name)
        for line, holds in LINES.items():
            for group in GROUPS:
                own = [
                    subject for subject, event in events if subject in members(people, group) and holds(event)
                ]
                block = ids.event_overview(line, phase, group)
                assert results.value(block.stat("n")) == len(set(own)), (line, phase, group)
                assert results.value(block.stat("events")) == len(own)
    for group in GROUPS:
        died = sum(one.died is not None for one in members(people, group).values())
        assert results.value(ids.deaths_from_treatment(group).stat("n")) == died


def test_outcomes_and_durations(coded):
    results, people = coded
    for group in GROUPS:
        own = [event for name, event in chosen(people, "any") if name in members(people, group)]
        block = ids.event_outcome(group)
        for code in ("RECOVERED", "RECOVERING", "NOT_RECOVERED"):
            assert results.value(block.stat(code.lower())) == sum(one["OUTCOME"] == code for one in own)
        lengths = [(one["stop"] - one["start"]).days + 1 for one in own if one["start"] and one["stop"]]
        assert results.value(block.stat("n")) == len(lengths)
        assert results.value(block.stat("median")) == np.median(lengths)
        assert results.value(block.stat("q1")) == pytest.approx(np.quantile(lengths, 0.25, method="weibull"))
        assert results.value(block.stat("worsened")) == sum((one["grade"] or 0) > 1 for one in own)


def at_risk(one, kind):
    """First and last day at risk."""
    if kind == "any":
        return one.first, max(min(one.last, one.end) if one.end else one.last, one.first)
    return (None, None) if one.end is None else (one.end + timedelta(1), one.last)


@pytest.mark.parametrize("kind", ["any", "follow_up"])
def test_rates(coded, kind):
    results, people = coded
    firsts = defaultdict(dict)
    for name, event in chosen(people, kind):
        own = firsts[place(event)]
        own[name] = min(own.get(name, date.max), event["start"])
    for (soc, term), starts in firsts.items():
        block = block_of(results, kind, soc, term)
        for group in GROUPS:
            days = n = 0
            for name, one in members(people, group).items():
                start, end = at_risk(one, kind)
                n += name in starts
                if start is not None and start <= end:
                    days += (min(starts.get(name, end), end) - start).days + 1
            own = ids.line_rate(block, group)
            assert results.value(own.stat("n")) == n
            assert results.value(own.stat("years")) == pytest.approx(days / 365.25)
            assert results.value(own.stat("rate")) == pytest.approx(100 * n / days * 365.25)
            upper = stats.chi2.ppf(0.975, 2 * n + 2) / 2 / days * 36525
            lower = stats.chi2.ppf(0.025, 2 * n) / 2 / days * 36525 if n else 0
            assert results.value(own.stat("ci_high")) == pytest.approx(upper)
            assert results.value(own.stat("ci_low")) == pytest.approx(lower)


def wilson(x, n):
    z, p = stats.norm.ppf(0.975), x / n
    middle, half = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def test_differences(coded):
    results, people = coded
    blocks = ids.listed(results.under, ids.compared_term)
    assert blocks
    for block in blocks:
        term = results.row(block.stat("rank")).variable_level
        had = {
            arm: len(
                {
                    n
                    for n, e in chosen(people, "any")
                    if e["PT"].lower() == term.lower() and people[n].arm == arm
                }
            )
            for arm in ARMS
        }
        sizes = {arm: len(members(people, arm)) for arm in ARMS}
        low0, high0 = wilson(had["A"], sizes["A"])
        for arm in "BCD":
            own = ids.compared_difference(block, arm)
            p, q = had[arm] / sizes[arm], had["A"] / sizes["A"]
            low, high = wilson(had[arm], sizes[arm])
            assert results.value(own.stat("difference")) == pytest.approx(100 * (p - q))
            lower = p - q - np.sqrt((p - low) ** 2 + (high0 - q) ** 2)
            upper = p - q + np.sqrt((high - p) ** 2 + (q - low0) ** 2)
            assert results.value(own.stat("ci_low")) == pytest.approx(100 * lower)
            assert results.value(own.stat("ci_high")) == pytest.approx(100 * upper)


LOW_BOUNDS = {"HGB": (10, 8), "PLAT": (75, 50, 25), "WBC": (3, 2, 1), "NEUT": (1.5, 1, 0.5)}
"""CTCAE 5.0: below them a count is of grade 2, 3 and 4; of grade 1 below the lower limit of normal."""
LASTS = 183
MARROW = ("myelodysplastic", "marrow failure")


def counts_of(labs):
    """By patient and analyte the days and grades of blood counts, the one before treatment first."""
    found = defaultdict(lambda: defaultdict(list))
    for row in sorted(labs, key=lambda row: row["LBDT"]):
        if row["ANALYTE"] in LOW_BOUNDS:
            grades = [
                grade for grade, bound in enumerate(LOW_BOUNDS[row["ANALYTE"]], 2) if row["VALUE"] < bound
            ]
            grade = max(grades, default=int(row["VALUE"] < row["LLN"]))
            found[row["SUBJID"]][row["ANALYTE"]].append((as_day(row["LBDT"]), row["VISIT"], grade))
    return found


def lasting(one, counts, least):
    """The days of the counts that show a cytopenia of a grade, new since baseline, to have lasted half a year."""
    shown = []
    for own in counts.values():
        before = next(grade for _, visit, grade in own if visit == "T1")
        begun = None
        for day, _, grade in own:
            if day <= one.first:
                continue
            if grade < least or grade <= before:
                begun = None
            elif begun is None:
                begun = day
            elif (day - begun).days > LASTS:
                shown.append(day)
    return shown


def late_days(harm, one, counts):
    """The days on which a patient had a late harm."""
    if harm == "severe_cytopenia":
        return lasting(one, counts, 3) + [day for day in one.transfused if day >= one.first]
    if harm == "cytopenia":
        return lasting(one, counts, 2)
    holds = {
        "neoplasm": lambda event: MARROW[0] in event["PT"].lower(),
        "dysfunction": lambda event: any(words in event["PT"].lower() for words in MARROW),
        "renal": lambda event: event["CATEGORY"] == "RENAL_IMPAIRMENT" and (event["grade"] or 0) >= 3,
    }[harm]
    return [event["start"] for event in one.events if holds(event) and event["start"] >= one.first]


@pytest.mark.parametrize("harm", ["neoplasm", "dysfunction", "severe_cytopenia", "cytopenia", "renal"])
def test_late_harm(coded, final_cut, harm):
    """Table E16: patients with each harm, dead without it, at risk; the incidence by Aalen and Johansen, day by day."""
    results, people = coded
    counts = counts_of(plain(final_cut.tables["labs"]))
    times = {}
    for name, one in people.items():
        had = min(late_days(harm, one, counts[name]), default=None)
        end, dead = one.last, one.died is not None
        if "cytopenia" in harm:
            seen = max(
                [day for own in counts[name].values() for day, _, _ in own if day > one.first],
                default=one.first,
            )
            dead = dead and (one.died - seen).days <= LASTS
            end = one.died if dead else min(seen, one.last)
        if had is not None and (one.died is None or had <= one.died):
            times[name] = ((had - one.first).days, 1)
        else:
            times[name] = ((end - one.first).days, 2 if dead else 0)
    assert any(cause == 1 for _, cause in times.values())
    for group in (*ARMS, "BCD", "all"):
        own = [pair for name, pair in times.items() if group == "all" or people[name].arm in group]
        block = ids.late_incidence(harm, group)
        assert results.value(block.stat("n")) == len(own)
        assert results.value(block.stat("events")) == sum(cause == 1 for _, cause in own)
        assert results.value(block.stat("competing")) == sum(cause == 2 for _, cause in own)
        for month in FINAL.late_months:
            limit = month * FINAL.days_per_month
            at = ids.late_rate(block, month)
            assert results.value(at.stat("n_risk")) == sum(time >= limit for time, _ in own)
            free, incidence = 1.0, 0.0
            for moment in sorted({time for time, cause in own if cause and time <= limit}):
                risk = sum(time >= moment for time, _ in own)
                events, deaths = (sum(pair == (moment, cause) for pair in own) for cause in (1, 2))
                incidence += free * events / risk
                free *= 1 - (events + deaths) / risk
            assert results.value(at.stat("incidence")) == pytest.approx(incidence)


def test_terms_of_the_shipped_cohort(shipped):
    results, people = shipped
    seen = defaultdict(set)
    for name, event in chosen(people, "any"):
        seen[event["PT"]].add(name)
    ranked = sorted(seen, key=lambda term: (-len(seen[term]), term.lower()))
    blocks = ids.listed(results.under, ids.compared_term)
    named = [results.row(block.stat("rank")).variable_level for block in blocks]
    assert named == [term for term in ranked if term in named]
    for block, term in zip(blocks, named, strict=True):
        for group in GROUPS:
            own = seen[term] & members(people, group).keys()
            assert results.value(ids.compared_patients(block, group).stat("n")) == len(own)
