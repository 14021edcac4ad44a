"""PFS and OS a second time: one patient at a time, in plain Python, from the words of the definition."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from survival_patients import cut_of, history, identified

from duonen_stats.datasets.efficacy.adtte import build_adtte
from duonen_stats.plan import FINAL
from duonen_stats.study import load_study

pytestmark = pytest.mark.independent


def as_date(value):
    return None if value is None or value != value else value.date()  # noqa: PLR0124 - NaT


def second_programming(cut):
    """Date and code of PFS, PFSHYP and OS of each patient."""
    end = cut.cut_date.date()
    rows = {name: table.to_dict("records") for name, table in cut.tables.items()}
    out = {}
    for one in rows["subjects"]:
        mine = {name: [row for row in rows[name] if row.get("SUBJID") == one["SUBJID"]] for name in rows}
        out[one["SUBJID"]] = patient(as_date(one["RANDDT"]), mine, end)
    return out


def patient(start, mine, end):
    contact = mine["follow_up"][0]
    death, therapy = (as_date(contact[name]) for name in ("DEATHDT", "NEWTRTDT"))
    death = death if death is not None and death <= end else None
    alive, left = last_contact(start, mine, end)
    shown, free = progressions(start, mine["tumour_assessments"], end)
    event = min([*shown, death] if death else shown, default=None)

    def last_free(until):
        return max([start, *[on for on in free if on <= until]])

    pfs = (event, 0) if event else (last_free(end), left or (1 if free else 4))
    hyp = pfs
    if therapy is not None and start <= therapy <= end and (event is None or therapy < event):
        hyp = (last_free(therapy), 5)
    elif event is not None and event - last_free(event) > timedelta(days=2 * 84 + 14):
        hyp = (last_free(event), 6)
    return {"PFS": pfs, "PFSHYP": hyp, "OS": (death, 0) if death else (alive, left or 1)}


def last_contact(start, mine, end):
    """Last date known alive, and the code of leaving the trial or 0."""
    contact = mine["follow_up"][0]
    last = as_date(contact["LASTDT"])
    seen = [as_date(row["ASSESSDT"]) for row in mine["tumour_assessments"]]
    seen += [as_date(row["EXDT"]) for row in mine["administrations"]]
    alive = max([start, min(last, end), *[on for on in seen if on <= end]])
    withdrawn = [as_date(row["DSDT"]) for row in mine["disposition"] if row["REASON"] == "WITHDRAWAL"]
    if any(alive <= on <= end for on in withdrawn):
        return alive, 3
    return alive, 2 if contact["STATUS"] == "LOST" and last <= end else 0


def progressions(start, scans, end):
    """Dates that show progression, and dates that show none."""
    seen = [row for row in scans if start < as_date(row["ASSESSDT"]) <= end]
    shown = [row for row in seen if row["RESPONSE"] == "PD" or row["NEWLESION"] == "Y"]
    free = [row for row in seen if row not in shown and row["RESPONSE"] in {"CR", "PR", "SD"}]
    return [as_date(row["ASSESSDT"]) for row in shown], [as_date(row["ASSESSDT"]) for row in free]


def first_programming(cut, adsl, study):
    adtte = build_adtte(cut, adsl, study, FINAL)
    out = {}
    for row in adtte.itertuples():
        out.setdefault(row.SUBJID, {})[row.PARAMCD] = (row.ADT.date(), row.CNSR)
    return out


def test_on_the_shipped_cohort(cut, study, datasets):
    assert first_programming(cut, datasets.adsl, study) == second_programming(cut)


# Weeks, so that days coincide; days, so that they do not.
DAY = st.integers(0, 74).map(lambda week: 7 * week) | st.integers(0, 520)
SCANS = st.lists(
    st.tuples(
        DAY | st.integers(-20, 0),
        st.sampled_from(["CR", "PR", "SD", "SD", "PD", "NE"]),
        st.sampled_from("YNNNNN"),
    ),
    max_size=6,
    unique_by=lambda one: one[0],
)
PATIENT = st.fixed_dictionaries(
    {
        "scans": SCANS,
        "died": st.none() | DAY,
        "last": DAY,
        "status": st.sampled_from([None, None, "LOST"]),
        "therapy": st.none() | DAY | st.integers(-20, 0),
        "withdrawn": st.none() | DAY,
        "given": st.none() | DAY,
    }
)


@settings(max_examples=20, deadline=None)
@given(st.lists(PATIENT, min_size=1, max_size=12))
def test_on_any_history(cohort):
    study = load_study()
    histories = []
    for number, one in enumerate(cohort):
        rest = {name: value for name, value in one.items() if name != "scans"}
        histories.append(history(f"P{number}", *one["scans"], **rest))
    cut = cut_of(histories)
    assert first_programming(cut, identified(cut, study), study) == second_programming(cut)


def test_the_second_programming_itself():
    cut = cut_of([history("1", (84, "SD"), (336, "PD"), therapy=350)])
    start = date(2024, 1, 1)
    assert second_programming(cut)["1"] == {
        "PFS": (start + timedelta(days=336), 0),
        "PFSHYP": (start + timedelta(days=84), 6),
        "OS": (start + timedelta(days=490), 1),
    }
