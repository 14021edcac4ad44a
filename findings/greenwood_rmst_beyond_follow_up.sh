#!/usr/bin/env bash
# greenwood compares restricted means to month 10 although nobody is followed beyond month 4 in one arm and month 6 in the other, without a word.
# It holds each curve at its last value up to the horizon: 60 % of one mean is invented; R's survRM2 refuses such a horizon.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check greenwood==0.8.0
"$folder/env/bin/python" - <<'PYTHON'
import warnings
from importlib.metadata import version

import greenwood as gw

warnings.simplefilter("error")
print("greenwood", version("greenwood"))
short = gw.KaplanMeier().fit(gw.Surv([1.0, 2, 3, 4], event=[1, 1, 1, 0]))
long = gw.KaplanMeier().fit(gw.Surv([1.0, 2, 5, 6], event=[1, 0, 1, 0]))
both = gw.Surv([1.0, 2, 3, 4, 1, 2, 5, 6], event=[1, 1, 1, 0, 1, 0, 1, 0])
test = gw.rmst_test(both, 10.0, [0] * 4 + [1] * 4)
print("curve last seen at 4, mean to 4 and to 10:", short.rmst(4.0), short.rmst(10.0))
print("curve last seen at 6, mean to 6 and to 10:", long.rmst(6.0), long.rmst(10.0))
print("difference 'to 10':", test.estimate)
# areas by hand: 1 + 0.75 + 0.5 + 0.25 = 2.5 to month 4, and 6 months more at 0.25; 1 + 0.75 * 4 + 0.375 = 4.375 and 4 more at 0.375
assert [float(short.rmst(tau)) for tau in (4.0, 10.0)] == [2.5, 4.0]
assert [float(long.rmst(tau)) for tau in (6.0, 10.0)] == [4.375, 5.875]
assert float(test.estimate) == -1.875
PYTHON
