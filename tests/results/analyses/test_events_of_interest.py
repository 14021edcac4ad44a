import pandas as pd

from duonen_stats.plan import INTERIM
from duonen_stats.results.analyses.events_of_interest import count_events_of_interest
from duonen_stats.study import load_study

PATIENTS = pd.DataFrame({"USUBJID": ["1", "2", "3", "4"], "TRT01P": ["A", "A", "B", "D"]})


def counted(*events: tuple[str, str, str, int, str]) -> dict[str, float | None]:
    frame = pd.DataFrame(list(events), columns=["USUBJID", "AEDECOD", "AECAT", "AETOXGR", "AEOUT"])
    frame = frame.astype({"AEDECOD": "string", "AECAT": "string", "AETOXGR": "Int64", "AEOUT": "string"})
    rows = count_events_of_interest(frame, PATIENTS, "Safety", load_study(), INTERIM)
    return {
        row.analysis_id.removeprefix("ae.interest.").removesuffix(".n"): row.stat
        for row in rows
        if row.stat_name == "n"
    }


def test_no_events_are_four_zeros():
    assert set(counted().values()) == {0.0}
    assert len(counted()) == 4 * 5  # in all, and by arm


def test_terms_are_found_whatever_their_case_and_patients_counted_once():
    found = counted(
        ("1", "MYELODYSPLASTIC SYNDROME", "OTHER", 4, "NOT_RECOVERED"),
        ("1", "MDS, excess blasts", "OTHER", 4, "NOT_RECOVERED"),
        ("2", "Dialysis started", "RENAL_IMPAIRMENT", 4, "NOT_RECOVERED"),
        ("3", "Amds", "OTHER", 1, "RECOVERED"),
    )
    assert {name: number for name, number in found.items() if "." not in name} == {
        "mds": 1,
        "renal_failure": 1,
        "renal_replacement": 1,
        "persistent_severe_haematological": 0,
    }


def test_lasting_means_that_it_has_not_recovered():
    found = counted(
        ("1", "Platelet count decreased", "THROMBOCYTOPENIA", 3, "RECOVERED"),
        ("2", "Platelet count decreased", "THROMBOCYTOPENIA", 3, "NOT_RECOVERED"),
        ("3", "Anemia", "ANEMIA", 2, "NOT_RECOVERED"),
        ("4", "Creatinine increased", "RENAL_IMPAIRMENT", 3, "NOT_RECOVERED"),
    )
    assert (found["persistent_severe_haematological"], found["renal_failure"]) == (1, 0)


def test_patients_of_an_arm_are_counted_in_their_arm():
    found = counted(("3", "MDS", "OTHER", 4, "NOT_RECOVERED"))
    assert [found[f"mds{arm}"] for arm in ("", ".A", ".B", ".C", ".D")] == [1, 0, 1, 0, 0]
