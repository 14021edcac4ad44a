"""Censoring weights and the weighted Cox model beside R's survival, to 1e-8."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from duonen_stats.methods import censoring_weights, weighted_cox_model

pytestmark = pytest.mark.reference

FOLDER = Path(__file__).parent
R = json.loads((FOLDER / "censoring_weights.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def data():
    with (FOLDER / "censoring_weights.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        name: np.array([row[name] for row in rows]).astype(str if name == "arm" else float)
        for name in rows[0]
    }


@pytest.fixture(scope="module")
def weighted(data):
    covariates = np.column_stack((data["age"], data["grade"]))
    return censoring_weights(data["time"], data["event"], data["left"], covariates, strata=data["arm"])


def test_weights(weighted):
    assert (weighted.subject + 1).tolist() == R["id"]
    assert weighted.weight == pytest.approx(np.array(R["weights"]), rel=1e-8)
    assert weighted.n_left == 46
    assert weighted.largest == max(weighted.weight)


@pytest.mark.parametrize(("model", "columns"), [("one", ("x",)), ("two", ("x", "grade"))])
def test_weighted_cox_with_robust_variance(model, columns, data, weighted):
    x = np.column_stack([data[name][weighted.subject] for name in columns])
    found = weighted_cox_model(
        weighted.entry, weighted.time, weighted.event, x, weights=weighted.weight, cluster=weighted.subject
    )
    theirs = R[model]
    assert [term.coefficient for term in found.terms] == pytest.approx(
        np.atleast_1d(theirs["coef"]), rel=1e-8
    )
    assert [term.std_err for term in found.terms] == pytest.approx(
        np.atleast_1d(theirs["robust_se"]), rel=1e-8
    )
    assert found.naive_std_err == pytest.approx(np.atleast_1d(theirs["naive_se"]), rel=1e-8)
