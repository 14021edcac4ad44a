"""The R program beside each report, and what R finds when it is run on one."""

import csv
import io
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from duonen_stats.errors import DataError, OptionError

R_PROGRAM = "verification/recompute.R"
"""Name of the R program within the folder of a report."""
R_SETTINGS = "verification/settings.csv"
"""Name of the file with the decisions of the plan and the facts of the study that the R program reads."""
R_ROWS = "verification_r.csv"
"""Name of the file the R program writes."""
R_COLUMNS = ("analysis_id", "stat", "second", "difference", "engine", "version", "verdict", "reason")

_SOURCE = files("duonen_stats.verification").joinpath("recompute.R")
_TIMEOUT = 900.0
_AGREES, _DIFFERS = 0, 1
_INSTALL = (
    "Install R (Debian: apt-get install r-base-core r-cran-survival; other systems: the installer of CRAN, "
    "which brings the recommended packages), or use the Python engine."
)


@dataclass(frozen=True, slots=True)
class RunInR:
    """What R found: a row for each number of the report, the summary it printed, and whether a number differs.

    ``rows`` have the columns ``R_COLUMNS``, all as text; a number that was not computed is an empty text.
    """

    rows: tuple[dict[str, str], ...]
    text: str
    differs: bool


def r_program() -> bytes:
    """Return the R program as it is copied into the folder of a report.

    Examples
    --------
    >>> r_program().startswith(b"#!/usr/bin/env Rscript")
    True
    """
    return _SOURCE.read_bytes()


def run_r(report: Path, out: Path | None = None, *, timeout: float = _TIMEOUT) -> RunInR:
    """Recompute the numbers of a finished report with R.

    The program that runs is that of this package, not the copy in the folder: what came with a folder is data.

    Parameters
    ----------
    report
        Folder of a report.
    out
        Folder in which R leaves ``verification_r.csv``; if omitted, nothing is left.
    timeout
        Seconds after which R is stopped.

    Returns
    -------
    RunInR
        A row for each number, and whether one differs beyond what is explained.

    Raises
    ------
    DataError
        The folder is no report, holds no datasets, was made by a version that wrote no settings, or R stopped or did
        not finish.
    OptionError
        R or one of its recommended packages is not installed (``engine``).

    Examples
    --------
    >>> run_r(Path("my_report")).differs  # doctest: +SKIP
    False
    """
    report = Path(report)
    _require_report(report)
    program = shutil.which("Rscript")
    if program is None:
        raise OptionError("engine", f"Rscript was not found, so that R cannot be run. {_INSTALL}")
    with tempfile.TemporaryDirectory() as scratch, as_file(_SOURCE) as source:
        target = Path(scratch) if out is None else Path(out)
        (target / R_ROWS).unlink(missing_ok=True)  # an earlier one is not what R finds now
        command = [program, "--vanilla", str(source), str(report.resolve()), str(target.resolve())]
        try:
            done = subprocess.run(  # noqa: S603 - Rscript as found on the path, with a program of this package
                command,
                capture_output=True,
                check=False,
                timeout=timeout,
                env={**os.environ, "LANGUAGE": "en"},
            )
        except subprocess.TimeoutExpired as error:
            raise DataError(
                f"R did not finish within {timeout:g} seconds and was stopped. Run it by itself to see how far it "
                f"comes: Rscript {R_PROGRAM} . in the folder of the report."
            ) from error
        text = done.stdout.decode("utf-8", errors="replace")
        # R also returns 1 where it stops with an error of its own: then it has written nothing.
        if done.returncode not in {_AGREES, _DIFFERS} or not (target / R_ROWS).is_file():
            said = done.stderr.decode("utf-8", errors="replace").strip() or text.strip()
            if "The R package" in said:
                raise OptionError("engine", _last_words(said))
            raise DataError(f"R could not recompute {report}: {_last_words(said)}")
        rows = _rows((target / R_ROWS).read_bytes())
    return RunInR(rows=rows, text=text, differs=done.returncode == _DIFFERS)


def _require_report(report: Path) -> None:
    if not (report / "results.csv").is_file() or not (report / "manifest.json").is_file():
        raise DataError(
            f"{report} is not the folder of a report: it holds no results.csv with a manifest.json. Name the folder "
            "that duonen report wrote."
        )
    if not (report / "datasets" / "adsl.csv").is_file():
        raise DataError(
            f"{report} is a report of aggregates only: it holds no datasets, so that nothing can be recomputed from "
            "it. Verify the report with datasets that it belongs to."
        )
    for path in report.rglob("*"):
        if path.exists() and not path.is_file() and not path.is_dir():
            raise DataError(
                f"{path} is no file but a pipe or a device, and R may wait for it. Make the report again."
            )
    if not (report / R_SETTINGS).is_file():
        raise DataError(
            f"{report} was made by an earlier version: it holds no {R_SETTINGS}, which the R program reads. Make the "
            "report again."
        )


def _last_words(said: str) -> str:
    """Keep the end of what R said, as one line."""
    lines = [
        line.strip() for line in said.splitlines() if line.strip() and line.strip() != "Execution halted"
    ]
    return " ".join(lines[-3:]) or "it stopped without a message."


def _rows(content: bytes) -> tuple[dict[str, str], ...]:
    return tuple(csv.DictReader(io.StringIO(content.decode("utf-8"))))
