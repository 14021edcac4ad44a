from itertools import pairwise

import pytest

from duonen_stats.simulated.cut.late_labs import follow_late
from duonen_stats.simulated.cut.late_records import CLASSES, TERMS, class_of, deviations, therapies
from duonen_stats.simulated.cut.simulation import USUAL
from duonen_stats.simulated.cut.tables import tables_around_cycles
from duonen_stats.simulated.model.adverse_events import blood_events
from duonen_stats.simulated.model.trial import simulate_trial


@pytest.fixture(scope="module")
def trial(study):
    tables = tables_around_cycles(simulate_trial(21, 40, "FINAL", study, USUAL), study, "a trial")
    return tables, follow_late(tables, study, USUAL.late, 21)


def test_every_simulated_term_has_a_class(study, trial):
    tables, _ = trial
    reported = {term for event in blood_events(study) for term in event.terms} | {
        *tables["adverse_events"]["TERM"]
    }
    assert {TERMS.get(term, term) for term in reported} <= {*CLASSES}


@pytest.mark.parametrize(
    ("therapy", "expected"),
    [
        ("177Lu-DOTA-TATE outside the trial", "PRRT"),
        ("Capecitabine and temozolomide", "CHEMOTHERAPY"),
        ("Sunitinib", "TARGETED"),
        ("Something new", "OTHER"),
    ],
)
def test_class_of_a_therapy(therapy, expected):
    assert class_of(therapy) == expected


def test_lines_follow_each_other(trial):
    tables, late = trial
    lines = therapies(tables, late, USUAL.late).query("ANTITUMOUR == 'Y'")
    for _, own in lines.groupby("SUBJID"):
        assert own["LINE"].tolist() == list(range(1, len(own) + 1))
        assert all(first < second for first, second in pairwise(own["STARTDT"]))


def test_cycles_without_dosimetry_are_deviations(trial, study):
    tables, late = trial
    found = deviations(tables, late, study, USUAL.late)
    given = set(zip(tables["administrations"]["SUBJID"], tables["administrations"]["CYCLE"], strict=True))
    measured = set(zip(tables["dosimetry"]["SUBJID"], tables["dosimetry"]["CYCLE"], strict=True))
    lacking = found[found["CATEGORY"].eq("DOSIMETRY")]
    assert set(zip(lacking["SUBJID"], lacking["TERM"].str[-2:], strict=True)) == given - measured
    assert not found.duplicated(["SUBJID", "DVSEQ"]).any()
