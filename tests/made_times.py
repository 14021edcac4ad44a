"""Times of a few patients, made by hand: (months, event, arm)."""

import numpy as np

from duonen_stats.results.rows.table import About
from duonen_stats.results.rows.times import Times

ABOUT = About(id="t", display="Test", population="Test")


def times(*rows):
    time, event, arm = zip(*rows, strict=True) if rows else ((), (), ())
    event = np.array(event, dtype=np.int64)
    return Times(
        subject=np.array([f"{arm[k]}{k}" for k in range(len(rows))], dtype=object),
        time=np.array(time, dtype=float),
        event=event,
        reason=1 - event,
        arm=np.array(arm, dtype=str),
    )


def spread(arm, n, *, step=1.0, first=1.0, event=1):
    return [(first + k * step, event, arm) for k in range(n)]
