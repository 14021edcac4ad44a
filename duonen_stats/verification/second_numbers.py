"""Numbers of the second engine by their ids, and what each says of the first engine's number."""

import io
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import quote

import pandas as pd

AGREES, EXPLAINED, DIFFERS, NOT_COVERED = "agrees", "explained", "differs", "not covered"
VERDICTS = (AGREES, EXPLAINED, DIFFERS, NOT_COVERED)
COLUMNS = ("analysis_id", "stat", "second", "difference", "engine", "version", "verdict", "reason")

WITHHELD = "pooled only in an open session"
"""The note of a row whose number is there, but may not be shown: nor may the second engine's be. Elsewhere than in an
open session no row has it."""

RELATIVE, ABSOLUTE = 1e-8, 1e-9
"""Two numbers are the same if they differ by less, relative to the larger or in itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondNumber:
    """What the second engine found.

    Parameters
    ----------
    value
        The number; NaN where the second engine has found that there is none.
    engine
        The library it is by: ``"pandas"``, ``"lifelines"`` and so on.
    tolerance
        How far, relative to the larger, two numbers may be apart: more than ``RELATIVE`` only for what is iterated or
        integrated.
    scale
        Size of what the number is a part of, such as the half-width of an interval: a limit near 0 has no digits of its
        own to compare.
    assumes
        Words that the first engine's method has to have, such as the covariance matrix that was fitted; else it did
        something else, which this number says nothing of.
    by_convention, convention
        The number under another convention, and its name: where this is the first engine's number, and ``value`` is
        not, the difference is explained.
    """

    value: float
    engine: str
    tolerance: float = RELATIVE
    scale: float = 0.0
    assumes: str = ""
    by_convention: float | None = None
    convention: str = ""


class SecondNumbers:
    """Numbers by id. One without a value is not kept: it says nothing of the first engine's.

    Examples
    --------
    >>> found = SecondNumbers()
    >>> found.add("table1.age.all.mean", 61.0, "pandas")
    >>> found.add("table1.age.all.sd", float("nan"), "pandas")
    >>> [*found.by_id]
    ['table1.age.all.mean']
    """

    def __init__(self) -> None:
        self.by_id: dict[str, SecondNumber] = {}

    def add(
        self,
        analysis_id: str,
        value: float | None,
        engine: str,
        *,
        tolerance: float = RELATIVE,
        scale: float = 0.0,
        assumes: str = "",
        by_convention: float | None = None,
        convention: str = "",
    ) -> None:
        """Keep a number, unless there is none; a second one of the same id is a fault of this program."""
        if value is None or not math.isfinite(value):
            return
        if analysis_id in self.by_id:
            raise ValueError(f"two second numbers have the id {analysis_id}")
        self.by_id[analysis_id] = SecondNumber(
            value=float(value),
            engine=engine,
            tolerance=tolerance,
            scale=scale,
            assumes=assumes,
            by_convention=by_convention,
            convention=convention,
        )

    def add_none(self, analysis_id: str, engine: str) -> None:
        """Keep that there is no number, as of a median that is not reached: one in the report differs.

        Examples
        --------
        >>> found = SecondNumbers()
        >>> found.add_none("pfs.km.A.median", "lifelines")
        >>> found.by_id["pfs.km.A.median"].value
        nan
        """
        if analysis_id in self.by_id:
            raise ValueError(f"two second numbers have the id {analysis_id}")
        self.by_id[analysis_id] = SecondNumber(value=math.nan, engine=engine)


def in_id(code: str) -> str:
    """Write a code of the data as one part of an id: what is neither letter, digit, ``-`` nor ``_`` is escaped.

    Examples
    --------
    >>> in_id("liver metastases Y"), in_id("1.2")
    ('liver%20metastases%20Y', '1%2E2')
    """
    return quote(code, safe="").replace(".", "%2E").replace("~", "%7E")


def same(one: float, other: float, tolerance: float = RELATIVE, scale: float = 0.0) -> bool:
    """Say whether two numbers are the same but for arithmetic, relative to the larger or to ``scale``.

    Examples
    --------
    >>> same(0.1 + 0.2, 0.3), same(0.3, 0.3001)
    (True, False)
    """
    return math.isclose(one, other, rel_tol=tolerance, abs_tol=max(ABSOLUTE, tolerance * scale))


def compare_numbers(
    results: pd.DataFrame,
    second: Mapping[str, SecondNumber],
    why_not: Callable[[str, str], str],
    *,
    open_session: bool = False,
) -> pd.DataFrame:
    """Set the second number of every numeric row beside the first.

    Parameters
    ----------
    results
        Rows of the results table, with ``analysis_id``, ``stat``, ``method`` and ``note``.
    second
        Numbers of the second engine, by id.
    why_not
        Says of an id that has none, and of the method of its row, why not.
    open_session
        Whether the report is of an open session, which alone withholds numbers.

    Returns
    -------
    pandas.DataFrame
        With ``COLUMNS``, a row per number, in the order of ``results``; and one for each row that has a reason instead
        of a number where the second engine has a number: it differs, with that reason. A number that an
        open session withholds has no row.

    Examples
    --------
    >>> rows = pd.DataFrame({"analysis_id": ["a.n", "b.p", "c.p"], "stat": [3.0, 0.5, None], "method": "",
    ...                      "note": ["", "", "nobody was seen"]})
    >>> found = {name: SecondNumber(value=3.0, engine="pandas") for name in ("a.n", "c.p")}
    >>> [*compare_numbers(rows, found, lambda name, method: "no second engine has it")["verdict"]]
    ['agrees', 'not covered', 'differs']
    """
    versions = engine_versions(one.engine for one in second.values())
    rows: list[tuple[object, ...]] = []
    columns = (results[name] for name in ("analysis_id", "stat", "method", "note"))
    for name, stat, method, note in zip(*columns, strict=True):
        found = second.get(name)
        if pd.isna(stat):
            # Where nothing could be fitted no method has been chosen that the second engine's number could assume.
            if (
                found is not None
                and not math.isnan(found.value)
                and not (open_session and note == WITHHELD)
                and (pd.isna(method) or found.assumes in str(method) or not method)
            ):
                why = f"the report has no number here: {note}"
                engine = (found.engine, versions[found.engine])
                rows.append((name, None, found.value, None, *engine, DIFFERS, why))
        elif found is None:
            rows.append((name, stat, None, None, "", "", NOT_COVERED, why_not(name, str(method or ""))))
        elif math.isnan(found.value):
            engine = (found.engine, versions[found.engine])
            rows.append((name, stat, None, None, *engine, DIFFERS, f"{found.engine} finds no number here"))
        elif found.assumes not in str(method or ""):
            why = f"the second engine has this only with {found.assumes}; here the method is: {method}"
            rows.append((name, stat, None, None, "", "", NOT_COVERED, why))
        else:
            verdict, why = _verdict(stat, found)
            engine = (found.engine, versions[found.engine])
            rows.append((name, stat, found.value, found.value - stat, *engine, verdict, why))
    kinds = {"stat": "float64", "second": "float64", "difference": "float64"}
    return pd.DataFrame(rows, columns=[*COLUMNS]).astype(kinds)


def _verdict(stat: float, found: SecondNumber) -> tuple[str, str]:
    if same(stat, found.value, found.tolerance, found.scale):
        return AGREES, ""
    other = found.by_convention
    if other is not None and same(stat, other, found.tolerance, found.scale):
        return EXPLAINED, found.convention
    return DIFFERS, f"{found.engine} gives {found.value!r}"


def engine_versions(engines: Iterable[str]) -> dict[str, str]:
    """Find the installed version of each engine; empty where it is no package."""
    found = {}
    for name in sorted(set(engines)):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return found


def comparison_csv(compared: pd.DataFrame) -> bytes:
    """Write a comparison as CSV: numbers unrounded, as the results table has them."""
    out = io.StringIO()
    compared.to_csv(out, index=False, lineterminator="\n")
    return out.getvalue().encode()
