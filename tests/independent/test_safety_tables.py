"""Second programming of counts in the safety tables of the shipped cohort: loops over its raw CSV files.

Events by class and term, their grades and rates are in ``test_event_tables.py``; Tables 1 to 5 in
``test_interim_tables.py``. Here are the course of treatment, the protocol, laboratory grades, the kidney, late
falls, vital signs.
"""

from collections import defaultdict
from datetime import date
from itertools import pairwise, product
from statistics import median

import pytest

from duonen_stats.datasets.build import build_datasets
from duonen_stats.plan import FINAL
from duonen_stats.results import run_analysis
from duonen_stats.results.analyses.efficacy.intercurrent import analyse_further_therapies
from duonen_stats.results.analyses.laboratory.grade_times import analyse_grade_times, analyse_kidney_declines

pytestmark = pytest.mark.independent

GROUPS = ("all", *"ABCD")
LOW_BOUNDS = {
    "HGB": (10, 8), "PLAT": (75, 50, 25), "WBC": (3, 2, 1), "NEUT": (1.5, 1, 0.5), "LYMPH": (0.8, 0.5, 0.2),
}  # fmt: skip
"""CTCAE 5.0: below them a value is of grade 2, 3 and 4; of grade 1 below the lower limit of normal."""
CYCLES = ("T1", "T2", "T3", "T4")
LAST_WINDOW = 28
"""Days after the last cycle up to which an unscheduled value is of the treatment."""


@pytest.fixture(scope="module")
def values(raw):
    """Values by analyte and patient: day, visit, value, lower limit; as they come in the file, by day."""
    found = defaultdict(lambda: defaultdict(list))
    for row in raw["labs"]:
        low = float(row["LLN"]) if row["LLN"] else None
        one = (date.fromisoformat(row["LBDT"]), row["VISIT"], float(row["VALUE"]), low)
        found[row["ANALYTE"]][row["SUBJID"]].append(one)
    for patients in found.values():
        for own in patients.values():
            own.sort(key=lambda one: one[0])
    return found


@pytest.fixture(scope="module")
def final(cut, study):
    """What the final report alone has, of the shipped cohort."""
    analyses = (analyse_further_therapies, analyse_grade_times, analyse_kidney_declines)
    return run_analysis(build_datasets(cut, study, FINAL), study, FINAL, analyses=analyses)


def of_group(arms, group):
    return [name for name, arm in arms.items() if group in ("all", arm)]


def grade(analyte, value, low):
    below = [place for place, bound in enumerate(LOW_BOUNDS[analyte], 2) if value < bound]
    return max(below) if below else int(value < low)


def on_treatment(one, own_days):
    first, last = own_days["T1"], max(own_days.values())
    return one[0] > first and (one[1][0] in "TV" or (one[0] - last).days <= LAST_WINDOW)


@pytest.mark.parametrize("group", GROUPS)
def test_intervals_between_cycles(results, arms, days, group):
    """Tables S31 and S45: 8 weeks apart, at most 10."""
    late = set()
    for before, cycle in pairwise(CYCLES):
        gaps = {
            name: (days[name][cycle] - days[name][before]).days
            for name in of_group(arms, group)
            if cycle in days[name]
        }
        assert results.value(f"exposure.interval.{cycle}.{group}.n") == len(gaps)
        assert results.value(f"exposure.interval.{cycle}.{group}.max") == max(gaps.values())
        over = [name for name, gap in gaps.items() if gap > 70]
        assert results.value(f"exposure.delayed.{cycle}.{group}.n") == len(over)
        late.update(over)
        without = len(of_group(arms, group)) - len(gaps)
        assert results.value(f"exposure.not_given.{cycle}.{group}.n") == without
    assert results.value(f"exposure.delayed_patients.{group}.n") == len(late)
    given = sum(len(days[name]) - 1 for name in of_group(arms, group))
    assert results.value(f"course.changed_cycles.{group}.cycles") == given


@pytest.mark.parametrize("arm", "ABCD")
def test_activity_against_the_activity_set(raw, results, arms, days, arm):
    """Table S40: by cycle, and over a course with one interval of 8 weeks for its last cycle."""
    for isotope in ("LU177", "Y90"):
        rows = [row for row in raw["administrations"] if arms[row["SUBJID"]] == arm and row[f"{isotope}_MBQ"]]
        if not rows:
            continue
        parts = sorted(100 * float(row[f"{isotope}_MBQ"]) / float(row[f"{isotope}_SET_MBQ"]) for row in rows)
        assert results.value(f"exposure.set.{arm}.{isotope}.n") == len(rows)
        assert results.value(f"exposure.given_of_set.{arm}.{isotope}.min") == pytest.approx(parts[0])
        assert results.value(f"exposure.given_of_set.{arm}.{isotope}.max") == pytest.approx(parts[-1])
        courses = []
        for name in of_group(arms, arm):
            own = [row for row in rows if row["SUBJID"] == name]
            took = (max(days[name].values()) - min(days[name].values())).days + 56
            given, ordered = (sum(float(row[f"{isotope}{kind}_MBQ"]) for row in own) for kind in ("", "_SET"))
            courses.append(100 * given / took / (ordered / (56 * len(own))))
        mean = results.value(f"exposure.intensity.{arm}.{isotope}.set.mean")
        assert mean == pytest.approx(sum(courses) / len(courses))


@pytest.mark.parametrize("group", GROUPS)
def test_deviations_and_the_per_protocol_population(raw, results, arms, group):
    """Tables S38 and S39."""
    own = [row for row in raw["protocol_deviations"] if row["SUBJID"] in of_group(arms, group)]
    important = [row for row in own if row["IMPORTANT"] == "Y"]
    excluded = {row["SUBJID"] for row in own if row["EXCLUDEPP"] == "Y"}
    assert results.value(f"protocol.deviation.any.{group}.deviations") == len(own)
    assert results.value(f"protocol.deviation.any.{group}.n") == len({row["SUBJID"] for row in own})
    assert results.value(f"protocol.deviation.important.{group}.deviations") == len(important)
    for category in {row["CATEGORY"] for row in raw["protocol_deviations"]}:
        here = [row for row in important if row["CATEGORY"] == category]
        assert results.value(f"protocol.important.{category}.{group}.deviations") == len(here)
        assert results.value(f"protocol.important.{category}.{group}.n") == len(
            {row["SUBJID"] for row in here}
        )
    assert results.value(f"protocol.excluded.deviation.{group}.n") == len(excluded)
    assert results.value(f"protocol.set.per_protocol.{group}.n") == len(of_group(arms, group)) - len(excluded)


@pytest.mark.parametrize("analyte", LOW_BOUNDS)
def test_grades_of_blood_counts_and_their_shifts(results, arms, days, values, analyte):
    """Tables S5, S17, S41 and S42, the grades of low values."""
    before, worst, last = {}, {}, {}
    for name, own in values[analyte].items():
        graded = [(one, grade(analyte, one[2], one[3])) for one in own]
        before[name] = next(found for one, found in graded if one[1] == "T1")
        treated = [found for one, found in graded if on_treatment(one, days[name])]
        if treated:
            worst[name] = max(treated)
        after = [(one[0], found) for one, found in graded if one[0] > days[name]["T1"]]
        if after:
            final_day = max(when for when, _ in after)
            last[name] = max(found for when, found in after if when == final_day)
    for group in GROUPS:
        members = of_group(arms, group)
        assert results.value(f"toxicity.{analyte}.seen.{group}") == sum(name in worst for name in members)
        severe = sum(worst.get(name, 0) >= 3 for name in members)
        assert results.value(f"toxicity.{analyte}.grade_ge3.{group}.n") == severe
        for start in range(len(LOW_BOUNDS[analyte]) + 2):
            for kind, ends in (("worst", worst), ("last", last)):
                for end in range(len(LOW_BOUNDS[analyte]) + 2):
                    count = sum((before.get(name), ends.get(name)) == (start, end) for name in members)
                    block = f"toxicity.{analyte}.shift.adverse.{kind}.{start}.{end}.{group}"
                    assert results.value(f"{block}.n") == count, block
        if analyte in ("HGB", "PLAT"):  # the grade of the others may be that of a high value
            for number in range(len(LOW_BOUNDS[analyte]) + 2):
                found = sum(worst.get(name) == number for name in members)
                assert results.value(f"toxicity.{analyte}.grade{number}.{group}.n") == found


@pytest.mark.parametrize("analyte", LOW_BOUNDS)
def test_lowest_counts_and_recovery_before_the_next_cycle(raw, results, arms, days, values, analyte):
    """Table S45: the first lowest value up to 84 days after the last cycle; low cycles, and those recovered from."""
    other = {row["SUBJID"]: row["NEWTRTDT"] for row in raw["follow_up"]}
    weeks, followed = {}, {}
    for name in arms:
        own = values[analyte].get(name, [])
        first, final_day = days[name]["T1"], max(days[name].values())
        after = [one for one in own if one[0] > first]
        seen = [one for one in after if (one[0] - final_day).days <= 84]
        if other[name] and date.fromisoformat(other[name]) >= first:
            seen = [one for one in seen if one[0] <= date.fromisoformat(other[name])]
        if seen:
            weeks[name] = (min(seen, key=lambda one: (one[2], one[0]))[0] - first).days / 7
        bound = max([1, *(grade(analyte, one[2], one[3]) for one in own if one[1] == "T1")])
        followed[name] = []
        for cycle, then in pairwise(CYCLES):
            if then in days[name]:
                between = [one for one in after if days[name][cycle] < one[0] <= days[name][then]]
                grades = [grade(analyte, one[2], one[3]) for one in between]
                low = any(found >= 2 for found in grades)
                followed[name].append((low, low and grades[-1] <= bound))
    for group in GROUPS:
        members = of_group(arms, group)
        known = [weeks[name] for name in members if name in weeks]
        assert results.value(f"course.{analyte}.lowest.{group}.n") == len(known)
        assert results.value(f"course.{analyte}.lowest.{group}.mean") == pytest.approx(
            sum(known) / len(known)
        )
        cycles = [pair for name in members for pair in followed[name]]
        block = f"course.{analyte}.next_cycle.{group}"
        assert results.value(f"{block}.cycles") == len(cycles)
        assert results.value(f"{block}.low") == sum(low for low, _ in cycles)
        assert results.value(f"{block}.recovered") == sum(good for _, good in cycles)
        assert results.value(f"{block}.patients") == sum(
            any(low for low, _ in followed[name]) for name in members
        )


def category_of(egfr):
    bounds = (("G1", 90), ("G2", 60), ("G3a", 45), ("G3b", 30), ("G4", 15), ("G5", 0))
    return next(name for name, bound in bounds if egfr >= bound)


@pytest.mark.parametrize("group", GROUPS)
def test_kidney_categories_and_falls(results, final, arms, days, values, group):
    """Tables S43 and E19: categories at visits and at worst; falls by 30 and 40 % that the next value shows."""
    members = of_group(arms, group)
    at, worst, progressed, compared = defaultdict(list), [], 0, 0
    fallen = dict.fromkeys((0.3, 0.4), 0)
    for name in members:
        own = values["EGFR"][name]
        base = next(one[2] for one in own if one[1] == "T1")
        for one in own:
            at[one[1]].append(category_of(one[2]))
        after = [(one[0], one[2]) for one in own if one[0] > days[name]["T1"]]
        if not after:
            continue
        compared += 1
        worst.append(category_of(min(value for _, value in after)))
        progressed += any(
            value <= 0.75 * base and category_of(value) > category_of(base) for _, value in after
        )
        for part in fallen:
            fallen[part] += has_fallen(after, (1 - part) * base)
    for visit in ("T1", "V1", "V2", "V3", "V4"):
        for name in ("G1", "G2", "G3a", "G3b", "G4", "G5"):
            assert results.value(f"kidney.kdigo.{visit}.{name}.{group}.n") == at[visit].count(name)
    for name in set(worst):
        assert results.value(f"kidney.kdigo.worst.{name}.{group}.n") == worst.count(name)
    assert results.value(f"kidney.progressed.{group}.n") == progressed
    for part, number in fallen.items():
        block = f"kidney.decline.{100 * part:g}.{group}"
        assert final.value(f"{block}.n") == compared
        assert final.value(f"{block}.events") == number


def has_fallen(after, bound):
    for place, (when, value) in enumerate(after):
        if value <= bound:
            later = [one for day, one in after[place + 1 :] if (day - when).days >= 28]
            if later[0] <= bound if later else all(one <= bound for _, one in after[place:]):
                return True
    return False


@pytest.mark.parametrize("analyte", LOW_BOUNDS)
def test_who_reached_grade_2_and_who_recovered(raw, final, arms, days, values, analyte):
    """Table E18: the first value of grade 2 before death and another treatment, and the first good one after it."""
    stops = {
        row["SUBJID"]: [date.fromisoformat(row[name]) for name in ("DEATHDT", "NEWTRTDT") if row[name]]
        for row in raw["follow_up"]
    }
    reached, recovered, without = defaultdict(int), defaultdict(int), defaultdict(int)
    for name, arm in arms.items():
        own = values[analyte].get(name, [])
        graded = [(one[0], grade(analyte, one[2], one[3])) for one in own if one[0] > days[name]["T1"]]
        groups = ("all", arm)
        if not graded:
            for group in groups:
                without[group] += 1
            continue
        end = min([when for when in stops[name] if when >= days[name]["T1"]], default=date.max)
        low = next((when for when, found in graded if found >= 2 and when <= end), None)
        if low is None:
            continue
        bound = max(1, next(grade(analyte, one[2], one[3]) for one in own if one[1] == "T1"))
        good = any(low < when <= end and found <= bound for when, found in graded)
        for group in groups:
            reached[group] += 1
            recovered[group] += good
    for group in GROUPS:
        block = f"course.{analyte}.grade_ge2.{group}"
        assert final.value(f"{block}.events") == reached[group]
        assert final.value(f"{block}.n_without") == without[group]
        assert final.value(f"course.{analyte}.recovery.{group}.n") == reached[group]
        assert final.value(f"course.{analyte}.recovery.{group}.events") == recovered[group]


def test_further_therapies(raw, final, arms):
    """Table E15: therapies against the tumour begun after randomisation."""
    randomised = {row["SUBJID"]: row["RANDDT"] for row in raw["subjects"]}
    further = [
        row
        for row in raw["concomitant_therapies"]
        if row["ANTITUMOUR"] == "Y" and row["STARTDT"] > randomised[row["SUBJID"]]
    ]
    for group in GROUPS:
        own = [row for row in further if row["SUBJID"] in of_group(arms, group)]
        assert final.value(f"therapy.any.{group}.n") == len({row["SUBJID"] for row in own})
        for line, name in (("1", "first"), ("2", "second")):
            patients = {row["SUBJID"] for row in own if row["LINE"] == line}
            assert final.value(f"therapy.line.{name}.{group}.n") == len(patients)
        for kind in {row["CLASS"] for row in further}:
            patients = {row["SUBJID"] for row in own if row["CLASS"] == kind}
            assert final.value(f"therapy.class.{kind}.{group}.n") == len(patients)


def signs_of(raw, days, code):
    """Values of a sign of treated patients by day; of one day those beside a visit first."""
    found = defaultdict(list)
    for row in raw["vital_signs"]:
        if row["TEST"] == code and row["VALUE"] and row["SUBJID"] in days:
            day = date.fromisoformat(row["VSDT"])
            found[row["SUBJID"]].append((day, row["VISIT"] != "UNS", row["VISIT"], float(row["VALUE"])))
    return {one: sorted(rows, key=lambda row: row[:2]) for one, rows in found.items()}


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("code", ["KPS", "WEIGHT", "SYSBP", "DIABP", "PULSE", "TEMP"])
def test_vital_signs_by_visit(raw, results, arms, days, code, group):
    values = signs_of(raw, days, code)
    at = defaultdict(dict)
    for one in set(of_group(arms, group)) & set(days):
        start = days[one]["T1"]
        own = values.get(one, [])
        base = [row[3] for row in own if row[0] <= start][-1:]
        for value in base:
            at["T1"][one] = (value, None)
        for day, _, visit, value in own:
            if day > start:
                for name in {visit, "last"} - {"UNS"}:
                    at[name][one] = (value, round(value - base[0], 9) if base else None)
    for visit in ("T1", "V1", "V2", "V3", "V4", "F4", "F8", "F12", "F16", "F20", "last"):
        block = f"vitals.{code}.{visit}.{group}"
        own = [pair[0] for pair in at[visit].values()]
        assert results.value(f"{block}.value.n") == len(own)
        assert results.value(f"{block}.value.median") == (pytest.approx(median(own)) if own else None)
        changes = [pair[1] for pair in at[visit].values() if pair[1] is not None]
        if visit != "T1":
            assert results.value(f"{block}.change.n") == len(changes)
            assert results.value(f"{block}.change.mean") == (
                pytest.approx(sum(changes) / len(changes), abs=1e-9) if changes else None
            )


@pytest.mark.parametrize("group", GROUPS)
def test_worst_karnofsky_status_and_losses_of_weight(raw, results, arms, days, group):
    status, weight = signs_of(raw, days, "KPS"), signs_of(raw, days, "WEIGHT")
    cells, worse, lost, weighed = defaultdict(int), 0, defaultdict(int), 0
    for one in set(of_group(arms, group)) & set(days):
        start = days[one]["T1"]
        before = [row[3] for row in status.get(one, []) if row[0] <= start][-1:]
        after = [row[3] for row in status.get(one, []) if row[0] > start]
        named = [
            "missing" if not rows else "below_60" if min(rows) < 60 else f"{min(rows):g}"
            for rows in (before, after)
        ]
        cells[tuple(named)] += 1
        worse += bool(before and after and min(after) < before[0])
        first = [row[3] for row in weight.get(one, []) if row[0] <= start][-1:]
        later = [row[3] for row in weight.get(one, []) if row[0] > start]
        if first and later:
            weighed += 1
            for bound in (5, 10, 20):
                lost[bound] += round(100 * (first[0] - min(later)) / first[0], 9) >= bound
    assert results.value(f"vitals.KPS.worsened.{group}.n") == worse
    levels = ("100", "90", "80", "70", "60", "below_60", "missing")
    for before, after in product(levels, levels):
        assert results.value(f"vitals.KPS.shift.{before}.{after}.{group}.n") == cells[before, after]
    assert results.row(f"vitals.WEIGHT.lost_ge5.{group}.n").n == weighed
    for bound in (5, 10, 20):
        assert results.value(f"vitals.WEIGHT.lost_ge{bound}.{group}.n") == lost[bound]
