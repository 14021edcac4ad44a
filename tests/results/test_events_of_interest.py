import pandas as pd
import pytest

from duonen_stats.results.events_of_interest import count_events_of_interest
from duonen_stats.sap import INTERIM

pytestmark = pytest.mark.worked

PATIENTS = pd.DataFrame({"USUBJID": ["1", "2", "3", "4"]})


def counted(*events: tuple[str, str, str, int, str]) -> dict[str, float | None]:
    frame = pd.DataFrame(list(events), columns=["USUBJID", "AEDECOD", "AECAT", "AETOXGR", "AEOUT"])
    frame = frame.astype({"AEDECOD": "string", "AECAT": "string", "AETOXGR": "Int64", "AEOUT": "string"})
    rows = count_events_of_interest(frame, PATIENTS, "Safety", INTERIM)
    return {row.analysis_id.split(".")[2]: row.stat for row in rows if row.stat_name == "n"}


def test_no_events_are_four_zeros():
    assert set(counted().values()) == {0.0}
    assert len(counted()) == 4


def test_terms_are_found_whatever_their_case_and_patients_counted_once():
    found = counted(
        ("1", "MYELODYSPLASTIC SYNDROME", "OTHER", 4, "NOT_RECOVERED"),
        ("1", "MDS, excess blasts", "OTHER", 4, "NOT_RECOVERED"),
        ("2", "Dialysis started", "RENAL_IMPAIRMENT", 4, "NOT_RECOVERED"),
        ("3", "Amds", "OTHER", 1, "RECOVERED"),
    )
    assert found == {
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
