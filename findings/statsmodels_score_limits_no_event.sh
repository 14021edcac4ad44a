#!/usr/bin/env bash
# statsmodels' score limits of a risk difference end in an error of the root finder if neither of two groups of different size has an event, the usual case of a rare toxicity.
# Of the ratio it returns NaN for both limits; its Newcombe limits of the same numbers are fine.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check statsmodels==0.15.0 scipy==1.17.1 pandas==2.3.3
"$folder/env/bin/python" - <<'PYTHON'
import math
import warnings
from importlib.metadata import version

from statsmodels.stats.proportion import confint_proportions_2indep

warnings.simplefilter("ignore")
print("statsmodels", version("statsmodels"), "scipy", version("scipy"))
newcombe = confint_proportions_2indep(0, 23, 0, 69, method="newcomb")
print("0 of 23 against 0 of 69, Newcombe:", [round(float(limit), 4) for limit in newcombe])
assert [round(float(limit), 4) for limit in newcombe] == [-0.0527, 0.1431]
try:
    print("score:", confint_proportions_2indep(0, 23, 0, 69, method="score"))
except ValueError as error:
    print("score: ValueError:", error)
else:
    raise AssertionError("the score limits exist now")
ratio = confint_proportions_2indep(0, 23, 0, 69, compare="ratio", method="score")
print("ratio, score:", ratio)
assert all(math.isnan(limit) for limit in ratio)
PYTHON
