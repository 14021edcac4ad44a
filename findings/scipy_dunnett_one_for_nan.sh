#!/usr/bin/env bash
# scipy's Dunnett test gives p = 1 for every dose group if one value of one group is missing, though its statistic is NaN: a difference of 38 standard errors becomes "none".
# The high dose, whose values are all there, is struck as well; Tukey's test, the analysis of variance and Kruskal–Wallis of scipy say NaN. Nothing warns.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check scipy==1.17.1 numpy==2.3.5
"$folder/env/bin/python" - <<'PYTHON'
import math
import warnings
from importlib.metadata import version

from scipy import stats

warnings.simplefilter("error")
control, low, high = [10.1, 9.8, 10.3, 10.0], [10.2, 9.9, 10.4, 10.1], [15.0, 15.2, 14.9, 15.1]
gap = [*low[:3], math.nan]
whole, missing = (stats.dunnett(group, high, control=control, rng=1) for group in (low, gap))
print("scipy", version("scipy"))
for name, found in (("all values", whole), ("one value of the low dose missing", missing)):
    print(f"{name}: statistic {found.statistic.round(2)}, p {found.pvalue.round(4)} (low, high dose)")
assert whole.pvalue[1] < 1e-4
assert missing.pvalue.tolist() == [1.0, 1.0]
assert all(map(math.isnan, missing.statistic))
others = {
    "tukey_hsd": stats.tukey_hsd(gap, high, control).pvalue[1, 2],
    "f_oneway": stats.f_oneway(gap, high, control).pvalue,
    "kruskal": stats.kruskal(gap, high, control).pvalue,
}
print("p of the others:", {name: float(p) for name, p in others.items()})
assert all(map(math.isnan, others.values()))
PYTHON
