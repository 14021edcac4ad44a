"""What an adversary with a blinded folder and the code can infer: arms guessed from what the blinded view holds.

The adversary simulates trials of their own, learns from them how outcomes depend on the arm, and guesses the arms of
trials whose treatment is withheld. Two classifiers, written here with numpy and scipy: multinomial logistic regression
with a ridge penalty, and the nearest centroid in whitened features. Each group of features is an attack of its own:
what outcomes tell, which records are there, the words of free texts, and the order of the files, which are sorted by
arm before they are blinded. Prints the rows of the table in ``benchmarks/README.md``; exits 1 if the order of the files
tells more than chance.
"""

import argparse
import hashlib
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from exchanged_cuts import ordered, tables_of, write_tables

from duonen_stats import load_study, simulate_cut
from duonen_stats.raw import Cut
from duonen_stats.raw.blinded_view import blinded_view, read_blinded_cut

STUDY = load_study()
ARMS = [arm.code for arm in STUDY.arms]
Features = NDArray[np.float64]
WORDS = 256
"""Columns that words of free texts are counted in, by their hash."""


def blinded_and_true(seed: int, patients: int, folder: Path | None) -> tuple[Cut, "pd.Series[str]"]:
    """Simulate a trial, sort its records by arm, blind it, and give the view with the arms that it withholds.

    With a folder the cut goes through files, as that of the trial does; without one it is blinded in memory.
    """
    cut = simulate_cut(seed, patients=patients, stage="FINAL")
    arms = cut.tables["subjects"].set_index("SUBJID")["ARM"]
    if folder is not None:
        place = folder / f"{seed}"
        write_tables(ordered(tables_of(cut), seed, "arm"), place)
        return read_blinded_cut(STUDY, place), arms
    tables = {}
    for name, frame in cut.tables.items():
        if "SUBJID" in frame:
            by_arm = frame.iloc[np.argsort(frame["SUBJID"].map(arms).to_numpy(), kind="stable")]
            tables[name] = by_arm.reset_index(drop=True).assign(_ROW=np.arange(len(frame)) + 2)
        else:
            tables[name] = frame
    return blinded_view(replace(cut, tables=tables), STUDY), arms


# What a patient looks like in the view: one row of numbers per patient, in the order of ``patients``.


def outcomes(view: Cut, patients: "pd.Index[str]") -> pd.DataFrame:
    """Tumour size, response, progression, death, late follow-up."""
    tumour = view.tables["tumour_assessments"].sort_values(["SUBJID", "ASSESSDT"])
    sizes = tumour.groupby("SUBJID")["SUMDIAM"]
    entry = view.tables["subjects"].set_index("SUBJID")["RANDDT"]
    progressed = tumour[tumour["RESPONSE"].eq("PD")].groupby("SUBJID")["ASSESSDT"].min()
    follow = view.tables["follow_up"].set_index("SUBJID")
    last = (follow["LASTDT"] - entry).dt.days
    out = pd.DataFrame(
        {
            "best": sizes.min() / sizes.first(),
            "end": sizes.last() / sizes.first(),
            "scans": sizes.size(),
            "new": tumour["NEWLESION"].eq("Y").groupby(tumour["SUBJID"]).sum(),
            "pd": (progressed - entry).dt.days,
            "dead": follow["STATUS"].eq("DEAD").astype(float),
            "last": last,
            "next": (follow["NEWTRTDT"] - entry).dt.days,
        }
    )
    out["progressed"] = out["pd"].notna().astype(float)
    return out.reindex(patients)


def laboratory(view: Cut, patients: "pd.Index[str]") -> pd.DataFrame:
    """Lowest, highest, mean and last value of each analyte, and its share of the first; the same of vital signs."""
    parts = []
    for table, name, date in (("labs", "ANALYTE", "LBDT"), ("vital_signs", "TEST", "VSDT")):
        rows = view.tables[table].dropna(subset=["VALUE"]).sort_values(["SUBJID", date], kind="stable")
        rows = rows.assign(VALUE=rows["VALUE"].astype(float))
        groups = rows.groupby(["SUBJID", name])["VALUE"]
        told = groups.agg(["min", "max", "mean", "first", "last"])
        told = told.assign(fall=told["min"] / told["first"], change=told["last"] / told["first"])
        early = rows[rows["VISIT"].astype(str).str[0].isin(["T", "V"])] if "VISIT" in rows else rows
        told = told.join(early.groupby(["SUBJID", name])["VALUE"].min().rename("nadir"))
        wide = told.unstack(name)  # noqa: PD010 - each pair is there once
        wide.columns = [f"{stat}.{code}" for stat, code in wide.columns]
        parts.append(wide)
    return pd.concat(parts, axis=1).reindex(patients)


def events(view: Cut, patients: "pd.Index[str]") -> pd.DataFrame:
    """Adverse events by category and grade."""
    rows = view.tables["adverse_events"]
    counts = pd.crosstab(rows["SUBJID"], rows["CATEGORY"])
    grades = (
        rows.assign(GRADE=rows["GRADE"].astype(float)).groupby("SUBJID")["GRADE"].agg(["max", "sum", "size"])
    )
    serious = rows["SERIOUS"].eq("Y").groupby(rows["SUBJID"]).sum().rename("serious")
    return pd.concat([counts, grades, serious], axis=1).reindex(patients).fillna(0.0).astype(float)


def cycles(view: Cut, patients: "pd.Index[str]") -> pd.DataFrame:
    """Describe the cycles by their number and dates, and how treatment ended."""
    rows = view.tables["administrations"].dropna(subset=["EXDT"]).sort_values(["SUBJID", "EXDT"])
    dates = rows.groupby("SUBJID")["EXDT"]
    gaps = dates.diff().dt.days.groupby(rows["SUBJID"])
    entry = view.tables["subjects"].set_index("SUBJID")["RANDDT"]
    status = view.tables["disposition"].set_index("SUBJID")
    told = {
        "cycles": dates.size(),
        "longest": gaps.max(),
        "mean": gaps.mean(),
        "delay": (dates.min() - entry).dt.days,
        "completed": status["STATUS"].eq("COMPLETED").astype(float),
    }
    return pd.DataFrame(told).reindex(patients)


def presence(view: Cut, patients: "pd.Index[str]") -> pd.DataFrame:
    """Count the records and the filled cells of each table, whatever they say."""
    told = {}
    for name, frame in view.tables.items():
        if "SUBJID" in frame:
            told[f"{name}.rows"] = frame.groupby("SUBJID").size()
            filled = frame.drop(columns=["SUBJID"]).notna().groupby(frame["SUBJID"]).sum()
            told |= {f"{name}.{column}": filled[column] for column in filled}
    aside = pd.Series([one.subject for one in view.set_aside], dtype=object).value_counts()
    return pd.DataFrame({**told, "aside": aside}).reindex(patients).fillna(0.0).astype(float)


def texts(view: Cut, patients: "pd.Index[str]") -> pd.DataFrame:
    """Count the words of all free texts in columns chosen by their hash."""
    counts = np.zeros((len(patients), WORDS))
    at = {patient: place for place, patient in enumerate(patients)}
    for table in STUDY.tables:
        frame = view.tables[table.name]
        free = [
            one.name for one in table.columns if one.type == "text" and not one.codes and one.name != "SUBJID"
        ]
        for name in free if "SUBJID" in frame else ():
            for patient, text in frame[["SUBJID", name]].dropna().itertuples(index=False):
                for word in re.findall(r"\w+", f"{text}".casefold()):
                    counts[at[patient], _column(word)] += 1.0
    return pd.DataFrame(counts, index=patients)


@cache
def _column(word: str) -> int:
    return int(hashlib.sha256(word.encode()).hexdigest(), 16) % WORDS


def order(view: Cut, patients: "pd.Index[str]") -> pd.DataFrame:
    """Rank the patients by their first record in each table, by rows and by stated lines: where they stand, no more."""
    told: dict[str, pd.Series[float]] = {}
    for name, frame in view.tables.items():
        # Whether there is a record is an attack of its own, so that only tables with one of everybody count here.
        if "SUBJID" in frame and patients.isin(frame["SUBJID"]).all():
            placed = frame.assign(at=np.arange(len(frame)))
            for what in ("at", "_ROW"):
                told[f"{name}.{what}"] = placed.groupby("SUBJID")[what].min().rank(pct=True)
    return pd.DataFrame(told).reindex(patients)


Attack = Callable[[Cut, "pd.Index[str]"], pd.DataFrame]
GROUPS: Mapping[str, tuple[Attack, ...]] = {
    "everything": (outcomes, laboratory, events, cycles, presence, texts, order),
    "tumour size, progression, survival": (outcomes,),
    "laboratory values and vital signs": (laboratory,),
    "adverse events": (events,),
    "number and dates of cycles": (cycles,),
    "presence: numbers of records and of filled cells": (presence,),
    "text: words of all free texts": (texts,),
    "order: places of records, files sorted by arm": (order,),
}


# The classifiers.


def standardised(train: pd.DataFrame, test: pd.DataFrame) -> tuple[Features, Features]:
    """Fill gaps with the median, mark them, and scale; columns of one value are left out."""
    names = [name for name in train.columns if name in test.columns]
    both = [frame[names].replace([np.inf, -np.inf], np.nan).astype(float) for frame in (train, test)]
    gaps = [frame.isna().astype(float).add_prefix("gap.") for frame in both]
    both = [frame.fillna(both[0].median()).fillna(0.0) for frame in both]
    both = [pd.concat(pair, axis=1) for pair in zip(both, gaps, strict=True)]
    mean, deviation = both[0].mean(), both[0].std()
    kept = deviation[deviation > _NO_SPREAD].index
    scaled = [((frame[kept] - mean[kept]) / deviation[kept]).clip(-6, 6).to_numpy() for frame in both]
    return scaled[0], scaled[1]


_NO_SPREAD = 1e-9


def logistic(x: Features, arms: NDArray[np.int64], new: Features, *, ridge: float = 0.02) -> Features:
    """Fit multinomial logistic regression with a ridge penalty; give the probabilities of each arm of new patients."""
    own = np.column_stack([np.ones(len(x)), x])
    wanted = np.eye(len(ARMS))[arms]

    def loss(flat: Features) -> tuple[float, Features]:
        beta = flat.reshape(own.shape[1], len(ARMS))
        scores = own @ beta
        total = logsumexp(scores, axis=1, keepdims=True)
        penalty = beta[1:]
        value = (total.sum() - (scores * wanted).sum()) / len(own) + ridge * (penalty**2).sum() / 2
        slope = own.T @ (np.exp(scores - total) - wanted) / len(own)
        slope[1:] += ridge * penalty
        return float(value), slope.ravel()

    found = minimize(
        loss, np.zeros(own.shape[1] * len(ARMS)), jac=True, method="L-BFGS-B", options={"maxiter": 300}
    )
    scores = np.column_stack([np.ones(len(new)), new]) @ found.x.reshape(own.shape[1], len(ARMS))
    return np.exp(scores - logsumexp(scores, axis=1, keepdims=True))


def centroid(x: Features, arms: NDArray[np.int64], new: Features) -> Features:
    """Score each arm by the distance to its mean, in features that are made uncorrelated."""
    within = np.cov(x, rowvar=False) if x.shape[1] > 1 else np.array([[x.var()]])
    inverse = np.linalg.pinv(within + 0.1 * np.eye(len(within)))
    means = np.array([x[arms == arm].mean(axis=0) for arm in range(len(ARMS))])
    gaps = new[:, None, :] - means[None, :, :]
    return -np.einsum("nak,kl,nal->na", gaps, inverse, gaps)


def dealt(scores: Features, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Guess the arms of one trial by the scores, dealing out each arm in its number: the surest guesses first."""
    left, guesses = numbers.copy(), np.full(len(scores), -1)
    for place in np.argsort(-scores, axis=None, kind="stable"):
        patient, arm = divmod(int(place), scores.shape[1])
        if guesses[patient] < 0 and left[arm] > 0:
            guesses[patient], left[arm] = arm, left[arm] - 1
    return guesses


# The program.


def main() -> int:
    """Learn from some trials, guess others, and print one row per attack."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=60, help="simulated trials that are learnt from")
    parser.add_argument("--attacked", type=int, default=20, help="blinded trials that are attacked")
    parser.add_argument("--patients", type=int, default=92)
    parser.add_argument("--only", default="", help="the first letters of the one attack to run")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        names = [name for name in GROUPS if name.startswith(chosen.only)]
        used = [*dict.fromkeys(one for name in names for one in GROUPS[name])]
        learnt = [_trial(1000 + seed, chosen.patients, None, used) for seed in range(chosen.trials)]
        attacked = [
            _trial(5000 + seed, chosen.patients, Path(folder), used) for seed in range(chosen.attacked)
        ]
    leaks = 0
    two = np.array([len(arm.isotopes) > 1 for arm in STUDY.arms])
    print("| what is used | logistic | centroid | chance | two isotopes or one, logistic | chance |")
    print("|---|---|---|---|---|---|")
    for name in names:
        row = [*_attack(name, learnt, attacked, two)]
        print(
            f"| {name} | {row[0]:.1%} | {row[1]:.1%} | {row[2]:.1%} | {row[3]:.1%} | {row[4]:.1%} |",
            flush=True,
        )
        patients = sum(len(arms) for _, arms in attacked)
        error = np.sqrt(row[2] * (1 - row[2]) / patients)
        leaks += name.startswith("order") and max(row[:2]) > row[2] + 4 * error
    print(f"{chosen.trials} trials learnt from, {patients} patients attacked, standard error {error:.1%}")
    return int(leaks > 0)


Trial = tuple[dict[str, pd.DataFrame], NDArray[np.int64]]


def _trial(seed: int, patients: int, folder: Path | None, used: Sequence[Attack]) -> Trial:
    view, arms = blinded_and_true(seed, patients, folder)
    ids = pd.Index(sorted(arms.index))
    features = {one.__name__: one(view, ids).add_prefix(f"{one.__name__}.") for one in used}
    return features, np.array([ARMS.index(arms[one]) for one in ids])


def _attack(name: str, learnt: list[Trial], attacked: list[Trial], two: NDArray[np.bool_]) -> Iterator[float]:
    """Give the share of arms guessed right by each classifier, chance, and the same of one isotope or two."""
    used = [one.__name__ for one in GROUPS[name]]
    train = pd.concat([pd.concat([features[one] for one in used], axis=1) for features, _ in learnt])
    test = pd.concat([pd.concat([features[one] for one in used], axis=1) for features, _ in attacked])
    known = np.concatenate([arms for _, arms in learnt])
    x, new = standardised(train, test)
    ends = np.cumsum([len(arms) for _, arms in attacked])[:-1]
    right: list[float] = []
    for classify in (logistic, centroid):
        guesses = [
            dealt(scores, np.bincount(arms, minlength=len(ARMS)))
            for scores, (_, arms) in zip(np.split(classify(x, known, new), ends), attacked, strict=True)
        ]
        hits = [guess == arms for guess, (_, arms) in zip(guesses, attacked, strict=True)]
        pairs = [two[guess] == two[arms] for guess, (_, arms) in zip(guesses, attacked, strict=True)]
        right += [float(np.concatenate(hits).mean()), float(np.concatenate(pairs).mean())]
    shares = np.mean(
        [(np.bincount(arms, minlength=len(ARMS)) / len(arms)) ** 2 for _, arms in attacked], axis=0
    )
    share = np.mean([two[arms].mean() for _, arms in attacked])
    yield from (right[0], right[2], float(shares.sum()), right[1], float(share**2 + (1 - share) ** 2))


if __name__ == "__main__":
    sys.exit(main())
