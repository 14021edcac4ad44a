"""The second engine in a process of its own: beside the drawing of a report, and apart from the first engine."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pandas as pd

from duonen_stats.errors import DataError, OptionError
from duonen_stats.verification.verdicts import Verification

# -P: without it, a Python that runs a text looks for modules in the working folder first, which may hold data. The
# process looks where this one does.
_PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from duonen_stats.verification.engine import answer; answer(sys.stdin, sys.stdout)"
)
# As the first engine (``run_analysis``): a core of its own is all it has, and its last digits do not depend on more.
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "VECLIB_MAXIMUM_THREADS": "1"}
_KINDS = {"DataError": DataError, "OptionError": OptionError}


class SecondProcess:
    """A process that has loaded the second engine and waits for a folder.

    Start it early: its libraries are then loaded before it is needed. It ends with the ``with`` block, whatever
    happens.

    Examples
    --------
    >>> with SecondProcess() as process:
    ...     process.start_on(Path("no such folder"))
    ...     process.verification()
    Traceback (most recent call last):
        ...
    duonen_stats.errors.OptionError: no such folder is not a report: it has no manifest.json. ...
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - this Python, with a program of this package
            [sys.executable, "-P", "-c", _PROGRAM, json.dumps(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, **_ONE_THREAD},
        )
        self._scratch: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process, if it still runs, and remove what it was given."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()
        if self._scratch is not None:
            self._scratch.cleanup()

    def start_on(self, folder: Path, other_definitions: Sequence[str] = ()) -> None:
        """Give the process which report to verify; it goes on while this one does."""
        self._say({"folder": str(folder), "other_definitions": [*other_definitions]}, last=True)

    def start_on_files(self, files: Mapping[str, bytes], other_definitions: Sequence[str] = ()) -> None:
        """Give the process the files of a report that is being made, all but the results: it computes without them."""
        self._scratch = tempfile.TemporaryDirectory(prefix="duonen-")
        folder = self._write(files)
        said = {"folder": str(folder), "other_definitions": [*other_definitions], "results_follow": True}
        self._say(said, last=False)

    def compare_with(self, files: Mapping[str, bytes]) -> None:
        """Give the process the results, and the manifest that knows of them, after :meth:`start_on_files`."""
        self._say({"written_to": str(self._write(files))}, last=True)

    def _write(self, files: Mapping[str, bytes]) -> Path:
        if self._scratch is None:
            raise ValueError("the process was given no files to compute from")
        folder = Path(self._scratch.name)
        for name, content in files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            whole = file.with_name(f"{file.name}.part")  # the process may be reading the manifest of before
            whole.write_bytes(content)
            whole.replace(file)
        return folder

    def _say(self, words: Mapping[str, object], *, last: bool) -> None:
        if self._process.stdin is None:
            return
        try:
            self._process.stdin.write(json.dumps(words) + "\n")
            self._process.stdin.flush()
            if last:
                self._process.stdin.close()
        except BrokenPipeError:
            return  # it has stopped: verification() says why
        if last:
            self._process.stdin = None

    def verification(self) -> Verification:
        """Wait for the answer.

        Raises
        ------
        OptionError, DataError
            The folder is no report, or a file of it is damaged, or the process stopped.
        """
        said, wrong = self._process.communicate()
        try:
            answer = json.loads(said)
        except ValueError as fault:
            last = wrong.strip().splitlines()[-1:] or ["without a word"]
            raise DataError(f"The second engine stopped: {last[0]}.") from fault
        if "error" in answer:
            kind = _KINDS[answer["kind"]]
            raise (
                OptionError("report", answer["error"]) if kind is OptionError else DataError(answer["error"])
            )
        compared = pd.DataFrame(answer["rows"], columns=answer["columns"])
        numbers = dict.fromkeys(("stat", "second", "difference"), "float64")
        return Verification(compared=compared.astype(numbers), altered=tuple(answer["altered"]))


def verify_in_process(folder: Path, other_definitions: Sequence[str] = ()) -> Verification:
    """Verify a finished report in a process of its own.

    Raises
    ------
    OptionError, DataError
        The folder is no report, or a file of it is damaged.
    """
    with SecondProcess() as process:
        process.start_on(folder, other_definitions)
        return process.verification()
