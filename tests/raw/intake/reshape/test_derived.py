import numpy as np
import pandas as pd

from duonen_stats.raw.intake.reshape.derived import with_numbers, with_visits


def _labs(*days: str) -> pd.DataFrame:
    return pd.DataFrame(
        {"SUBJID": "P", "VISIT": pd.Series([None] * len(days), dtype=object), "LBDT": pd.to_datetime([*days])}
    )


CYCLES = pd.DataFrame(
    {"SUBJID": "P", "CYCLE": ["T1", "T2"], "EXDT": pd.to_datetime(["2024-03-01", "2024-05-01"])}
)


def test_a_sample_belongs_to_the_visit_whose_target_day_is_closest(study):
    labs = _labs(
        "2024-02-20", "2024-02-29", "2024-03-15", "2024-03-20", "2024-04-20", "2024-06-15", "2024-03-15"
    )
    out = with_visits(labs, np.ones(7, dtype=bool), CYCLES, study)
    assert out["VISIT"].tolist() == ["UNS", "T1", "V1", "UNS", "T2", "UNS", "V1"]


def test_a_sample_after_the_last_cycle_belongs_to_a_visit_of_late_follow_up(study):
    """F1 is 84 days after the last administration, give or take 28: from 26 June to 21 August; F2 from 18 September."""
    days = {
        "2024-06-25": "UNS",
        "2024-06-26": "UNS",
        "2024-07-30": "F1",
        "2024-08-22": "UNS",
        "2024-09-18": "F2",
    }
    out = with_visits(_labs(*days), np.ones(5, dtype=bool), CYCLES, study)
    assert out["VISIT"].tolist() == [*days.values()]
    alone = with_visits(_labs("2024-06-26"), np.ones(1, dtype=bool), CYCLES, study)
    assert alone["VISIT"].tolist() == ["F1"]  # its window begins on that day


def test_of_two_days_as_close_the_later_one_stands_for_the_visit(study):
    out = with_visits(_labs("2024-03-13", "2024-03-17"), np.ones(2, dtype=bool), CYCLES, study)
    assert out["VISIT"].tolist() == ["UNS", "V1"]


def test_records_that_are_not_meant_keep_their_visit_and_those_without_a_date_have_none(study):
    labs = _labs("2024-02-29", "2024-03-15").assign(VISIT=["V4", None])
    out = with_visits(labs, np.array([False, True]), CYCLES, study)
    assert out["VISIT"].tolist() == ["V4", "V1"]
    undated = pd.DataFrame({"SUBJID": ["P"], "VISIT": [None], "LBDT": [pd.NaT]})
    assert with_visits(undated, np.ones(1, dtype=bool), CYCLES, study)["VISIT"].tolist() == [None]


def test_records_are_numbered_within_the_patient_whatever_their_order():
    frame = pd.DataFrame(
        {"SUBJID": ["P", "Q", "P", "P"], "AESEQ": pd.Series([None] * 4, dtype="Int64"),
         "STARTDT": pd.to_datetime(["2024-03-01", "2024-01-01", "2024-01-01", "2024-03-01"]),
         "TERM": ["b", "x", "c", "a"]}
    )  # fmt: skip
    for order in ([0, 1, 2, 3], [3, 2, 1, 0]):
        mixed = frame.iloc[order].reset_index(drop=True)
        out = with_numbers(mixed, np.ones(4, dtype=bool), "AESEQ", ("STARTDT",))
        assert out.set_index(["SUBJID", "TERM"])["AESEQ"].to_dict() == {
            ("P", "c"): 1, ("P", "a"): 2, ("P", "b"): 3, ("Q", "x"): 1,
        }  # fmt: skip
