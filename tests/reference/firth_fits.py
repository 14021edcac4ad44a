"""Firth's penalised Cox model by another package: writes firth_fits.json, the numbers of the test beside it.

Run with firthmodels 0.8.2 (not needed for the tests): python firth_fits.py. Breslow's ties are the only ones it has.
Problems: 8 to 40 patients, one or two covariates, times with ties; in every third no patient with x1 = 1 fails.
"""

import json
from pathlib import Path

import numpy as np
from firthmodels import FirthCoxPH


def problem(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw times, events and covariates."""
    rng = np.random.default_rng(seed)
    n, p = int(rng.integers(8, 41)), int(rng.integers(1, 3))
    x = np.column_stack([rng.integers(0, 2, n), np.round(rng.normal(size=n), 3)])[:, :p].astype(float)
    time = rng.integers(1, 25, n).astype(float)
    event = rng.random(n) < 0.6
    if seed % 3 == 0:
        event &= x[:, 0] == 0
    return time, event.astype(int), x


def main(fits: int = 45) -> None:
    """Fit and write."""
    out = []
    for seed in range(fits):
        time, event, x = problem(seed)
        if not event.any() or (np.ptp(x, axis=0) == 0).any():
            continue
        model = FirthCoxPH(backend="numpy", max_iter=200, gtol=1e-9, xtol=1e-9, max_halfstep=20)
        model.fit(x, (event.astype(bool), time))
        model.lrt()
        entry = {
            "time": time.tolist(), "event": event.tolist(), "x": x.tolist(), "coef": model.coef_.tolist(),
            "loglik": float(model.loglik_), "p": model.lrt_pvalues_.tolist(), "converged": bool(model.converged_),
        }  # fmt: skip
        try:
            entry["limits"] = model.conf_int(method="pl", max_iter=200, tol=1e-8).tolist()
        except (RuntimeError, ValueError):
            entry["limits"] = None
        out.append(entry)
    about = "firthmodels 0.8.2, FirthCoxPH, Breslow ties; see firth_fits.py"
    text = json.dumps({"about": about, "fits": out}, allow_nan=True).replace("NaN", "null")
    Path(__file__).with_name("firth_fits.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
