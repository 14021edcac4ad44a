"""Late harm, patient by patient: terms, counts that last, transfusions, death and the last count."""

from dataclasses import replace

import pandas as pd
import pytest
from coded_events import coded, worked, worked_cut
from patients import contact, day, event, lab

from duonen_stats.datasets.build import build_datasets
from duonen_stats.datasets.laboratory.grade_course import persistent_cytopenias
from duonen_stats.datasets.safety.late_harm import PARAMETERS, add_late_harm, reported_harm
from duonen_stats.plan import FINAL


def times(data, code, subject="001"):
    own = data.adtte[data.adtte["PARAMCD"].eq(code) & data.adtte["SUBJID"].eq(subject)]
    return own.iloc[0]


def platelets(*points, subject="001"):
    """Counts of platelets by day; of grade 0 above 150, 2 below 75, 3 below 50. Before treatment 200."""
    return [
        lab(subject, "T1", -1, 200.0, "PLAT"),
        *(lab(subject, "UNS", on, value, "PLAT") for on, value in points),
    ]


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("MDS", (True, True)),
        ("Myelodysplastic syndrome with excess blasts", (True, True)),
        ("Acute myeloid leukemia", (True, True)),
        ("Chronic myelomonocytic leukaemia", (True, True)),
        ("Bone marrow failure", (False, True)),
        ("Aplastic anemia", (False, True)),
        ("Persistent hematological dysfunction", (False, True)),
        ("Acute lymphoblastic leukaemia", (False, False)),
        ("Anaemia", (False, False)),
        ("Admission for review", (False, False)),
    ],
)
def test_terms(term, expected):
    frame = pd.DataFrame({"AETERM": [term], "AEDECOD": [term], "AECAT": ["OTHER"], "AETOXGR": [4]})
    found = reported_harm(frame)
    assert (found["TTMN"].item(), found["TTPHD"].item()) == expected


def test_a_renal_event_is_one_of_its_category_and_of_grade_3():
    frame = pd.DataFrame(
        {"AETERM": ["x"] * 3, "AEDECOD": ["x"] * 3, "AECAT": ["RENAL_IMPAIRMENT"] * 2 + ["OTHER"], "AETOXGR": [3, 2, 4]}
    )  # fmt: skip
    assert reported_harm(frame)["TTREN"].tolist() == [True, False, False]


def test_a_cytopenia_lasts_if_a_count_more_than_six_months_later_is_as_low():
    data = worked([], plan=FINAL, labs=platelets((20, 60), (100, 70), (203, 60), (204, 55), (290, 180)))
    found = persistent_cytopenias(data.adlb, 2, 183)
    assert found["LOWER"].tolist() == [184]  # days 20 to 204
    assert found["SHOWN"].dt.date.astype(str).tolist() == [day(204)]
    assert persistent_cytopenias(data.adlb, 3, 183).empty
    row = times(data, "TTCYT")
    assert (row["CNSR"], row["SRCDOM"], str(row["ADT"].date())) == (0, "labs", day(204))


@pytest.mark.parametrize(
    "points",
    [
        [(20, 60), (203, 60)],  # 183 days are not longer than 183
        [(20, 60), (100, 160), (250, 60)],  # a better count between them
        [(20, 60)],
    ],
)
def test_a_cytopenia_does_not_last(points):
    data = worked([], plan=FINAL, labs=platelets(*points))
    assert persistent_cytopenias(data.adlb, 2, 183).empty
    assert times(data, "TTCYT")["CNSR"] == 1


def test_a_grade_that_was_there_before_treatment_is_none_of_the_treatment():
    low = [lab("001", "T1", -1, 60.0, "PLAT"), *platelets((20, 60), (250, 60))[1:]]
    data = worked([], plan=FINAL, labs=low)
    assert persistent_cytopenias(data.adlb, 2, 183).empty


def test_lymphocytes_do_not_count():
    low = [lab("001", "T1", -1, 2.0, "LYMPH"), *(lab("001", "UNS", on, 0.3, "LYMPH") for on in (20, 250))]
    assert persistent_cytopenias(worked([], plan=FINAL, labs=low).adlb, 2, 183).empty


def test_counts_end_with_the_last_one_and_a_late_death_does_not_compete():
    labs = platelets((20, 180), (100, 180))
    data = worked([], plan=FINAL, labs=labs, follow_up=[contact("001", 700, died=True)])
    row = times(data, "TTSCYT")
    assert (row["CNSR"], row["CNSDTDSC"], str(row["ADT"].date())) == (1, "Last blood count", day(100))
    soon = worked([], plan=FINAL, labs=labs, follow_up=[contact("001", 283, died=True)])
    assert times(soon, "TTSCYT")["CNSR"] == 7
    assert times(soon, "TTMN")["CNSR"] == 7


def test_parameters_are_numbered_from_20_behind_those_of_efficacy():
    data = worked([])
    numbers = data.adtte.groupby("PARAMCD")["PARAMN"].unique().map(list).to_dict()
    late = [numbers.pop(code) for code in PARAMETERS]
    assert late == [[20 + place] for place in range(len(PARAMETERS))]
    assert max(number for (number,) in numbers.values()) < 20
    assert data.adtte.index.is_unique


def test_without_a_count_nobody_is_followed():
    row = times(worked([], plan=FINAL), "TTCYT")
    assert (row["AVAL"], row["CNSR"], row["CNSDTDSC"]) == (0, 1, "First administration, no count after it")


def test_the_clock_starts_with_the_first_cycle_and_events_before_it_do_not_count():
    events = [coded("001", 1, -5, "x", "MDS", 3), coded("002", 1, 304, "x", "MDS", 3)]
    data = worked(events, plan=FINAL)
    assert times(data, "TTMN", "001")["CNSR"] == 1
    row = times(data, "TTMN", "002")
    assert row["AVAL"] == pytest.approx(304 / FINAL.days_per_month)
    assert (row["SRCDOM"], row["SRCVAR"]) == ("adverse_events", "STARTDT")


def test_an_event_dated_after_death_is_not_counted():
    events = [coded("001", 1, 500, "x", "MDS", 5)]
    data = worked(events, plan=FINAL, follow_up=[contact("001", 400, died=True)])
    assert times(data, "TTMN")["CNSR"] == 7


def test_a_transfusion_meets_the_second_definition_alone(study):
    cut = worked_cut([], labs=platelets((20, 180)))
    data = build_datasets(cut, study, FINAL)
    therapies = pd.DataFrame(
        {"SUBJID": ["001", "002", "003"], "CLASS": ["TRANSFUSION", "TRANSFUSION", "CHEMOTHERAPY"],
         "STARTDT": [day(90), day(-4), day(90)], "_ROW": [2, 3, 4]}
    )  # fmt: skip
    bare = data.adtte[data.adtte["PARAMCD"].isin(["PFS", "OS"])]
    made = add_late_harm(
        bare, data.adae, data.adlb, data.adsl, cut.tables["adverse_events"], therapies, FINAL
    )
    seen = made[made["PARAMCD"].eq("TTSCYT")].set_index("SUBJID")
    assert seen["CNSR"].to_dict() == {"001": 0, "002": 1, "003": 1, "004": 1}
    assert seen.loc["001", "EVNTDESC"] == "Transfusion"
    assert made.loc[made["PARAMCD"].eq("TTPHD"), "CNSR"].ne(0).all()


def test_grade_and_days_are_the_plans():
    labs = platelets((20, 60), (120, 60))
    plan = replace(FINAL, persistent_days=90, persistent_grade=3)
    data = worked([], plan=plan, labs=labs)
    assert times(data, "TTCYT")["CNSR"] == 1
    assert times(worked([], plan=replace(plan, persistent_grade=2), labs=labs), "TTCYT")["CNSR"] == 0


def test_never_treated_has_no_time():
    data = worked([event("001", 1, 5)], plan=FINAL, administrations=[])
    assert not data.adtte["PARAMCD"].isin(["TTMN", "TTCYT"]).any()
