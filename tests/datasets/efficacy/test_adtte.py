import dataclasses

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import given, settings
from patients import day, make_cut, subject
from survival_patients import cut_of, history, identified, scan

from duonen_stats.datasets.efficacy.adtte import PARAMETERS, build_adtte
from duonen_stats.datasets.efficacy.survival_records import (
    EVENT,
    LOST,
    MISSED,
    NEW_THERAPY,
    NO_ASSESSMENT,
    NO_EVENT,
    PUBLISHED_RULES,
    REASONS,
    WITHDRAWN,
)
from duonen_stats.datasets.metadata.variables import column_labels
from duonen_stats.datasets.patients.adsl import build_adsl
from duonen_stats.datasets.patients.usable_records import select_records
from duonen_stats.errors import DataError
from duonen_stats.plan import FINAL
from duonen_stats.study import load_study

SD5 = [(visit, "SD") for visit in (84, 168, 252, 336, 420)]

# name: records -> (day, CNSR) of PFS, PFSHYP and OS. Scans every 84 days; after 182 days two were missed.
WORKED = {
    "no event": ((*SD5,), {}, (420, NO_EVENT), (420, NO_EVENT), (490, NO_EVENT)),
    "responses are evaluable": (
        ((84, "PR"), (168, "CR")),
        {},
        (168, NO_EVENT),
        (168, NO_EVENT),
        (490, NO_EVENT),
    ),
    "progression between visits": (
        ((84, "SD"), (168, "SD"), (200, "PD")),
        {},
        (200, EVENT),
        (200, EVENT),
        (490, NO_EVENT),
    ),
    "progression at the first scan": (((84, "PD"),), {}, (84, EVENT), (84, EVENT), (490, NO_EVENT)),
    "two progressions": (
        ((84, "SD"), (168, "PD"), (252, "PD")),
        {},
        (168, EVENT),
        (168, EVENT),
        (490, NO_EVENT),
    ),
    "stable after progression": (((84, "PD"), (168, "SD")), {}, (84, EVENT), (84, EVENT), (490, NO_EVENT)),
    "progression on the day of the cut": (
        (*SD5, (500, "PD")),
        {"last": 500},
        (500, EVENT),
        (500, EVENT),
        (500, NO_EVENT),
    ),
    "progression after the cut": (
        (*SD5, (501, "PD")),
        {"last": 501},
        (420, NO_EVENT),
        (420, NO_EVENT),
        (500, NO_EVENT),
    ),
    "new lesion with SD": (
        ((84, "SD"), (168, "SD", "Y")),
        {},
        (168, EVENT),
        (168, EVENT),
        (490, NO_EVENT),
    ),
    "new lesion, not evaluable": (
        ((84, "SD"), (168, "NE", "Y")),
        {},
        (168, EVENT),
        (168, EVENT),
        (490, NO_EVENT),
    ),
    "progression and death on one day": (
        ((84, "SD"), (150, "PD")),
        {"died": 150},
        (150, EVENT),
        (150, EVENT),
        (150, EVENT),
    ),
    "progression, then death": (((84, "PD"),), {"died": 300}, (84, EVENT), (84, EVENT), (300, EVENT)),
    "baseline scans do not count": (
        ((-10, "PD"), (0, "PD", "Y"), (84, "SD")),
        {},
        (84, NO_EVENT),
        (84, NO_EVENT),
        (490, NO_EVENT),
    ),
    "death before the first scan": ((), {"died": 40}, (40, EVENT), (40, EVENT), (40, EVENT)),
    "death without a scan, in time": ((), {"died": 182}, (182, EVENT), (182, EVENT), (182, EVENT)),
    "death without a scan, two missed": ((), {"died": 183}, (183, EVENT), (0, MISSED), (183, EVENT)),
    "death on the day of randomization": ((), {"died": 0}, (0, EVENT), (0, EVENT), (0, EVENT)),
    "death after one missed visit": (
        ((84, "SD"),),
        {"died": 266},
        (266, EVENT),
        (266, EVENT),
        (266, EVENT),
    ),
    "death after two missed visits": (
        ((84, "SD"),),
        {"died": 267},
        (267, EVENT),
        (84, MISSED),
        (267, EVENT),
    ),
    "death on the day of the cut": ((*SD5,), {"died": 500}, (500, EVENT), (500, EVENT), (500, EVENT)),
    "death after the cut": (
        (*SD5,),
        {"died": 510},
        (420, NO_EVENT),
        (420, NO_EVENT),
        (500, NO_EVENT),
    ),
    "progression after two missed visits": (
        ((84, "SD"), (336, "PD")),
        {},
        (336, EVENT),
        (84, MISSED),
        (490, NO_EVENT),
    ),
    "not evaluable is missed": (
        ((84, "SD"), (168, "NE"), (252, "NE"), (336, "PD")),
        {},
        (336, EVENT),
        (84, MISSED),
        (490, NO_EVENT),
    ),
    "one not evaluable": (
        ((84, "SD"), (168, "NE"), (252, "PD")),
        {},
        (252, EVENT),
        (252, EVENT),
        (490, NO_EVENT),
    ),
    "missed visits made good by a later scan": (
        ((84, "SD"), (400, "SD"), (480, "PD")),
        {},
        (480, EVENT),
        (480, EVENT),
        (490, NO_EVENT),
    ),
    "only scans that are not evaluable": (
        ((84, "NE"), (168, "NE")),
        {},
        (0, NO_ASSESSMENT),
        (0, NO_ASSESSMENT),
        (490, NO_EVENT),
    ),
    "a scan without a response": (((84, None), (168, "PD")), {}, (168, EVENT), (168, EVENT), (490, NO_EVENT)),
    "no scan yet": ((), {}, (0, NO_ASSESSMENT), (0, NO_ASSESSMENT), (490, NO_EVENT)),
    "new therapy, then progression": (
        ((84, "SD"), (168, "SD"), (252, "PD")),
        {"therapy": 180},
        (252, EVENT),
        (168, NEW_THERAPY),
        (490, NO_EVENT),
    ),
    "progression, then new therapy": (
        ((84, "SD"), (168, "PD")),
        {"therapy": 175},
        (168, EVENT),
        (168, EVENT),
        (490, NO_EVENT),
    ),
    "new therapy on the day of progression": (
        ((84, "SD"), (168, "PD")),
        {"therapy": 168},
        (168, EVENT),
        (168, EVENT),
        (490, NO_EVENT),
    ),
    "new therapy on the day of a scan": (
        ((84, "SD"), (168, "SD"), (252, "PD")),
        {"therapy": 168},
        (252, EVENT),
        (168, NEW_THERAPY),
        (490, NO_EVENT),
    ),
    "new therapy on the day of randomization": (
        ((84, "PD"),),
        {"therapy": 0},
        (84, EVENT),
        (0, NEW_THERAPY),
        (490, NO_EVENT),
    ),
    "new therapy before any scan": (
        ((84, "PD"),),
        {"therapy": 50},
        (84, EVENT),
        (0, NEW_THERAPY),
        (490, NO_EVENT),
    ),
    "new therapy, still without progression": (
        (*SD5,),
        {"therapy": 180},
        (420, NO_EVENT),
        (168, NEW_THERAPY),
        (490, NO_EVENT),
    ),
    "new therapy after the last scan": (
        ((84, "SD"), (168, "SD")),
        {"therapy": 180},
        (168, NO_EVENT),
        (168, NEW_THERAPY),
        (490, NO_EVENT),
    ),
    "new therapy, then a late death": (
        ((84, "SD"),),
        {"therapy": 120, "died": 400},
        (400, EVENT),
        (84, NEW_THERAPY),
        (400, EVENT),
    ),
    "new therapy after the cut": (
        ((84, "SD"),),
        {"therapy": 505},
        (84, NO_EVENT),
        (84, NO_EVENT),
        (490, NO_EVENT),
    ),
    "other therapy before randomization": (
        ((84, "PD"),),
        {"therapy": -5},
        (84, EVENT),
        (84, EVENT),
        (490, NO_EVENT),
    ),
    "lost to follow-up": (
        ((84, "SD"), (168, "SD")),
        {"last": 200, "status": "LOST"},
        (168, LOST),
        (168, LOST),
        (200, LOST),
    ),
    "lost without a scan": ((), {"last": 30, "status": "LOST"}, (0, LOST), (0, LOST), (30, LOST)),
    "lost only after the cut": (
        (*SD5,),
        {"last": 505, "status": "LOST"},
        (420, NO_EVENT),
        (420, NO_EVENT),
        (500, NO_EVENT),
    ),
    "withdrawal on day 0": (
        (),
        {"last": 0, "withdrawn": 0},
        (0, WITHDRAWN),
        (0, WITHDRAWN),
        (0, WITHDRAWN),
    ),
    "withdrawal after a scan": (
        ((84, "SD"),),
        {"last": 100, "withdrawn": 100},
        (84, WITHDRAWN),
        (84, WITHDRAWN),
        (100, WITHDRAWN),
    ),
    "withdrawal from treatment only": (
        ((84, "SD"), (168, "SD")),
        {"withdrawn": 60},
        (168, NO_EVENT),
        (168, NO_EVENT),
        (490, NO_EVENT),
    ),
    "withdrawn, then known dead": (
        ((84, "SD"),),
        {"withdrawn": 90, "died": 140},
        (140, EVENT),
        (140, EVENT),
        (140, EVENT),
    ),
    "a scan after the last contact": (
        ((84, "SD"), (168, "SD")),
        {"last": 100},
        (168, NO_EVENT),
        (168, NO_EVENT),
        (168, NO_EVENT),
    ),
    "treated after the last contact": (
        (),
        {"last": 5, "given": 10},
        (0, NO_ASSESSMENT),
        (0, NO_ASSESSMENT),
        (10, NO_EVENT),
    ),
}
CASES = [
    pytest.param(name, code, case[2 + place], id=f"{name}, {code}")
    for name, case in WORKED.items()
    for place, code in enumerate(PARAMETERS)
]


@pytest.fixture(scope="module")
def worked():
    study = load_study()
    cut = cut_of(history(name, *scans, **rest) for name, (scans, rest, *_) in WORKED.items())
    adsl = build_adsl(select_records(cut, study), study, FINAL)
    return cut, adsl, build_adtte(cut, adsl, study, FINAL)


@pytest.mark.parametrize(("name", "code", "expected"), CASES)
def test_worked_histories(worked, name, code, expected):
    adtte = worked[2]
    row = adtte.loc[(adtte["SUBJID"] == name) & (adtte["PARAMCD"] == code)].squeeze()
    on, censored = expected
    assert (row["ADT"], row["CNSR"]) == (pd.Timestamp(day(on)), censored)
    assert row["AVAL"] == on / 30.4375
    assert row["EVNTDESC"] == REASONS.get(censored, row["EVNTDESC"])
    assert (row["CNSDTDSC"] is None) == (censored == EVENT)


def test_every_date_stands_where_its_source_says(worked):
    cut, _, adtte = worked
    at_cut = 0
    for row in adtte.itertuples():
        table = cut.tables[row.SRCDOM].set_index("_ROW")
        source = table.loc[row.SRCSEQ, row.SRCVAR]
        assert table.loc[row.SRCSEQ, "SUBJID"] == row.SUBJID
        if source > cut.cut_date:
            at_cut += 1
            place = (row.PARAMCD, row.SRCVAR, row.ADT)
            assert place == ("OS", "LASTDT", cut.cut_date)
        else:
            assert source == row.ADT
    assert at_cut == 3


def test_descriptions(worked):
    adtte = worked[2].set_index(["SUBJID", "PARAMCD"])
    said = {key: (row["EVNTDESC"], row["CNSDTDSC"], row["SRCVAR"]) for key, row in adtte.iterrows()}
    assert said["two progressions", "PFS"] == ("Progressive disease (RECIST 1.1)", None, "ASSESSDT")
    assert said["new lesion with SD", "PFS"] == ("New lesion", None, "ASSESSDT")
    assert said["progression and death on one day", "PFS"][0] == "Progressive disease (RECIST 1.1)"
    assert said["death before the first scan", "OS"] == ("Death", None, "DEATHDT")
    assert said["no event", "PFS"][1:] == ("Last evaluable assessment", "ASSESSDT")
    assert said["no scan yet", "PFS"][1:] == ("Randomization", "RANDDT")
    assert said["death after the cut", "OS"][1:] == ("Data cut, known alive later", "LASTDT")
    assert said["treated after the last contact", "OS"][1:] == ("Last administration", "EXDT")
    assert said["withdrawal on day 0", "OS"][1:] == ("Last date known alive", "LASTDT")


def test_shape_and_order(worked):
    adtte = worked[2]
    assert list(adtte.columns) == [*column_labels("ADTTE")]
    assert adtte["PARAMCD"].tolist() == ["PFS", "PFSHYP", "OS"] * len(WORKED)
    assert adtte["USUBJID"].is_monotonic_increasing
    assert set(adtte["AVALU"]) == {"MONTHS"}
    assert adtte["STARTDT"].eq(pd.Timestamp(day(0))).all()
    assert adtte[["TRT01P", "TRT01PN", "STUDYID", "SRCSEQ", "AVAL"]].notna().all(axis=None)
    assert [str(adtte[name].dtype) for name in ("CNSR", "AVAL", "ADT", "SRCDOM")] == [
        "Int64",
        "float64",
        "datetime64[ns]",
        "object",
    ]


def test_without_patients_it_has_its_columns_and_types(worked):
    study = load_study()
    cut = make_cut()
    empty = build_adtte(cut, identified(cut, study), study, FINAL)
    pd.testing.assert_frame_equal(empty, worked[2].iloc[:0], check_index_type=False)


def test_other_rules_give_other_answers(study):
    cut = cut_of(
        [
            history("lesion", (84, "SD", "Y")),
            history("late", (84, "SD"), died=300),
            history("new", (84, "SD"), (168, "PD"), therapy=100),
            history("new later", (84, "SD"), therapy=100),
        ]
    )
    rules = dataclasses.replace(
        PUBLISHED_RULES,
        new_lesion_is_progression=False,
        assessment_interval_days=120,
        new_therapy_censoring="new_therapy",
        days_per_month=30,
    )
    adtte = build_adtte(cut, identified(cut, study), study, rules)
    found = adtte.loc[adtte["PARAMCD"] == "PFSHYP"].set_index("SUBJID")
    assert found["CNSR"].to_dict() == {
        "lesion": NO_EVENT,
        "late": EVENT,
        "new": NEW_THERAPY,
        "new later": NEW_THERAPY,
    }
    assert (found.loc["new", "ADT"], found.loc["new", "AVAL"]) == (pd.Timestamp(day(100)), 100 / 30)
    assert found.loc["new", "SRCVAR"] == "NEWTRTDT"
    assert found.loc["new later", "ADT"] == pd.Timestamp(day(84))
    assert found.loc["new later", "SRCVAR"] == "ASSESSDT"


def test_what_cannot_be_dated_is_refused(study):
    undated = make_cut(subjects=[subject("1", RANDDT=None)])
    with pytest.raises(DataError, match="no date of randomisation"):
        build_adtte(undated, identified(undated, study), study, FINAL)
    early = cut_of([history("1", died=-1)])
    with pytest.raises(DataError, match="died before randomisation"):
        build_adtte(early, identified(early, study), study, FINAL)
    without = dataclasses.replace(cut_of([history("1")]), cut_date=None)
    with pytest.raises(DataError, match="CUTDT"):
        build_adtte(without, identified(without, study), study, FINAL)


def test_randomised_after_the_cut_has_no_time(study):
    cut = make_cut(cut_day=100, subjects=[subject("1", RANDDT=day(100)), subject("2", RANDDT=day(101))])
    adtte = build_adtte(cut, identified(cut, study), study, FINAL)
    assert adtte["SUBJID"].unique().tolist() == ["1"]
    assert adtte["AVAL"].tolist() == [0.0] * 3


def test_days_are_counted_by_the_month(study):
    cut = cut_of([history("x", (84, "SD"), died=366)])
    found = build_adtte(cut, identified(cut, study), study, FINAL)
    assert found.loc[found["PARAMN"] == 3, ["SUBJID", "AVAL"]].to_numpy().tolist() == [["x", 366 / 30.4375]]


def test_the_shipped_cohort(cut, study, datasets):
    before = {name: table.copy(deep=True) for name, table in cut.tables.items()}
    adtte = build_adtte(cut, datasets.adsl, study, FINAL)
    for name, table in cut.tables.items():
        pd.testing.assert_frame_equal(table, before[name])
    assert len(adtte) == 3 * len(datasets.adsl)
    assert set(adtte["STUDYID"]) == set(datasets.adsl["STUDYID"])
    wide = adtte.pivot_table(index="SUBJID", columns="PARAMCD", values=["AVAL", "CNSR"])
    assert (wide["AVAL"]["PFSHYP"] <= wide["AVAL"]["PFS"]).all()
    assert (wide["AVAL"]["PFS"] <= wide["AVAL"]["OS"]).all()
    deaths = datasets.adsl["DTHDT"].notna().sum()
    assert (adtte.loc[adtte["PARAMCD"] == "OS", "CNSR"] == EVENT).sum() == deaths > 0
    assert (adtte["AVAL"] >= 0).all()


# Laws: any records, also contradictory ones, of a few patients.
SCAN = st.tuples(
    st.integers(-20, 520), st.sampled_from(["CR", "PR", "SD", "PD", "NE", None]), st.sampled_from("YNNN")
)
PERHAPS = st.none() | st.integers(0, 520)
PATIENT = st.fixed_dictionaries(
    {
        "scans": st.lists(SCAN, max_size=6, unique_by=lambda one: one[0]),
        "died": PERHAPS,
        "last": st.integers(0, 520),
        "status": st.sampled_from([None, "LOST"]),
        "therapy": PERHAPS,
        "withdrawn": PERHAPS,
    }
)
COHORT = st.lists(PATIENT, min_size=1, max_size=8)
LAW = settings(max_examples=25, deadline=None)


def drawn(cohort):
    rest = [{name: value for name, value in one.items() if name != "scans"} for one in cohort]
    return [history(f"P{k}", *one["scans"], **rest[k]) for k, one in enumerate(cohort)]


def built(cut):
    study = load_study()
    return build_adtte(cut, identified(cut, study), study, FINAL)


@pytest.mark.law
@LAW
@given(COHORT, st.integers(0, 2**16))
def test_the_order_of_rows_is_irrelevant(cohort, seed):
    cut = cut_of(drawn(cohort))
    shuffled = {name: table.sample(frac=1, random_state=seed) for name, table in cut.tables.items()}
    pd.testing.assert_frame_equal(built(dataclasses.replace(cut, tables=shuffled)), built(cut))


@pytest.mark.law
@LAW
@given(COHORT)
def test_a_stricter_estimand_is_never_longer_and_no_time_passes_the_cut(cohort):
    cut = cut_of(drawn(cohort))
    adtte = built(cut)
    wide = adtte.pivot_table(index="SUBJID", columns="PARAMCD", values="AVAL")
    assert (wide["PFSHYP"] <= wide["PFS"]).all()
    assert (wide["PFS"] <= wide["OS"]).all()
    assert (wide >= 0).all(axis=None)
    assert (adtte["ADT"] <= cut.cut_date).all()
    events = adtte.pivot_table(index="SUBJID", columns="PARAMCD", values="CNSR").eq(EVENT)
    assert (events["PFS"] | ~events["PFSHYP"]).all()
    assert (events["PFS"] | ~events["OS"]).all()


@pytest.mark.law
@LAW
@given(COHORT, st.integers(1, 200), st.sampled_from(["PD", "SD", "NE", "death", "therapy"]))
def test_what_follows_the_event_changes_nothing(cohort, later, what):
    first = drawn(cohort)
    before = built(cut_of(first))
    pfs = before.loc[(before["PARAMCD"] == "PFS") & (before["CNSR"] == EVENT)]
    for row in pfs.itertuples():
        records = first[int(row.SUBJID[1:])]
        on = (row.ADT - row.STARTDT).days + later
        contact = records["follow_up"][0]
        if what in {"PD", "SD", "NE"}:
            records["tumour_assessments"].append(scan(row.SUBJID, on, what))
        elif what == "death" and contact["DEATHDT"] is None:
            contact |= {"DEATHDT": day(on), "LASTDT": day(on), "STATUS": "DEAD"}
        elif what == "therapy" and contact["NEWTRTDT"] is None:
            contact |= {"NEWTRTDT": day(on)}
    columns = ["SUBJID", "PARAMCD", "ADT", "AVAL", "CNSR", "EVNTDESC", "CNSDTDSC"]
    keep = before["SUBJID"].isin(pfs["SUBJID"]) & before["PARAMCD"].isin(["PFS", "PFSHYP"])
    after = built(cut_of(first))
    pd.testing.assert_frame_equal(after.loc[keep, columns], before.loc[keep, columns])
