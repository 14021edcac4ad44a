from dataclasses import replace

import numpy as np
import pytest
from patients import cycles, dose, make_cut, subject
from scipy.integrate import dblquad

from duonen_stats.datasets import build_datasets
from duonen_stats.methods import CycleDose, biologically_effective_dose
from duonen_stats.plan import INTERIM
from duonen_stats.results.analyses.exposure.kidney_effective_dose import (
    analyse_kidney_effective_dose,
    kidney_courses,
    kidney_half_lives,
)
from duonen_stats.results.rows.table import Results


@pytest.mark.parametrize(
    ("doses", "half_lives", "bed"),
    [
        ((5.1,), (49.0,), 5.6624),
        ((3.2, 2.6), (32.0, 52.0), 6.6823),  # 6.2677 if two separate doses were added
        ((2.1, 5.2), (51.0, 30.0), 8.8776),  # 8.3151
    ],
)
def test_worked_cycles(doses, half_lives, bed):
    cycle = CycleDose(dose_gy=doses, effective_half_life_h=half_lives)
    found = biologically_effective_dose([cycle], alpha_beta=2.5, repair_half_time_h=2.8)
    assert found.bed == pytest.approx(bed, abs=5e-5)
    assert found.eqd2 == pytest.approx(bed / 1.8, abs=5e-5)


def test_half_lives_follow_from_decay_and_clearance(study):
    found = kidney_half_lives(study, replace(INTERIM, bed_biological_hours=40.0))
    assert found["LU177"] == pytest.approx(1 / (1 / 159.5 + 1 / 40))
    assert found["Y90"] == pytest.approx(1 / (1 / 64.1 + 1 / 40))


@pytest.fixture
def tandem(study):
    doses = [
        dose("001", cycle, organ, isotope, gray)
        for cycle in ("T1", "T2")
        for organ, isotope, gray in (
            ("KIDNEY", "LU177", 2.0), ("KIDNEY", "Y90", 4.0), ("MARROW", "LU177", 0.04), ("MARROW", "Y90", 0.1)
        )
    ]  # fmt: skip
    return build_datasets(
        make_cut(
            subjects=[subject("001", "B")],
            administrations=cycles("001", [3700.0] * 2, [1850.0] * 2),
            dosimetry=doses,
        ),
        study,
        INTERIM,
    )


@pytest.mark.independent
def test_two_isotopes_of_a_cycle_by_numerical_integration(tandem, study):
    """The linear-quadratic model itself: 2 β times the dose rates at two times, damped by the repair between them."""
    half = kidney_half_lives(study, INTERIM)
    rate = {code: np.log(2) / hours for code, hours in half.items()}
    repair = np.log(2) / INTERIM.bed_repair_hours

    def dose_rate(time):
        return 2.0 * rate["LU177"] * np.exp(-rate["LU177"] * time) + 4.0 * rate["Y90"] * np.exp(
            -rate["Y90"] * time
        )

    lesions, _ = dblquad(
        lambda before, time: dose_rate(time) * dose_rate(before) * np.exp(-repair * (time - before)),
        0, 1200, 0, lambda time: time, epsabs=1e-6,
    )  # fmt: skip
    by_hand = 2 * (6.0 + 2 / INTERIM.bed_alpha_beta * lesions)
    rows = Results(analyse_kidney_effective_dose(tandem, study, INTERIM))
    assert rows.value("exposure.kidney.bed.B.median") == pytest.approx(by_hand, rel=1e-4)
    assert rows.value("exposure.kidney.absorbed.B.median") == pytest.approx(12.0)
    assert rows.value("exposure.kidney.bed.B.n_missing") == 0


def test_the_grid_holds_the_value_of_the_plan(results):
    for group in ("all", *"ABCD"):
        assert results.value(f"exposure.kidney.grid.2.5.2.8.{group}.median") == results.value(
            f"exposure.kidney.bed.{group}.median"
        )
        low, high = (results.value(f"exposure.kidney.grid.{ratio}.2.8.{group}.max") for ratio in ("1.5", "3"))
        assert low > high


def test_only_complete_dosimetry_has_an_effective_dose(results, datasets, study):
    assert [results.value(f"exposure.kidney.bed.{arm}.n") for arm in "ABCD"] == [14, 14, 8, 12]
    assert len(kidney_courses(datasets, study, INTERIM)) == 48
    for arm in "ABCD":
        assert results.value(f"exposure.kidney.absorbed.{arm}.median") == pytest.approx(
            results.value(f"table3.kidney_total.{arm}.median")
        )
