#!/usr/bin/env bash
# statsmodels counts a missing p-value as one more test: Holm's 0.01 and 0.03 become 0.03 and 0.06 if a third is NaN; R's p.adjust says 0.02 and 0.03.
# An arm too small to test makes the other comparisons weaker, and nothing says so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check statsmodels==0.15.0 pandas==2.3.3
"$folder/env/bin/python" - <<'PYTHON'
import warnings
from importlib.metadata import version

import numpy as np
from statsmodels.stats.multitest import multipletests

warnings.simplefilter("error")
print("statsmodels", version("statsmodels"))
with_gap = multipletests([0.01, np.nan, 0.03], method="holm")[1]
without = multipletests([0.01, 0.03], method="holm")[1]
print("Holm of 0.01, NaN, 0.03:", with_gap)
print("Holm of 0.01, 0.03:     ", without)
assert np.allclose(with_gap, [0.03, np.nan, 0.06], equal_nan=True)
assert np.allclose(without, [0.02, 0.03])
PYTHON
