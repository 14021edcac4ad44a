"""Firth's penalised Cox model beside another package: 45 fits of firthmodels 0.8.2, made by ``firth_fits.py``."""

import json
from math import log
from pathlib import Path

import pytest

from duonen_stats.methods import firth_model

pytestmark = pytest.mark.reference

FITS = json.loads(Path(__file__).with_name("firth_fits.json").read_text(encoding="utf-8"))["fits"]


@pytest.mark.parametrize("number", range(len(FITS)))
def test_a_fit_is_that_of_firthmodels(number):
    other = FITS[number]
    found = firth_model(other["time"], other["event"], other["x"], ties="breslow")
    assert [term.coefficient for term in found.terms] == pytest.approx(other["coef"], abs=4e-8)
    for term, p in zip(found.terms, other["p"], strict=True):  # None where its constrained fit has failed
        assert p is None or term.p_value == pytest.approx(p, abs=1e-9)
    assert found.loglik == pytest.approx(other["loglik"], abs=1e-9)
    for term, limits in zip(found.terms, other["limits"], strict=True):
        for ours, theirs in zip((term.lower, term.upper), limits, strict=True):
            assert (ours is None) == (theirs is None)
            assert ours is None or log(ours) == pytest.approx(theirs, abs=4e-8)


def test_a_third_of_the_fits_has_no_maximum_without_the_penalty():
    silent = [f for f in FITS if not any(e and x[0] == 1 for e, x in zip(f["event"], f["x"], strict=True))]
    assert len(silent) >= 10
