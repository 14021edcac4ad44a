"""Verify a finished report by another engine: Python's libraries, or R."""

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from duonen_stats.displays.model.format import lower_first
from duonen_stats.errors import DuonenError, OptionError
from duonen_stats.folder.output_place import require_file
from duonen_stats.folder.provenance import definitions
from duonen_stats.folder.write import write_file
from duonen_stats.report.compose import Analysed
from duonen_stats.report.data_files import record_files, source_files
from duonen_stats.report.verification_page import Checked
from duonen_stats.study import load_study
from duonen_stats.verification.r_engine import R_ROWS, run_r
from duonen_stats.verification.report_folder import MANIFEST, read_manifest
from duonen_stats.verification.second_numbers import NOT_COVERED
from duonen_stats.verification.second_process import SecondProcess, verify_in_process
from duonen_stats.verification.verdicts import VERIFICATION

Engine = Literal["python", "r"]
LIBRARIES = ("lifelines", "statsmodels")
"""The libraries of the second engine, which an installation may be without."""
_BLINDED = "a blinded report holds no raw records of patients to compute its numbers from"
_AGGREGATE = "a report of aggregates holds no records of patients to compute its numbers from"
_BY_R = "The program verification/recompute.R in its folder computes them in R, from the datasets."
_INSTALL = "pip install 'lifelines>=0.30.3' 'statsmodels>=0.15'"


@dataclass(frozen=True, slots=True)
class Verified:
    """What an engine found: whether every number passed, and its words for a terminal."""

    passed: bool
    text: str


def verify_report(report: Path, *, engine: Engine = "python", out: Path | None = None) -> Verified:
    """Compute the numbers of a finished report again, and compare.

    Parameters
    ----------
    report
        Folder that ``duonen report`` wrote.
    engine
        ``"python"``: pandas, scipy, statsmodels and lifelines; ``"r"``: R with its package survival.
    out
        Folder to write ``verification.csv`` into (``verification_r.csv`` by R); nothing is written if omitted.

    Raises
    ------
    OptionError
        ``report`` is no report, the engine is not installed, or the outcome cannot be written to ``out``, which is
        found before the work begins.
    DataError
        A file of the report is damaged or missing.

    Examples
    --------
    >>> verify_report(Path("no such folder"))
    Traceback (most recent call last):
        ...
    duonen_stats.errors.OptionError: no such folder is not a report: it has no manifest.json. ...
    """
    manifest = read_manifest(report)
    if out is not None:
        require_file(out / (R_ROWS if engine == "r" else VERIFICATION), "verification", _is_outcome)
    if engine == "r":
        with TemporaryDirectory() as scratch:  # R writes a file line by line, and out shall hold a whole one
            found = run_r(report, Path(scratch))
            if out is not None:
                write_file(out / R_ROWS, (Path(scratch) / R_ROWS).read_bytes())
        return Verified(not found.differs, found.text)
    missing = missing_libraries()
    if missing:
        raise OptionError("engine", f"The second engine needs {' and '.join(missing)}: {_INSTALL}.")
    verification = verify_in_process(report, other_definitions(manifest.get("definitions", {})))
    if out is not None:
        write_file(out / VERIFICATION, verification.csv())  # whole or not at all
    return Verified(verification.passed, verification.text())


def _is_outcome(content: bytes) -> bool:
    return b"analysis_id" in content.split(b"\n", 1)[0]


def missing_libraries() -> tuple[str, ...]:
    """Name the libraries of the second engine that are not installed."""
    return tuple(name for name in LIBRARIES if importlib.util.find_spec(name) is None)


def second_engine(
    stack: ExitStack, *, asked: bool, blinded: bool = False, aggregate: bool = False
) -> tuple[SecondProcess | None, Checked]:
    """Start the second engine beside a report that is being made, or say why there is none.

    It computes from the raw records of patients, which a blinded report and one of aggregates do not hold.

    Parameters
    ----------
    stack
        Ends the process.
    asked
        Whether the report is to be verified.
    blinded, aggregate
        Whether the report is a blinded dry run, or holds nothing of single patients.

    Returns
    -------
    tuple
        The process, if there is one; and what the report says if there is none.

    Examples
    --------
    >>> with ExitStack() as stack:
    ...     engine, otherwise = second_engine(stack, asked=False)
    >>> engine, otherwise.why_not
    (None, 'the report was made without verification')
    """
    if aggregate:
        return None, Checked(why_not=_AGGREGATE, later="")
    if blinded:
        return None, Checked(why_not=_BLINDED, later=_BY_R)
    if not asked:
        return None, Checked()
    missing = missing_libraries()
    if missing:
        return None, Checked(why_not=f"the second engine is not installed ({' and '.join(missing)} missing)")
    return stack.enter_context(SecondProcess()), Checked()


@dataclass(slots=True)
class EngineBeside:
    """A second engine that computes while the first does, from what the report will hold, and compares when it is done.

    ``manifest_of`` gives the manifest of a report with some files.
    """

    process: SecondProcess | None
    manifest_of: Callable[[Analysed, Mapping[str, bytes]], bytes]
    sources: Mapping[str, bytes] = field(default_factory=dict)

    def begin(self, made: Analysed) -> None:
        """Let the second engine start, before the results are computed."""
        if self.process is not None:
            self.sources = source_files(made)
            files = {**self.sources, MANIFEST: self.manifest_of(made, self.sources)}
            self.process.start_on_files(files, other_definitions(definitions(made.study)))

    def records(self, analysed: Analysed) -> dict[str, bytes]:
        """Write the records of the report, and let the second engine compare."""
        records = record_files(analysed, self.sources or None)
        if self.process is not None:
            new = {name: content for name, content in records.items() if name not in self.sources}
            self.process.compare_with({**new, MANIFEST: self.manifest_of(analysed, records)})
        return records


def outcome(engine: SecondProcess | None, otherwise: Checked) -> Checked:
    """Wait for what the second engine found; one that stops costs no report, but the run does not pass.

    Where it has none of the numbers, the reason is what the report says: 0 of so many would read like a result.
    """
    if engine is None:
        return otherwise
    try:
        found = engine.verification()
    except DuonenError as fault:
        return Checked(why_not=lower_first(str(fault)).rstrip("."), stopped=True)
    reasons = found.reasons(NOT_COVERED)
    if found.counts[NOT_COVERED] == len(found.compared) and len(reasons) == 1:
        return Checked(why_not=str(reasons.index[0]), later=_BY_R)
    return Checked(found=found)


def other_definitions(stated: Mapping[str, str]) -> Sequence[str]:
    """Name the entities of the data dictionary that a report had otherwise than this package has them.

    Parameters
    ----------
    stated
        SHA-256 of each entity, as the manifest has them.

    Examples
    --------
    >>> own = definitions(load_study())
    >>> other_definitions(dict(own)), other_definitions(dict(own) | {"arms.A": "another"})
    ((), ('arms.A',))
    """
    own = definitions(load_study())
    return tuple(sorted(name for name in {*own, *stated} if own.get(name) != stated.get(name)))
