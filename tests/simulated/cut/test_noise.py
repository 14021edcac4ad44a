"""Slips of data entry: each kind is found by the data check where it was made."""

import numpy as np
import pytest

from duonen_stats.errors import PlanError
from duonen_stats.raw.checks import causes
from duonen_stats.raw.checks.check import check_cut
from duonen_stats.simulated.cut.noise import SLIPS, Noise, spoil
from duonen_stats.simulated.cut.simulation import simulate_cut


@pytest.fixture(scope="module")
def clean(study):
    return simulate_cut(9, 8, "INTERIM", study=study)


@pytest.mark.parametrize("kind", sorted(SLIPS))
def test_every_slip_is_found_where_it_was_made(clean, study, kind, monkeypatch):
    """Without the search for a year that explains several findings of a patient, which takes longest."""
    monkeypatch.setattr(causes, "_PATIENTS", -1)
    spoilt, slips = spoil(clean, study, Noise(per_thousand=18, kinds=(kind,)), np.random.default_rng(1))
    assert len(slips) > 5
    found = [one for one in check_cut(spoilt, study) if one.severity != "note"]
    grave = {(one.table, line) for one in found for line in (one.row, *one.lines)}
    assert {(slip.table, slip.row) for slip in slips} <= grave
    assert {slip.kind for slip in slips} == {kind}


def test_the_clean_cut_is_not_changed_and_no_record_is_spoilt_twice(clean, study):
    before = {name: frame.copy() for name, frame in clean.tables.items()}
    _, slips = spoil(clean, study, Noise(per_thousand=50), np.random.default_rng(2))
    assert all(clean.tables[name].equals(frame) for name, frame in before.items())
    places = [(slip.table, slip.row) for slip in slips]
    assert len(places) == len(set(places))


def test_a_tiny_cut_has_at_least_one_slip(study):
    tiny = simulate_cut(1, 1, "INTERIM", study=study)
    _, slips = spoil(tiny, study, Noise(per_thousand=0.1, kinds=("decimal",)), np.random.default_rng(3))
    assert len(slips) == 1


@pytest.mark.parametrize(
    "fields", [{"per_thousand": 0}, {"per_thousand": 200}, {"kinds": ()}, {"kinds": ("joke",)}]
)
def test_nonsense_is_refused(fields):
    with pytest.raises(PlanError):
        Noise(**fields)
