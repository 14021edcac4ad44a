"""Repeated values whose restricted likelihood has two maxima, from SIMULATED values with gaps."""

import pandas as pd

_VISITS = ("V1", "V2", "V3", "V4")
_ROWS = """
A 64 7 10 . .
D 81 9 12 12 -6
C 86 . 13 . -9
B 104 2 3 2 2
B 92 -10 . 0 .
C 53 3 . -5 -8
D 78 2 -13 -15 -6
A 91 . -10 -21 -26
D 69 . -17 . .
B 100 . 0 2 1
C 53 . 6 11 17
B 48 2 -4 -7 .
A 85 3 -2 2 2
D 46 . 9 4 .
C 83 4 3 0 3
C 70 5 1 . .
A 110 1 -1 -1 -1
D 95 1 2 -15 -7
B 93 8 5 8 -1
D 69 . . -7 -2
A 91 0 -2 2 -2
C 112 1 . -6 -4
A 96 -3 -19 . -1
A 50 6 3 4 7
C 108 0 . . .
"""
"""Arm, baseline, changes of eGFR at four visits."""

MEAN_A_V1, LOWER_MEAN_A_V1 = 0.0497477, 2.5913963
"""Mean change of arm A at V1 at the higher maximum and at the other.

By the restricted likelihood written out in R 4.2 over the Cholesky factor, maximised by ``optim`` from 15 starts: two
maxima, of -148.7096479 (5 starts) and -150.1884954 (10 starts), without the constant of 2 pi.
"""

_HETEROGENEOUS_ROWS = """
A -0.4 0.2 9.7 1.7 -0.9
C 2.7 -0.8 -5.4 -8.9 1.7
D -0.6 0.3 -9.4 . 2
A 1 -0.1 4.1 1.2 2.2
B -1.2 0.5 9.4 32.9 3.3
C 1.4 -0.4 -6.8 -10.4 -0.4
D 1.1 -0.2 -5.1 . .
A -3.1 . -6.9 -8.1 -4
B -2.1 . . -4.6 -3
C 0.4 . -9 -21.8 -1.8
D 1.4 . 23.4 17.1 .
"""
"""The same of values of which two visits vary much more than the others, for heterogeneous compound symmetry."""

HETEROGENEOUS_LOGLIK, LOWER_HETEROGENEOUS_LOGLIK = -54.525182, -57.689693
"""The restricted log-likelihood of heterogeneous compound symmetry at its two maxima.

Written out in R 4.2 and maximised by ``optim`` (Nelder-Mead, then BFGS) from random starts. The standard deviation at
V1 is 0.136 at the higher one and 4.464 at the other.
"""


_EDGE_ROWS = """
D -2.4 0.6 0.4 0.1 .
B 2.4 -2.8 -2.2 . .
C -1.2 . -1.2 . .
A -0.8 -2.4 . . .
D 0.8 -0.7 -0.1 -0.6 .
A -0.6 . 0.3 -0.8 .
C 3.1 -2.7 . . .
A 1.2 -0.2 -0.7 . .
D -0.3 -0.1 -0.4 . .
B -0.8 -0.9 . . .
C -1.9 -0.5 . . .
D 1.3 -0.8 . . .
"""
"""The same of few values, for compound symmetry: one maximum, and a little more at the edge."""

EDGE_LOGLIK, EDGE_COVARIANCE, EDGE_VARIANCE = -6.4172480, 0.8929559, 0.8929559 + 0.1010174
"""The restricted log-likelihood at the maximum, without the constant of 2 pi, and the matrix there.

Written out in R 4.2 and maximised by ``optim`` from four starts: one leads there, three to -6.4010925 at the edge,
where the covariance is a third of the error below zero.
"""


def two_maxima(*, heterogeneous: bool = False, edge: bool = False) -> pd.DataFrame:
    """Give a row a value: ``SUBJID``, ``ARM``, ``AVISIT``, ``BASE``, ``CHG``."""
    rows = []
    text = _HETEROGENEOUS_ROWS if heterogeneous else _EDGE_ROWS if edge else _ROWS
    for number, line in enumerate(text.split("\n")[1:-1]):
        arm, base, *changes = line.split()
        for visit, change in zip(_VISITS, changes, strict=True):
            if change != ".":
                rows.append((f"P{number:02}", arm, visit, float(base), float(change)))
    return pd.DataFrame(rows, columns=["SUBJID", "ARM", "AVISIT", "BASE", "CHG"])
