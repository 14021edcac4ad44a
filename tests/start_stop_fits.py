"""Random start-stop records for Cox's model, a second programming of it, and a criterion of when it has an answer.

The second programming sums each risk set record by record in extended precision. The criterion is geometric: the
likelihood has a maximum unless a direction exists in which each failure lies furthest of its risk set.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_LEVEL = 1e-9


@dataclass(frozen=True)
class Records:
    """One problem: intervals (begin, end], events, an n × p matrix, strata, and the treatment of ties."""

    begin: np.ndarray
    end: np.ndarray
    event: np.ndarray
    x: np.ndarray
    stratum: np.ndarray
    ties: str


def random_records(seed: int) -> Records:
    """Draw 4 to 30 records with one or two covariates, up to three strata, ties, and now and then a far record."""
    rng = np.random.default_rng(seed)
    n, p = int(rng.integers(4, 31)), int(rng.integers(1, 3))
    if rng.random() < 0.5:
        end = rng.integers(1, 21, n).astype(float)
        begin = np.floor(end * rng.random(n) * (rng.random(n) < 0.8))
    else:
        end = np.round(rng.exponential(10, n) + 0.1, 3)
        begin = np.round(end * rng.random(n) * (rng.random(n) < 0.8) * 0.98, 3)
    columns = [
        rng.normal(size=n) if rng.random() < 0.6 else rng.integers(0, 2, n).astype(float) for _ in range(p)
    ]
    x = np.round(np.column_stack(columns), 4)
    if rng.random() < 0.3:
        x[rng.integers(n), rng.integers(p)] = np.round(10 ** rng.uniform(0.5, 3), 2)
    return Records(
        begin=begin,
        end=end,
        event=(rng.random(n) < rng.uniform(0.2, 0.9)).astype(int),
        x=x,
        stratum=rng.integers(0, rng.integers(1, 4), n),
        ties="efron" if rng.random() < 0.5 else "breslow",
    )


def at_risk(data: Records, i: int) -> np.ndarray:
    """Who is at risk when record ``i`` fails."""
    now = data.end[i]
    return np.flatnonzero((data.begin < now) & (data.end >= now) & (data.stratum == data.stratum[i]))


def verdict(data: Records) -> str:
    """Say ``no_events``, ``flat``, ``monotone`` or ``maximum`` from the geometry of the covariates alone."""
    failures = np.flatnonzero(data.event)
    if not failures.size:
        return "no_events"
    below = np.vstack([data.x[i] - data.x[at_risk(data, i)] for i in failures])
    below = below[np.abs(below).max(axis=1) > _LEVEL]
    p = data.x.shape[1]
    if not len(below) or np.linalg.matrix_rank(below / np.abs(below).max(axis=0).clip(_LEVEL)) < p:
        return "flat"
    if p == 1:
        return "monotone" if (below > 0).all() or (below < 0).all() else "maximum"
    # Two covariates: all differences within a half-plane, so with a gap of half a turn between their angles.
    angle = np.sort(np.arctan2(below[:, 1], below[:, 0]))
    gap = np.diff(np.append(angle, angle[0] + 2 * np.pi)).max()
    return "monotone" if gap >= np.pi - _LEVEL else "maximum"


def direct_fit(data: Records) -> tuple[np.ndarray, np.ndarray, float]:
    """Coefficients, standard errors and log likelihood by sums over each risk set, in extended precision."""
    x = data.x.astype(np.longdouble)
    beta = np.zeros(x.shape[1], dtype=np.longdouble)
    loglik, score, information = _derivatives(data, x, beta)
    for _ in range(500):
        step = _solve(information, score)
        while True:
            following = _derivatives(data, x, beta + step)
            if following[0] >= loglik - np.longdouble(1e-17) * max(1, abs(loglik)):
                break
            step = step / 2
        beta, (loglik, score, information) = beta + step, following
        if np.abs(step).max() <= np.longdouble(1e-15) * max(1, np.abs(beta).max()):
            break
    covariance = _solve(information, np.eye(beta.size, dtype=np.longdouble))
    return beta.astype(float), np.sqrt(np.diag(covariance)).astype(float), float(loglik)


def information_left(data: Records, beta: np.ndarray) -> float:
    """Smallest share of the information at zero that is left at these coefficients, over the combinations of them."""
    x = data.x.astype(np.longdouble)
    start, end = (_derivatives(data, x, at)[2] for at in (np.zeros(beta.size), beta))
    share = _solve(start, end)
    if len(share) == 1:
        return float(share[0, 0])
    trace, determinant = share[0, 0] + share[1, 1], share[0, 0] * share[1, 1] - share[0, 1] * share[1, 0]
    return float(2 * determinant / (trace + np.sqrt(max(0, trace**2 - 4 * determinant))))


def off_by(data: Records, beta: np.ndarray) -> float:
    """Distance of these coefficients from the maximum, in standard errors, by Newton's decrement."""
    _, score, information = _derivatives(data, data.x.astype(np.longdouble), beta.astype(np.longdouble))
    return float(np.sqrt(abs(score @ _solve(information, score))))


def _derivatives(data: Records, x: np.ndarray, beta: np.ndarray) -> tuple:
    loglik, score = np.longdouble(0), np.zeros(beta.size, dtype=np.longdouble)
    information = np.zeros((beta.size, beta.size), dtype=np.longdouble)
    failed = data.event == 1
    for i in np.flatnonzero(failed):
        members = at_risk(data, i)
        tied = [j for j in members if failed[j] and data.end[j] == data.end[i]]
        out = tied.index(i) / np.longdouble(len(tied)) if data.ties == "efron" else np.longdouble(0)
        share = np.where(np.isin(members, tied), 1 - out, np.longdouble(1))
        eta = x[members] @ beta
        hazard = share * np.exp(eta - eta.max())
        total = hazard.sum()
        mean = hazard @ x[members] / total
        apart = x[members] - mean
        loglik += x[i] @ beta - eta.max() - np.log(total)
        score += x[i] - mean
        information += (apart * hazard[:, None]).T @ apart / total
    return loglik, score, information


def _solve(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solve one or two equations: numpy's own solver has no extended precision."""
    if len(matrix) == 1:
        return right / matrix[0, 0]
    (a, b), (c, d) = matrix
    return np.array([[d, -b], [-c, a]]) @ right / (a * d - b * c)


_COLUMNS = ("fit", "begin", "end", "event", "x1", "x2", "stratum", "ties")


def write_records(path: Path, problems: dict[int, Records]) -> None:
    """Write problems as the rows that ``tests/reference/start_stop.R`` reads."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(_COLUMNS)
        for fit, data in problems.items():
            for i in range(data.end.size):
                second = f"{data.x[i, 1]:.10g}" if data.x.shape[1] > 1 else ""
                rows.writerow(
                    (fit, f"{data.begin[i]:.10g}", f"{data.end[i]:.10g}", data.event[i], f"{data.x[i, 0]:.10g}",
                     second, data.stratum[i], data.ties)
                )  # fmt: skip


def read_records(path: Path) -> dict[int, Records]:
    """Read what :func:`write_records` wrote."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    problems: dict[int, Records] = {}
    for fit in dict.fromkeys(row["fit"] for row in rows):
        mine = [row for row in rows if row["fit"] == fit]
        names = ("x1", "x2") if mine[0]["x2"] else ("x1",)
        problems[int(fit)] = Records(
            begin=np.array([float(row["begin"]) for row in mine]),
            end=np.array([float(row["end"]) for row in mine]),
            event=np.array([int(row["event"]) for row in mine]),
            x=np.array([[float(row[name]) for name in names] for row in mine]),
            stratum=np.array([int(row["stratum"]) for row in mine]),
            ties=mine[0]["ties"],
        )
    return problems


def read_r(path: Path) -> dict[int, dict[str, float | None]]:
    """R's coefficients, standard errors and log likelihoods by fit; None for NA."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            int(row["fit"]): {
                key: None if value in {"NA", ""} else float(value)
                for key, value in row.items()
                if key != "fit"
            }
            for row in csv.DictReader(file)
        }
