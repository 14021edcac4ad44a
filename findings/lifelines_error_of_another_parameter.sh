#!/usr/bin/env bash
# A regression model of one's own in lifelines gives a parameter the standard error of another one, unless the names of its parameters are in alphabetical order.
# Estimates are right and nothing is said: renaming a parameter changes its standard error.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check lifelines==0.30.3 pandas==2.3.3 numpy==2.3.5 scipy==1.16.3
"$folder/env/bin/python" - <<'PYTHON'
import math
import warnings

import pandas as pd
from autograd import numpy as differentiable
from lifelines import __version__
from lifelines.fitters import ParametricRegressionFitter

warnings.simplefilter("ignore")


def exponential(rate, ratio):
    """Proportional exponential hazards; the two arguments are only the names of the parameters."""

    class Model(ParametricRegressionFitter):
        _fitted_parameter_names = [rate, ratio]

        def _cumulative_hazard(self, params, times, covariates):
            log_rate = differentiable.dot(covariates[rate], params[rate])
            log_ratio = differentiable.dot(covariates[ratio], params[ratio])
            return differentiable.exp(log_rate + log_ratio) * times

    data = pd.DataFrame(
        {
            "time": [2.0, 5.0, 7.0, 11.0, 13.0, 17.0, 3.0, 8.0, 19.0, 23.0, 29.0, 31.0],
            "event": [1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0],
            "treated": [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1],
        }
    )
    fitted = Model().fit(data, "time", "event", regressors={rate: "1", ratio: "treated - 1"})
    name = (ratio, "treated")
    return fitted.params_[name], fitted.standard_errors_[name]


one, other = exponential("a_rate_", "b_ratio_"), exponential("b_rate_", "a_ratio_")
closed = math.sqrt(1 / 6 + 1 / 3)  # of the log hazard ratio: 6 and 3 events
print(f"lifelines {__version__}: log hazard ratio {one[0]:.4f} under one naming, {other[0]:.4f} under the other")
print(f"standard error {one[1]:.4f} and {other[1]:.4f}; in closed form {closed:.4f}, that of the log rate {math.sqrt(1 / 6):.4f}")
assert abs(one[0] - other[0]) < 1e-3
assert abs(one[1] - closed) < 1e-3
spread = math.sqrt(3 / 11)  # standard deviation of "treated", by which the library rescales
assert abs(other[1] - math.sqrt(1 / 6) / spread) < 1e-3  # the standard error of the rate, rescaled
PYTHON
