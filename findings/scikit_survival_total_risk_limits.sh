#!/usr/bin/env bash
# scikit-survival gives the limits of the total risk of competing events upside down (lower 0.77, upper 0.18 of a risk of 0.42) and always for 95 %, whatever level is asked for.
# The limits of each single cause are the right way round and follow conf_level; the documentation shows all of them side by side in one figure.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check scikit-survival==0.28.0 pandas==2.3.3 numpy==2.3.5 scipy==1.17.1
"$folder/env/bin/python" - <<'PYTHON'
from importlib.metadata import version

import numpy as np
from sksurv.nonparametric import cumulative_incidence_competing_risks, kaplan_meier_estimator

cause = np.array([1, 2, 1, 0, 2, 1, 0, 1, 2, 0])
month = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10])
at = 4  # month 5
print("scikit-survival", version("scikit-survival"))
limits = {}
for level in (0.95, 0.80):
    times, risk, limits[level] = cumulative_incidence_competing_risks(cause, month, conf_level=level, conf_type="log-log")
    for row, name in enumerate(("total", "cause 1", "cause 2")):
        lower, upper = limits[level][row, :, at]
        print(f"{level:.0%}, month {times[at]:.0f}, {name}: risk {risk[row, at]:.4f}, lower {lower:.4f}, upper {upper:.4f}")
        assert (lower > risk[row, at] > upper) if row == 0 else (lower < risk[row, at] < upper)
assert np.array_equal(limits[0.95][0], limits[0.80][0])
assert not np.allclose(limits[0.95][1], limits[0.80][1])
# The total risk is 1 - S, its limits 1 - the limits of S, upper first; its own Kaplan-Meier estimate of 80 % is narrower.
_, _, survival = kaplan_meier_estimator(cause > 0, month, conf_level=0.80, conf_type="log-log")
print(f"80 %, month 5, total, from its own Kaplan-Meier: lower {1 - survival[1, at]:.4f}, upper {1 - survival[0, at]:.4f}")
assert limits[0.80][0, 1, at] < 1 - survival[1, at] < risk[0, at] < 1 - survival[0, at] < limits[0.80][0, 0, at]
PYTHON
