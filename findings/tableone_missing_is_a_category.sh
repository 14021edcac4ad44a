#!/usr/bin/env bash
# tableone tests missing values as if they were a category: the same grades in both arms, six of them not recorded in one arm, give p = 0.029 where the known grades give p = 1; the standardised difference is of them too.
# A column "Missing" is printed for continuous variables, whose test leaves missing values out. Doses constant in each arm (7.4 and 3.7 GBq) get a standardised difference of minus several quadrillion instead of none.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check tableone==0.9.6 scipy==1.17.1 numpy==2.3.5 pandas==2.3.3
"$folder/env/bin/python" -W ignore - <<'PYTHON'
from importlib.metadata import version

import pandas as pd
from scipy.stats import chi2_contingency
from tableone import TableOne

table = pd.DataFrame(
    {
        "arm": ["A"] * 20 + ["B"] * 20,
        "grade": ["1"] * 10 + ["2"] * 10 + ["1"] * 7 + ["2"] * 7 + [None] * 6,
        "dose": [7.4] * 20 + [3.7] * 20,
    }
)


def p_of_grade(**options: object) -> str:
    """The p-value that the table prints for grade."""
    printed = TableOne(table, columns=["grade"], groupby="arm", categorical=["grade"], pval=True, **options)
    return printed.tableone["Grouped by arm"]["P-Value"].iloc[1]


known = table.dropna(subset="grade")
right = chi2_contingency(pd.crosstab(known.grade, known.arm), correction=False).pvalue
with_missing = chi2_contingency(pd.crosstab(table.grade.fillna("missing"), table.arm)).pvalue
both = TableOne(table, columns=["grade", "dose"], groupby="arm", categorical=["grade"], pval=True, smd=True)
print(f"tableone {version('tableone')}, scipy {version('scipy')}, pandas {version('pandas')}")
print(both.tabulate(tablefmt="simple"))
print(f"scipy, known grades: p = {right:.3f}; missing as a category: p = {with_missing:.3f}")
print("tableone by default:", p_of_grade(), " include_null=False:", p_of_grade(include_null=False))
smd = float(both.tableone["Grouped by arm"]["SMD (A,B)"].iloc[-1])
print("standardised difference of the doses:", smd)
assert round(right, 3) == 1.0
assert p_of_grade() == f"{with_missing:.3f}" != f"{right:.3f}"
assert p_of_grade(include_null=False) == f"{right:.3f}"
assert smd < -1e12
PYTHON
