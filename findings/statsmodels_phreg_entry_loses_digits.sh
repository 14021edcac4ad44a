#!/usr/bin/env bash
# statsmodels 0.15: PHReg with entry times gives a standard error that is wrong from the sixth digit on, of sixteen valid rows with a covariate from 5 to 27.
# 0.906864 instead of 0.9068655 (direct sums over the risk sets, and R's coxph). Less a constant, which changes no likelihood, the covariate gives other digits.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/program.py" <<'PYTHON'
import sys
import warnings
from importlib.metadata import version

import numpy as np
from statsmodels.duration.hazard_regression import PHReg

ROWS = np.array(
    [
        [0, 8, 6, 0], [8, 11, 11, 0], [0, 8, 5, 0], [8, 16, 11, 0], [16, 24, 14, 0], [24, 56, 19, 1],
        [0, 8, 8, 0], [8, 15, 12, 1], [0, 8, 8, 0], [8, 14, 14, 1], [0, 8, 7, 0], [8, 11, 15, 1],
        [0, 8, 7, 0], [8, 16, 13, 0], [16, 24, 19, 0], [24, 43, 27, 0],
    ],
    dtype=float,
)
entry, end, dose, event = ROWS.T


def by_statsmodels(shift):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = PHReg(end, dose[:, None] - shift, status=event, ties="efron", entry=entry + np.where(entry > 0, 1e-7, 0))
        found = found.fit(disp=0)
    return found.params[0], found.bse[0]


def by_direct_sums():
    slope = 1.0
    for _ in range(30):
        score = information = 0.0
        for at in np.unique(end[event == 1]):
            risk, died = (entry < at) & (end >= at), (end == at) & (event == 1)
            assert died.sum() == 1  # no ties
            weight = np.exp(slope * (dose[risk] - dose[risk].max()))
            mean = (weight * dose[risk]).sum() / weight.sum()
            score += dose[died].sum() - mean
            information += (weight * (dose[risk] - mean) ** 2).sum() / weight.sum()
        slope += score / information
    return slope, information**-0.5


plain, shifted, direct = by_statsmodels(0.0), by_statsmodels(27.0), by_direct_sums()
print(f"statsmodels {version('statsmodels')}: coefficient and error {plain[0]:.9f} {plain[1]:.9f}; covariate less 27: ", end="")
print(f"{shifted[0]:.9f} {shifted[1]:.9f}; direct sums: {direct[0]:.9f} {direct[1]:.9f}")
lost = abs(plain[1] / direct[1] - 1)
print(f"relative error of the standard error: {lost:.1e}")
sys.exit(0 if 5e-7 < lost < 1e-5 and abs(direct[1] - 0.906865539296639) < 1e-9 else 1)
PYTHON
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check statsmodels==0.15.0 numpy==2.4.0 scipy==1.17.1 pandas==2.3.3
"$folder/env/bin/python" "$folder/program.py"
