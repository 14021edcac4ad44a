"""Blood over the course: realism of values, of their changes and of their correlations."""

from dataclasses import replace

import numpy as np
import pytest

from duonen_stats.errors import PlanError
from duonen_stats.simulated.model.blood import (
    REPORTED,
    BloodAssumptions,
    ckd_epi_2021,
    draw_bloods,
    values_at,
)
from duonen_stats.simulated.model.laboratories import LABORATORIES, bench_of

FOLLOW_UP = ["V1", "V2", "V3", "V4"]
# Values an ambulatory patient can have, in the dictionary's units, five years of late follow-up included: with
# metastases in the liver, transaminases up to five times the upper limit of normal (grade 2).
PHYSIOLOGICAL = {
    "HGB": (6, 21), "PLAT": (5, 650), "WBC": (1.0, 22), "NEUT": (0.4, 18), "LYMPH": (0.1, 7), "CREAT": (0.3, 3),
    "EGFR": (20, 150), "ALT": (3, 200), "AST": (4, 140), "BILI": (0.08, 4),
}  # fmt: skip
# Median changes of the publication (Table 4 and figures) where the model aims at them, with a wide margin.
CHANGES = {
    "HGB": (-0.9, 0.5),
    "PLAT": (-57, 20),
    "NEUT": (-1.37, 0.6),
    "LYMPH": (-0.87, 0.3),
    "WBC": (-2.52, 0.8),
}


def few(study, n=400, **fields):
    rng, age, female = np.random.default_rng(1), np.full(n, 66), np.arange(n) % 2 == 0
    bench = bench_of(np.zeros(n, dtype=int), female, study, LABORATORIES, REPORTED)
    return draw_bloods(rng, 8, age, female, bench, study, BloodAssumptions(**fields)), age, female


@pytest.mark.parametrize("analyte", sorted(PHYSIOLOGICAL))
def test_values_are_physiological(labs, analyte):
    low, high = PHYSIOLOGICAL[analyte]
    assert labs[analyte].dropna().between(low, high).all(), labs[analyte].describe()


def test_neutrophils_and_lymphocytes_fit_into_the_white_cells(labs):
    both = labs.dropna(subset=["NEUT", "LYMPH"])
    rest = 1 - (both["NEUT"] + both["LYMPH"]) / both["WBC"]
    assert rest.between(0.005, 0.5).all()


@pytest.mark.parametrize("analyte", sorted(CHANGES))
def test_counts_fall_as_published_and_recover_in_part(labs, analyte):
    wide = labs[analyte].unstack("VISIT")
    change = wide.sub(wide["T1"], axis=0).median()
    printed, margin = CHANGES[analyte]
    assert change["V4"] == pytest.approx(printed, abs=margin)
    assert change["V1"] < change["T2"] < 0
    assert change["V3"] < change["T4"] < 0
    assert list(change[FOLLOW_UP]) == sorted(change[FOLLOW_UP], reverse=True)


@pytest.mark.parametrize("analyte", REPORTED)
def test_neighbouring_visits_are_correlated_more_than_distant_ones(labs, analyte):
    wide = labs[analyte].unstack("VISIT")
    near, far = wide["V2"].corr(wide["T3"]), wide["T1"].corr(wide["V4"])
    assert near > 0.6
    assert near > far > 0.2


def test_deeper_falls_go_with_higher_marrow_doses(labs, large_cut):
    doses = large_cut.tables["dosimetry"].query("ORGAN == 'MARROW'")
    whole = doses.groupby("SUBJID")["DOSE_GY"].sum()
    for analyte in ("LYMPH", "WBC", "HGB"):
        wide = np.log(labs[analyte].unstack("VISIT"))
        nadir = wide[FOLLOW_UP].min(axis=1) - wide["T1"]
        assert -0.6 < nadir.corr(whole, method="spearman") < -0.1, analyte


def test_without_dose_there_is_no_response_and_with_time_a_recovery(study):
    bloods, age, female = few(study)
    places = {code: k for k, code in enumerate(REPORTED)}
    since = np.full((400, 4), 14.0)
    dose = np.zeros((2, 400, 4))
    none = values_at(bloods, 1, since, dose, age, female)
    dose[1, :, 0] = 0.12
    early = values_at(bloods, 1, since, dose, age, female)
    late = values_at(bloods, 1, since + 200, dose, age, female)
    for code in ("HGB", "PLAT", "WBC", "NEUT", "LYMPH"):
        assert (early[:, places[code]] < late[:, places[code]]).all()
        assert (late[:, places[code]] < none[:, places[code]]).all()
    assert early[:, places["ALT"]] == pytest.approx(none[:, places["ALT"]])


def test_impossible_baselines_are_refused(study):
    values = BloodAssumptions().values
    anaemic = (replace(values[0], women=4, men=4, sd=0.01, visit_sd=0.01), *values[1:])
    with pytest.raises(PlanError, match="hardly anyone is eligible"):
        few(study, n=1, values=anaemic)


@pytest.mark.parametrize(
    ("female", "age", "creatinine", "expected"),
    [(True, 55, 0.9, 75.5), (True, 69, 0.8, 79.7), (False, 69, 0.9, 92.5), (False, 69, 1.2, 65.5)],
)
def test_known_values(female, age, creatinine, expected):
    rate = ckd_epi_2021(np.array([creatinine]), np.array([age]), np.array([female]))
    assert rate[0] == pytest.approx(expected, abs=0.06)
