#!/usr/bin/env bash
# A log-rank test that cannot be made (everyone has the event on the same day): p = 1 from lifelines, NaN from scipy, an error of linear algebra from scikit-survival.
# lifelines gives p = 1 without a warning, also where nobody has an event: a table built on it claims a test that was never made.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check lifelines==0.30.3 pandas==2.3.3 scipy==1.17.1 scikit-survival==0.28.0
"$folder/env/bin/python" - <<'PYTHON'
import warnings
from importlib.metadata import version

import numpy as np
from lifelines.statistics import logrank_test
from scipy.stats import CensoredData, logrank
from sksurv.compare import compare_survival

for name in ("lifelines", "scipy", "scikit-survival"):
    print(name, version(name))
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    same_day = logrank_test([5.0, 5.0], [5.0, 5.0], [1, 1], [1, 1])
    nobody = logrank_test([5.0, 6.0], [5.0, 7.0], [0, 0], [0, 0])
print("lifelines, all on one day: p =", same_day.p_value, "; no event: p =", nobody.p_value, "; warnings:", len(told))
assert (same_day.p_value, nobody.p_value, len(told)) == (1.0, 1.0, 0)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    found = logrank(CensoredData([5.0, 5.0]), CensoredData([5.0, 5.0])).pvalue
print("scipy: p =", found)
assert np.isnan(found)
outcome = np.array([(True, 5.0)] * 4, dtype=[("event", bool), ("time", float)])
try:
    compare_survival(outcome, np.array([0, 0, 1, 1]))
except np.linalg.LinAlgError as error:
    print("scikit-survival: LinAlgError:", error)
else:
    raise AssertionError("scikit-survival answers now")
PYTHON
