from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from duonen_stats import INTERIM, build_datasets
from duonen_stats.results import Results, ids
from duonen_stats.results.analyses.efficacy.interim_power import analyse_interim_power
from duonen_stats.results.analyses.efficacy.survival import analyse_primary
from duonen_stats.simulated.cut.simulation import simulate_cut


def rows_of(data, study):
    return Results([*analyse_interim_power(data, study, INTERIM), *analyse_primary(data, study, INTERIM)])


@pytest.fixture(scope="module")
def data(study):
    return build_datasets(simulate_cut(31, patients=40, study=study), study, INTERIM)


@pytest.fixture(scope="module")
def look(data, study):
    return rows_of(data, study)


def test_power_is_that_of_the_textbook(study, look):
    """Second programming: the B-value of Lan and Wittes, and the flat prior of Spiegelhalter."""
    results = look
    block = ids.interim_power()
    seen, planned, z = (results.value(block.stat(name)) for name in ("events", "planned", "z"))
    assert planned == 64  # of 92 patients, the publication's assumptions
    share = seen / planned
    assert results.value(block.stat("fraction")) == pytest.approx(100 * share)
    assert z == pytest.approx(-results.value(ids.log_rank(ids.primary("pfs")).stat("z")))
    level = norm.isf(INTERIM.alpha / 2)
    drifts = {
        "conditional_trend": z / share**0.5,
        "conditional_design": -np.log(study.design.hazard_ratio) * (planned * 3 / 16) ** 0.5,
        "conditional_null": 0.0,
    }
    for name, drift in drifts.items():
        power = norm.sf((level - z * share**0.5 - drift * (1 - share)) / (1 - share) ** 0.5)
        assert results.value(block.stat(name)) == pytest.approx(100 * power, abs=1e-4), name
    predictive = norm.cdf((z - level * share**0.5) / (1 - share) ** 0.5)
    assert results.value(block.stat("predictive")) == pytest.approx(100 * predictive, abs=1e-3)


def test_without_an_event_there_is_a_reason(data, study):
    censored = replace(data, adtte=data.adtte.assign(CNSR=1))
    found = rows_of(censored, study)
    block = ids.interim_power()
    assert found.value(block.stat("events")) == 0
    for name in ("z", "conditional_trend", "conditional_design", "conditional_null", "predictive"):
        assert found.value(block.stat(name)) is None
        assert "no event" in found.row(block.stat(name)).note
