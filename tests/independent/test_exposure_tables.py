"""Second programming of counts in tables of activity, dose and harm of the shipped cohort: loops over raw CSV files.

Tables S18 to S20 (events per time, differences, monitoring), S32 to S37 (activity and dose by cycle, limits, effective
dose of the kidney, low counts and falls of the eGFR) and S46 (late follow-up). Laboratory tables are in
``test_safety_tables.py``.
"""

from collections import defaultdict
from datetime import date, timedelta
from itertools import product
from math import log
from statistics import mean, median

import pytest

pytestmark = pytest.mark.independent

GROUPS = ("all", *"ABCD")
CYCLES = ("T1", "T2", "T3", "T4")
GIVEN = {"A": ("LU177",), "B": ("LU177", "Y90"), "C": ("LU177", "Y90"), "D": ("LU177",)}
START = {"LU177": 3.7, "Y90": 1.85}
"""GBq at the start of a tandem arm."""
LIMITS = {"KIDNEY": {"course": 23.0}, "MARROW": {"course": 2.0, "cycle": 0.5}}
"""Gy, of the protocol."""
CHANGED = {"B": "Y90", "C": "LU177", "D": "LU177"}
HALF_LIVES = {"LU177": 159.5, "Y90": 64.1}


@pytest.fixture(scope="module")
def activity(raw):
    """GBq by patient, cycle and isotope."""
    return {
        (row["SUBJID"], row["CYCLE"], isotope): float(row[f"{isotope}_MBQ"]) / 1000
        for row in raw["administrations"]
        for isotope in START
        if row[f"{isotope}_MBQ"]
    }


@pytest.fixture(scope="module")
def dose(raw):
    """Gy by patient, cycle, organ and isotope."""
    return {
        (row["SUBJID"], row["CYCLE"], row["ORGAN"], row["ISOTOPE"]): float(row["DOSE_GY"])
        for row in raw["dosimetry"]
        if row["DOSE_GY"]
    }


def of_group(arms, group):
    return {name for name, arm in arms.items() if group in ("all", arm)}


def says(results, block, found):
    """Hold the size and the median of a block against some values."""
    assert results.value(f"{block}.n") == len(found)
    assert results.value(f"{block}.median") == (pytest.approx(median(found)) if found else None)


@pytest.mark.parametrize("arm", "ABCD")
def test_activity_and_dose_per_activity_of_each_cycle(results, arms, activity, dose, arm):
    for isotope in GIVEN[arm]:
        for cycle in CYCLES:
            given = [
                value
                for (one, at, source), value in activity.items()
                if arms[one] == arm and (at, source) == (cycle, isotope)
            ]
            says(results, f"exposure.activity.{arm}.{isotope}.{cycle}", given)
            for organ in LIMITS:
                per = [
                    gray / activity[one, at, source]
                    for (one, at, where, source), gray in dose.items()
                    if arms[one] == arm
                    and (at, where, source) == (cycle, organ, isotope)
                    and activity.get((one, at, source))
                ]
                says(results, f"exposure.specific.{organ.lower()}.{arm}.{isotope}.{cycle}", per)


def governing(one, arm, earlier, left, activity, dose):
    """Name the limit with the least room for the isotope that changes; unknown if a dose of a cycle before is."""
    rooms = {}
    for organ, limits in LIMITS.items():
        gray = {
            (cycle, isotope): dose.get((one, cycle, organ, isotope))
            for cycle in earlier
            for isotope in GIVEN[arm]
            if activity.get((one, cycle, isotope))
        }
        if not gray or None in gray.values():
            return "unknown"
        per = defaultdict(list)
        for (cycle, isotope), value in gray.items():
            per[isotope].append(value / activity[one, cycle, isotope])
        if set(per) != set(GIVEN[arm]):
            return "unknown"
        fixed = sum(mean(per[isotope]) * START[isotope] for isotope in GIVEN[arm] if isotope != CHANGED[arm])
        for span, limit in limits.items():
            budget = limit if span == "cycle" else (limit - sum(gray.values())) / left
            rooms[f"{organ.lower()}_{span}"] = (budget - fixed) / mean(per[CHANGED[arm]])
    return min(rooms, key=rooms.get)


@pytest.mark.parametrize("arm", sorted(CHANGED))
def test_the_limit_that_governed_a_cycle(raw, results, arms, activity, dose, days, arm):
    counts, later = defaultdict(int), 0
    for row in raw["administrations"]:
        one, cycle = row["SUBJID"], row["CYCLE"]
        if arms[one] != arm or cycle == "T1":
            continue
        later += 1
        earlier = [name for name in CYCLES[: CYCLES.index(cycle)] if name in days[one]]
        reason = row["REASON"].lower() if row["REASON"].startswith("DOSIMETRY") else "other_reason"
        limit = governing(one, arm, earlier, 4 - CYCLES.index(cycle), activity, dose)
        counts[limit, reason] += 1
    assert results.value(f"exposure.adapted_cycles.{arm}.n") == later
    for limit in ("kidney_course", "marrow_course", "marrow_cycle", "unknown"):
        for reason in ("dosimetry_increase", "dosimetry_reduction", "other_reason"):
            block = f"exposure.governed.{arm}.{limit}.{reason}"
            assert results.value(f"{block}.n") == counts[limit, reason]


def effective(one, cycles, dose, ratio, repair, biological):
    """Sum the effective dose of the kidney over cycles; isotopes of one cycle act on the same cells."""
    mu, total = log(2) / repair, 0.0
    rate = {name: log(2) * (1 / hours + 1 / biological) for name, hours in HALF_LIVES.items()}
    for cycle in cycles:
        own = {
            name: dose[one, cycle, "KIDNEY", name] for name in rate if (one, cycle, "KIDNEY", name) in dose
        }
        total += sum(own.values())
        for i, first in own.items():
            for j, second in own.items():
                pair = rate[i] * rate[j] / ((rate[i] + rate[j]) * (rate[i] + mu))
                total += 2 / ratio * first * second * pair
    return total


@pytest.mark.parametrize("group", GROUPS)
def test_effective_dose_of_the_kidney(results, arms, activity, dose, days, plan_of_kidney, group):
    ratio, repair, biological = plan_of_kidney
    whole = [
        one
        for one in sorted(of_group(arms, group) & set(days))
        if all(
            (one, cycle, "KIDNEY", isotope) in dose
            for cycle in days[one]
            for isotope in GIVEN[arms[one]]
            if activity.get((one, cycle, isotope))
        )
    ]
    bed = [effective(one, days[one], dose, ratio, repair, biological) for one in whole]
    says(results, f"exposure.kidney.bed.{group}", bed)
    says(results, f"exposure.kidney.eqd2.{group}", [value / (1 + 2 / ratio) for value in bed])
    block = f"exposure.kidney.grid.{ratio:g}.{repair:g}.{group}"
    assert results.value(f"{block}.median") == pytest.approx(median(bed))
    assert results.value(f"{block}.max") == pytest.approx(max(bed))


@pytest.fixture(scope="module")
def plan_of_kidney(results):
    """Ratio of alpha to beta and half-time of repair of the main analysis; biological half-life of the kidney."""
    physical = HALF_LIVES["LU177"]
    whole = results.value("exposure.kidney.half_life.LU177.hours")
    return 2.5, 2.8, 1 / (1 / whole - 1 / physical)


@pytest.fixture(scope="module")
def emergent(raw, days):
    """Events from the first cycle to 30 days after the last, or to discontinuation if that is later."""
    stopped = {
        row["SUBJID"]: date.fromisoformat(row["DSDT"])
        for row in raw["disposition"]
        if row["STATUS"] == "DISCONTINUED" and row["DSDT"]
    }
    found = []
    for row in raw["adverse_events"]:
        own = days.get(row["SUBJID"])
        if own:
            last = max(max(own.values()) + timedelta(days=30), stopped.get(row["SUBJID"], date.min))
            if own["T1"] <= date.fromisoformat(row["STARTDT"]) <= last:
                found.append(row)
    return found


CATEGORIES = (
    "ANEMIA", "THROMBOCYTOPENIA", "LEUKOPENIA_NEUTROPENIA", "RENAL_IMPAIRMENT", "ALOPECIA", "FATIGUE", "DIARRHEA",
    "NAUSEA", "ABDOMINAL_DISCOMFORT",
)  # fmt: skip


@pytest.mark.parametrize("severity", ["any", "grade_ge3"])
def test_events_per_time_and_differences_between_arms(results, arms, days, emergent, severity):
    treated = {arm: of_group(arms, arm) & set(days) for arm in GROUPS}
    for category in ("total", *CATEGORIES):
        rows = [
            row
            for row in emergent
            if category in ("total", row["CATEGORY"]) and (severity == "any" or int(row["GRADE"]) >= 3)
        ]
        for group in GROUPS:
            events = sum(row["SUBJID"] in treated[group] for row in rows)
            assert results.value(f"ae.rate.{category.lower()}.{severity}.{group}.events") == events
        part = {
            arm: 100 * len({row["SUBJID"] for row in rows} & treated[arm]) / len(treated[arm])
            for arm in "ABCD"
        }
        for arm in "BCD":
            name = f"ae.difference.{category.lower()}.{severity}.{arm}.difference"
            assert results.value(name) == pytest.approx(part[arm] - part["A"], abs=1e-9)


@pytest.mark.parametrize("arm", "ABCD")
def test_patients_behind_the_monitoring_rule(results, arms, days, emergent, arm):
    severe = {row["SUBJID"] for row in emergent if int(row["GRADE"]) >= 3}
    treated = of_group(arms, arm) & set(days)
    assert results.value(f"monitoring.toxicity.{arm}.n") == len(severe & treated)
    assert results.row(f"monitoring.toxicity.{arm}.n").n == len(treated)


ANALYTES = ("HGB", "PLAT", "WBC", "NEUT", "LYMPH", "CREAT", "EGFR", "ALT", "AST", "BILI")
LOW = {"HGB": 10, "PLAT": 75, "WBC": 3, "NEUT": 1.5, "LYMPH": 0.8}
"""CTCAE 5.0: a count below is of grade 2 or higher."""
OUTCOMES = {("marrow", code): (code,) for code in LOW}
OUTCOMES["marrow", "any_count"] = tuple(LOW)
OUTCOMES["kidney", "EGFR"] = ("EGFR",)


@pytest.fixture(scope="module")
def values(raw):
    """Day, visit and value of each analyte and patient, by day."""
    found = defaultdict(lambda: defaultdict(list))
    for row in raw["labs"]:
        if row["VALUE"]:
            one = (date.fromisoformat(row["LBDT"]), row["VISIT"], float(row["VALUE"]))
            found[row["ANALYTE"]][row["SUBJID"]].append(one)
    return {code: {one: sorted(rows) for one, rows in patients.items()} for code, patients in found.items()}


def harmed(one, start, analytes, values):
    """Days to the first low count, or fall of the eGFR by 30 %, and whether it came; None of who is not at risk."""
    low, later = [], []
    for code in analytes:
        own = values[code].get(one, [])
        base = [value for day, _, value in own if day <= start][-1:]
        if code == "EGFR" and not base:
            continue
        bound = LOW.get(code) or 0.7 * base[0] * (1 + 1e-12)
        bad = {day for day, _, value in own if (value < bound if code in LOW else value <= bound)}
        if code in LOW and base and base[0] < bound:
            return None
        low += [day for day in bad if day > start]
        later += [day for day, _, _ in own if day > start]
    return ((min(low or [max(later)]) - start).days, bool(low)) if later else None


@pytest.mark.parametrize(("organ", "outcome"), OUTCOMES)
def test_low_counts_and_falls_of_the_egfr_against_dose(
    results, days, arms, activity, dose, values, organ, outcome
):
    """Table S37: patients at risk, the intervals between cycles, and events; after a cycle up to 10 weeks."""
    patients = records = events = soon = unknown = 0
    for one, own in days.items():
        found = harmed(one, own["T1"], OUTCOMES[organ, outcome], values)
        if found is None:
            continue
        if any(
            activity.get((one, cycle, isotope)) and (one, cycle, organ.upper(), isotope) not in dose
            for cycle in own
            for isotope in GIVEN[arms[one]]
        ):
            unknown += 1
            continue
        end, event = found
        begun = [(day - own["T1"]).days for day in own.values() if (day - own["T1"]).days < end]
        patients += 1
        records += len(begun)
        events += event
        soon += event and end - max(begun) <= 70
    for model, number in (("hazard", events), ("odds", soon)):
        block = f"dose_harm.{organ}.{outcome}.{model}"
        assert results.value(f"{block}.n") == patients
        assert results.value(f"{block}.records") == records
        assert results.value(f"{block}.events") == number
        assert results.value(f"{block}.unknown") == unknown


@pytest.mark.parametrize("analyte", ANALYTES)
def test_patients_in_the_model_of_late_values(results, arms, days, values, analyte):
    """Table S46: patients and values in the model, and patients of each arm at each visit."""
    people, number = set(), 0
    for visit, arm in product(("V4", "F4", "F8", "F12", "F16", "F20"), "ABCD"):
        seen = {
            one
            for one in of_group(arms, arm) & set(days)
            if any(day <= days[one]["T1"] for day, _, _ in values[analyte].get(one, ()))
            and any(at == visit for _, at, _ in values[analyte][one])
        }
        people |= seen
        number += len(seen)
        row = results.row(f"labs.{analyte}.late.{visit}.{arm}.n")
        assert row.stat == (len(seen) or None) or "one patient only" in row.note
    assert results.value(f"labs.{analyte}.late.n") == len(people)
    assert results.value(f"labs.{analyte}.late.values") == number
