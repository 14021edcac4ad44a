import pandas as pd
import pytest
from patients import administration, contact, day, event, make_cut, subject

from duonen_stats.datasets.build import build_datasets
from duonen_stats.datasets.efficacy.survival_records import (
    COMPETING,
    EVENT,
    LOST,
    NO_EVENT,
    NOT_REPORTED,
)
from duonen_stats.plan import FINAL
from duonen_stats.raw.derived.record_order import in_record_order
from duonen_stats.study import load_study

# Adverse events (day, grade), death or last contact: expected day after the first administration (day 10), CNSR
WORKED = {
    "severe": ([(40, 2), (60, 3), (80, 4)], {}, (60, EVENT)),
    "before treatment": ([(5, 3)], {}, (490, NO_EVENT)),
    "on the day of treatment": ([(10, 3)], {}, (10, EVENT)),
    "mild only": ([(40, 2)], {}, (490, NO_EVENT)),
    "dead without": ([(40, 2)], {"died": 100}, (100, COMPETING)),
    "severe, then dead": ([(60, 5)], {"died": 60}, (60, EVENT)),
    "recorded after death": ([(120, 3)], {"died": 100}, (100, COMPETING)),
    "lost": ([], {"lost": 200}, (200, LOST)),
    "grade not recorded": ([(40, None)], {}, (490, NO_EVENT)),
    "severe, start not recorded": ([(None, 4)], {}, (490, NO_EVENT)),
    "one start of two not recorded": ([(None, 4), (60, 3)], {}, (60, EVENT)),
    # Treatment over: reporting ends 30 days after the only cycle, on day 40, or when it was discontinued.
    "completed": ([], {"status": ("COMPLETED", 30)}, (40, NOT_REPORTED)),
    "severe on the last day": ([(40, 3)], {"status": ("COMPLETED", 30)}, (40, EVENT)),
    "severe a day later": ([(41, 3)], {"status": ("COMPLETED", 30)}, (40, NOT_REPORTED)),
    "discontinued later": ([(60, 3)], {"status": ("DISCONTINUED", 70)}, (60, EVENT)),
    "free until discontinued": ([(71, 3)], {"status": ("DISCONTINUED", 70)}, (70, NOT_REPORTED)),
    "dead on the last day": ([], {"status": ("COMPLETED", 30), "died": 40}, (40, COMPETING)),
    "dead after the end": ([], {"status": ("COMPLETED", 30), "died": 100}, (40, NOT_REPORTED)),
    "lost before the end": ([], {"status": ("COMPLETED", 30), "lost": 35}, (35, LOST)),
    "no status": ([], {"status": None}, (110, NOT_REPORTED)),  # the next cycle was due by day 80
}


def records(name, events, rest):
    last = rest.get("died", rest.get("lost", 490))
    status = rest.get("status", ("ONGOING", 20))
    seen = contact(name, last, died="died" in rest)
    if "lost" in rest:
        seen["STATUS"] = "LOST"
    return {
        "subjects": [subject(name, "B", RANDDT=day(0))],
        "administrations": [administration(name, "T1", 10, 3700.0, 1850.0)],
        "adverse_events": [
            event(name, k, on or 0, GRADE=grade) | ({} if on else {"STARTDT": None})
            for k, (on, grade) in enumerate(events, 1)
        ],
        "follow_up": [seen],
        "disposition": []
        if status is None
        else [{"SUBJID": name, "STATUS": status[0], "DSDT": day(status[1]), "REASON": None, "DETAIL": None}],
    }


@pytest.fixture(scope="module")
def built():
    tables = {}
    for name, (events, rest, _) in WORKED.items():
        for table, rows in records(name, events, rest).items():
            tables.setdefault(table, []).extend(rows)
    tables["subjects"].append(subject("untreated", "A", RANDDT=day(0)))
    cut = make_cut(cut_day=500, **tables)
    return in_record_order(cut, load_study()), build_datasets(cut, load_study(), FINAL).adtte


@pytest.mark.parametrize("name", WORKED)
def test_first_severe_event(built, name):
    on, censored = WORKED[name][2]
    adtte = built[1]
    row = adtte[adtte["PARAMCD"].eq("TTAE3") & adtte["SUBJID"].eq(name)].squeeze()
    assert (row["STARTDT"], row["ADT"]) == (pd.Timestamp(day(10)), pd.Timestamp(day(on)))
    assert (row["CNSR"], row["AVAL"]) == (censored, (on - 10) / 30.4375)
    source = built[0].tables[row["SRCDOM"]].set_index("_ROW").loc[row["SRCSEQ"], row["SRCVAR"]]
    after = {"EXDT": 110 - 10 if name == "no status" else 30}.get(row["SRCVAR"], 0)
    assert source + pd.Timedelta(days=after) == row["ADT"]


def test_who_was_not_treated_has_no_such_time(built):
    adtte = built[1]
    assert set(adtte.loc[adtte["PARAMCD"].eq("TTAE3"), "SUBJID"]) == set(WORKED)
    assert adtte["PARAMN"].is_monotonic_increasing or adtte["USUBJID"].is_monotonic_increasing


def test_no_time_is_without_a_value(built):
    assert built[1]["AVAL"].notna().all()
