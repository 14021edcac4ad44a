"""Small synthetic targets and a small roster for the tests of the calibration."""

import numpy as np

from duonen_stats.publication.ledger import load_ledger
from duonen_stats.simulated.calibration.roster import ARMS
from duonen_stats.simulated.calibration.targets import Bounds, Printed, Targets

SIZES = {"A": 16, "B": 16, "C": 12, "D": 12}
CHANGED = {"B": (2, 9, 6), "C": (1, 9, 2), "D": (8, 1, 3)}


def small_targets(**more):
    """Sizes of the arms, decisions on activity, and what else a test aims at: value and decimals by id."""
    printed = {f"table1.N.{arm}": Printed(value=SIZES[arm]) for arm in ARMS}
    for arm, numbers in CHANGED.items():
        names = ("increased", "decreased", "unchanged")
        printed |= {
            f"table2.{arm}.n_{name}": Printed(value=n) for name, n in zip(names, numbers, strict=True)
        }
    given = {name.replace("__", "."): pair for name, pair in more.items()}
    printed |= {name: Printed(value=value, decimals=decimals) for name, (value, decimals) in given.items()}
    return Targets(printed)


def analyte_targets(ledger="Hb", *, quartiles=(-1.6, -0.9, -0.5), visit=4):
    """Targets of one analyte: its visit and quartiles, nothing significant."""
    entries = {f"table4.{ledger}.visit_of_largest": (visit, 0)}
    for stat, value in zip(("q1", "median", "q3"), quartiles, strict=True):
        entries[f"table4.{ledger}.delta.{stat}"] = (value, 2)
    return small_targets(**entries)


def start_values(n=56, seed=1):
    """Baseline values of n patients, as a simulator might make them."""
    rng = np.random.default_rng(seed)
    middle = {
        "AGE": 67, "BMI": 25, "DXDUR": 60, "HGB": 12.9, "PLAT": 230, "WBC": 6.6, "NEUT": 4.0, "LYMPH": 1.8,
        "CREAT": 0.85, "EGFR": 80, "ALT": 26, "AST": 25, "BILI": 0.5,
    }  # fmt: skip
    return {name: value * np.exp(rng.normal(0, 0.15, n)) for name, value in middle.items()}


def published_targets():
    """Every printed result of the publication, as the maintainer's tool takes them from the ledger."""
    return Targets(
        {
            entry.id: Printed(value=float(entry.number), decimals=entry.decimals, relation=entry.relation)
            for entry in load_ledger()
            if entry.kind == "result"
        }
    )


class LoosenedTargets(Targets):
    """Counts and ranges as printed; medians, quartiles and means only roughly, p-values and correlations not."""

    __slots__ = ()

    def interval(self, name, *, margin=0.0):
        """Widen a printed interval by a fraction of the quantity's IQR or of the number."""
        own = Targets.interval(self, name, margin=margin)
        stem, last = name.rsplit(".", 1)
        if ".delta" in name:
            pad = 0.15 * (self.value(f"{stem}.q3") - self.value(f"{stem}.q1"))
        else:
            pad = 0.0 if name.startswith("table1") else 0.15 * abs(self.value(name))
        if "rho" in last or "p_" in last:
            pad = 2.0
        return Bounds(low=own.low - pad, high=own.high + pad)

    def p(self, name):  # noqa: ARG002 - as the targets have it
        """Ask for nothing."""
        return Bounds()


def loosened_targets():
    """What is printed, aimed at so roughly that few moves reach it."""
    return LoosenedTargets(published_targets().printed)
