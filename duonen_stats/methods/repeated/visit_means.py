"""Mixed model for repeated measures: means by arm and visit, and differences to a reference arm, by REML.

Own, with ``reml`` and ``covariance``: scipy 1.17.1 and statsmodels 0.15.0 have no unstructured matrix by restricted
maximum likelihood, and no degrees of freedom by Satterthwaite or by Kenward and Roger.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods.inputs.admit import FloatArray, as_vector, require_confidence
from duonen_stats.methods.repeated.covariance import (
    Autoregressive,
    CompoundSymmetry,
    CovarianceName,
    HeterogeneousCompoundSymmetry,
    Unstructured,
)
from duonen_stats.methods.repeated.reml import IntervalEstimate, Patient, RemlFit, fit_reml

BaselineEffect = Literal["none", "common", "by_visit"]
"""Whether the baseline has no effect, one slope at all visits, or a slope at each visit."""

Unestimable = Literal["no_slope", "empty_group", "empty_visit", "empty_cell", "group_too_small"]

STRUCTURES: Mapping[
    CovarianceName,
    type[Unstructured] | type[CompoundSymmetry] | type[HeterogeneousCompoundSymmetry] | type[Autoregressive],
] = MappingProxyType(
    {
        "un": Unstructured,
        "csh": HeterogeneousCompoundSymmetry,
        "cs": CompoundSymmetry,
        "ar1": Autoregressive,
    }
)
"""The covariance structures by name."""

_CONDITION = 1e-6
_PER_VISIT = 4
"""So many patients more than the arms and the slope an unstructured matrix needs for each visit where another structure
is stated to fall back on: in simulated cuts of 12 to 17 patients with four visits 5 of 148 restricted likelihoods had
several maxima, of which a fit finds the one near its start; in 100 of cuts of 20 and 24 patients none had."""
"""A covariance matrix whose smallest eigenvalue is below this part of the largest runs towards a singular one."""
_SMALLEST_ARM = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class MmrmMean:
    """The mean of an arm at a visit, at ``base_at``, of ``n`` values; no Kenward–Roger under ``ar1``, ``csh``."""

    arm: str
    visit: str
    n: int
    satterthwaite: IntervalEstimate
    kenward_roger: IntervalEstimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MmrmDifference:
    """The mean of ``arm`` minus that of ``reference`` at a visit."""

    arm: str
    reference: str
    visit: str
    satterthwaite: IntervalEstimate
    kenward_roger: IntervalEstimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingCell:
    """What has no estimate, and why: an arm at a visit, a visit (no ``arm``) or an arm (no ``visit``)."""

    arm: str | None
    visit: str | None
    reason: Unestimable


@dataclass(frozen=True, slots=True, kw_only=True)
class MmrmResult:
    """A fitted model.

    ``covariance`` is the structure that was fitted and ``asked`` the one that was asked for; ``matrix`` its matrix over
    ``visits``, those with values. ``n_missing`` counts rows without value or baseline. ``base_at`` is the mean baseline
    over the rows used, at which means are given; ``None`` without baseline. ``missing`` names what has no estimate.
    """

    n_subjects: int
    n_obs: int
    n_missing: int
    covariance: CovarianceName
    asked: CovarianceName
    visits: tuple[str, ...]
    matrix: FloatArray = field(repr=False)
    loglik: float
    base_at: float | None
    means: tuple[MmrmMean, ...]
    differences: tuple[MmrmDifference, ...]
    missing: tuple[MissingCell, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class _Values:
    """The rows with a value (and a baseline), in the order given."""

    subject: tuple[str, ...]
    arm: tuple[str, ...]
    visit: tuple[str, ...]
    base: FloatArray | None
    y: FloatArray

    def at(self, places: Sequence[int]) -> "_Values":
        """Take the rows at these places."""
        return _Values(
            subject=tuple(self.subject[place] for place in places),
            arm=tuple(self.arm[place] for place in places),
            visit=tuple(self.visit[place] for place in places),
            base=None if self.base is None else self.base[places],
            y=self.y[places],
        )

    def counts(self) -> dict[tuple[str, str], int]:
        """Count the values of each arm and visit."""
        found: dict[tuple[str, str], int] = {}
        for cell in zip(self.arm, self.visit, strict=True):
            found[cell] = found.get(cell, 0) + 1
        return found


def mmrm(
    subject: Sequence[str],
    arm: Sequence[str],
    visit: Sequence[str],
    change: ArrayLike,
    *,
    reference: str,
    base: ArrayLike | None = None,
    baseline: BaselineEffect = "common",
    arms: Sequence[str] | None = None,
    visits: Sequence[str] | None = None,
    covariance: CovarianceName = "un",
    fallback: Sequence[CovarianceName] = (),
    confidence: float = 0.95,
) -> MmrmResult:
    """Fit means by arm and visit to repeated values, with errors correlated within the patient.

    Parameters
    ----------
    subject, arm, visit
        Of each row, equally long: patient, arm and visit.
    change
        The value of each row, such as the change from baseline; missing ones are left out (valid if missing at random).
    reference
        The arm the others are compared with; without values of it there are means and no differences.
    base
        The baseline of each row, needed unless ``baseline`` is ``"none"``; a row without it is left out.
    baseline
        ``"common"``: one slope; ``"by_visit"``: one a visit; ``"none"``.
    arms, visits
        Their order, with those nobody has; by default as they first appear, sorted.
    covariance
        ``"un"``, ``"csh"``, ``"cs"`` or ``"ar1"`` (visits equally far apart, in their order).
    fallback
        Structures to try in this order where the one before cannot be fitted; stated beforehand. An unstructured matrix
        is then fitted only to four patients a visit more than the arms and the slope: with fewer, its likelihood may
        have several maxima.
    confidence
        Level of the limits.

    Returns
    -------
    MmrmResult
        Arms, visits and cells without values, arms of one patient, and visits of which no slope can be had although
        each is to have its own, are named in ``missing``; the rest is estimated.

    Raises
    ------
    NotEstimable
        ``empty_group``: there is no value. ``n_too_small``: an unstructured matrix does not exist with so
        few patients. ``no_convergence``, ``collinear``, ``zero_variance``: the model cannot be fitted.
    DataError
        The rows have no common form: lengths differ, a patient has two arms or two values at a visit, an arm or visit
        is not among those stated.

    References
    ----------
    Mallinckrodt et al. (2008) Drug Inf J 42:303-319; Kenward & Roger (1997) Biometrics 53:983-997. Agrees with
    nlme::gls after Newton steps to the optimum (gls stops at 1e-5); statsmodels 0.15 has no unstructured matrix with
    degrees of freedom.

    Examples
    --------
    >>> from duonen_stats.methods import mmrm
    >>> subject = [s for s in "abcdefgh" for _ in range(2)]
    >>> arm = ["A"] * 8 + ["B"] * 8
    >>> change = [0.1, 0.4, -0.2, 0.3, 0.5, 0.2, 0.0, -0.4, 1.1, 1.9, 0.7, 1.2, 1.6, 2.2, 0.9, 1.1]
    >>> found = mmrm(subject, arm, ["V1", "V2"] * 8, change, reference="A", baseline="none")
    >>> [(one.visit, round(one.satterthwaite.estimate, 3)) for one in found.differences]
    [('V1', 0.975), ('V2', 1.475)]
    """
    require_confidence(confidence)
    rows, n_missing = _admitted(subject, arm, visit, change, base, baseline)
    rows, flat = _with_slopes(rows) if baseline == "by_visit" else (rows, frozenset())
    all_arms = _order(rows.arm, arms, arm, "arm")
    all_visits = _order(rows.visit, visits, visit, "visit")
    if reference not in all_arms:
        raise DataError(f"The reference arm {reference} is not among the arms {', '.join(all_arms)}.")
    counts = rows.counts()
    missing = (
        *(MissingCell(arm=None, visit=one, reason="no_slope") for one in all_visits if one in flat),
        *_missing(rows, all_arms, [one for one in all_visits if one not in flat], counts),
    )
    present = tuple(one for one in all_visits if any((arm_, one) in counts for arm_ in all_arms))
    cells = [cell for cell in product(all_arms, present) if cell in counts]
    base_at = None if rows.base is None else float(rows.base.mean())
    patients = _patients(rows, cells, present, baseline, base_at)
    used, fit = _fitted(patients, rows, all_arms, present, baseline, (covariance, *fallback))
    small = {one.arm for one in missing if one.reason == "group_too_small"}
    weights = dict(zip(cells, np.eye(len(cells), fit.effects.size), strict=True))
    estimated = [cell for cell in cells if cell[0] not in small]
    return MmrmResult(
        n_subjects=len({*rows.subject}),
        n_obs=rows.y.size,
        n_missing=n_missing,
        covariance=used,
        asked=covariance,
        visits=present,
        matrix=STRUCTURES[used](len(present)).matrix(fit.theta),
        loglik=fit.loglik,
        base_at=base_at,
        means=tuple(
            MmrmMean(
                arm=a,
                visit=v,
                n=counts[a, v],
                satterthwaite=fit.satterthwaite(weights[a, v], confidence),
                kenward_roger=fit.kenward_roger(weights[a, v], confidence),
            )
            for v in present
            for a in all_arms
            if (a, v) in estimated
        ),
        differences=tuple(
            MmrmDifference(
                arm=a,
                reference=reference,
                visit=v,
                satterthwaite=fit.satterthwaite(weights[a, v] - weights[reference, v], confidence),
                kenward_roger=fit.kenward_roger(weights[a, v] - weights[reference, v], confidence),
            )
            for v in present
            for a in all_arms
            if a != reference and (a, v) in estimated and (reference, v) in estimated
        ),
        missing=missing,
        confidence=confidence,
    )


def _admitted(
    subject: Sequence[str],
    arm: Sequence[str],
    visit: Sequence[str],
    change: ArrayLike,
    base: ArrayLike | None,
    baseline: BaselineEffect,
) -> tuple[_Values, int]:
    y = as_vector(change, "change")
    before = None if base is None or baseline == "none" else as_vector(base, "base")
    if before is None and baseline != "none":
        raise DataError('The model has an effect of the baseline; give it, or say baseline="none".')
    lengths = {len(subject), len(arm), len(visit), y.size, y.size if before is None else before.size}
    if len(lengths) > 1:
        raise DataError("Patients, arms, visits, baselines and values must be equally many.")
    kept = ~np.isnan(y)
    if before is not None:
        kept &= ~np.isnan(before)
    places = np.flatnonzero(kept).tolist()
    if not places:
        raise NotEstimable("empty_group", {"all": 0}, "There is no value.")
    rows = _Values(tuple(subject), tuple(arm), tuple(visit), before, y).at(places)
    cells = set(zip(rows.subject, rows.visit, strict=True))
    if len(cells) < len(places):
        raise DataError("A patient has two values at one visit; choose one of them.")
    if len({*zip(rows.subject, rows.arm, strict=True)}) > len({*rows.subject}):
        raise DataError("A patient is in two arms.")
    return rows, y.size - len(places)


def _with_slopes(rows: _Values) -> tuple[_Values, frozenset[str]]:
    """Leave out the visits at which no arm has two patients with different baselines, and name them.

    The mean of each arm takes up what its value there says, so that these values say nothing about the rest.
    """
    if rows.base is None:
        return rows, frozenset()
    of_cell: dict[tuple[str, str], set[float]] = {}
    for arm, visit, base in zip(rows.arm, rows.visit, rows.base, strict=True):
        of_cell.setdefault((arm, visit), set()).add(float(base))
    sloped = {visit for (_, visit), bases in of_cell.items() if len(bases) > 1}
    if not sloped:
        return rows, frozenset()  # nothing would be left: the model is refused as it is
    kept = [place for place, visit in enumerate(rows.visit) if visit in sloped]
    return rows.at(kept), frozenset({*rows.visit} - sloped)


def _order(
    used: Sequence[str], stated: Sequence[str] | None, given: Sequence[str], what: str
) -> tuple[str, ...]:
    names = tuple(stated) if stated is not None else tuple(sorted({*given}))
    unknown = sorted({*used} - {*names})
    if unknown:
        raise DataError(
            f"No {what} {unknown[0]} is among the stated ones ({', '.join(map(str, names))}); add it, or leave it out."
        )
    return names


def _sizes(rows: _Values, arms: Sequence[str]) -> dict[str, int]:
    of = {*zip(rows.subject, rows.arm, strict=True)}
    return {arm: sum(own == arm for _, own in of) for arm in arms}


def _missing(
    rows: _Values, arms: Sequence[str], visits: Sequence[str], counts: Mapping[tuple[str, str], int]
) -> tuple[MissingCell, ...]:
    sizes = _sizes(rows, arms)
    present = [one for one in visits if any((arm, one) in counts for arm in arms)]
    found = [MissingCell(arm=arm, visit=None, reason="empty_group") for arm in arms if not sizes[arm]]
    found += [MissingCell(arm=None, visit=one, reason="empty_visit") for one in visits if one not in present]
    found += [
        MissingCell(arm=arm, visit=one, reason="empty_cell")
        for arm, one in product(arms, present)
        if sizes[arm] and (arm, one) not in counts
    ]
    found += [
        MissingCell(arm=arm, visit=None, reason="group_too_small")
        for arm in arms
        if 0 < sizes[arm] < _SMALLEST_ARM
    ]
    return tuple(found)


def _patients(
    rows: _Values,
    cells: Sequence[tuple[str, str]],
    visits: Sequence[str],
    baseline: BaselineEffect,
    base_at: float | None,
) -> list[Patient]:
    """Build the columns: one a cell, so that its effect is the mean at ``base_at``, and the centred baseline."""
    place_of = {cell: place for place, cell in enumerate(cells)}
    slopes = {"none": 0, "common": 1, "by_visit": len(visits)}[baseline]
    x = np.zeros((rows.y.size, len(cells) + slopes))
    at = np.array([visits.index(one) for one in rows.visit])
    every = np.arange(rows.y.size)
    x[every, [place_of[cell] for cell in zip(rows.arm, rows.visit, strict=True)]] = 1
    if rows.base is not None and base_at is not None:
        x[every, len(cells) + (at if baseline == "by_visit" else 0)] = rows.base - base_at
    by_subject: dict[str, list[int]] = {}
    for place, one in enumerate(rows.subject):
        by_subject.setdefault(one, []).append(place)
    return [
        Patient(rows.y[own], x[own], at[own].astype(float)[:, None])
        for own in (sorted(places, key=lambda place: at[place]) for places in by_subject.values())
    ]


def _fitted(
    patients: Sequence[Patient],
    rows: _Values,
    arms: Sequence[str],
    visits: Sequence[str],
    baseline: BaselineEffect,
    ladder: Sequence[CovarianceName],
) -> tuple[CovarianceName, RemlFit]:
    for place, name in enumerate(ladder):
        try:
            last = place + 1 == len(ladder)
            return name, _fit(patients, rows, arms, visits, baseline, name, 1 if last else _PER_VISIT)
        except NotEstimable as error:
            if place + 1 == len(ladder) or error.reason in {"collinear", "zero_variance"}:
                raise
    raise AssertionError


def _fit(
    patients: Sequence[Patient],
    rows: _Values,
    arms: Sequence[str],
    visits: Sequence[str],
    baseline: BaselineEffect,
    name: CovarianceName,
    per_visit: int,
) -> RemlFit:
    sizes = _sizes(rows, arms)
    free = sum(sizes.values()) - sum(size > 0 for size in sizes.values()) - (baseline != "none")
    needed = per_visit * len(visits)
    if name == "un" and free < needed:
        raise NotEstimable(
            "n_too_small",
            sizes,
            f"An unstructured covariance matrix of {len(visits)} visits needs at least {needed} patients "
            f"more than the arms{' and the slope of the baseline' if baseline != 'none' else ''}.",
        )
    structure = STRUCTURES[name](len(visits))
    fit = fit_reml(patients, structure)
    eigenvalues = np.linalg.eigvalsh(structure.matrix(fit.theta))
    if eigenvalues[0] <= _CONDITION * eigenvalues[-1]:
        raise NotEstimable("no_convergence", sizes, "The covariance matrix runs towards a singular one.")
    return fit
