"""Run pytest many times in children of one process that has the libraries already: for ``mutants.py``.

A line of JSON on the standard input is a job: ``folder``, ``path``, ``arguments``, ``settings`` (the environment),
``log`` and ``seconds``, the longest time. Its answer is a line with the exit code, or ``hangs``. The package itself
is imported by each child, so that each meets its own mutant.
"""

import gc
import importlib
import json
import os
import signal
import sys
import time

import matplotlib as mpl
import pytest

LIBRARIES = (
    *(
        "numpy",
        "pandas",
        "scipy.stats",
        "scipy.optimize",
        "scipy.special",
        "seaborn",
        "statsmodels.api",
        "lifelines",
    ),
    *(
        "matplotlib.backends.backend_svg",
        "hypothesis",
        "jinja2",
        "yaml",
        "pandera",
        "click.testing",
        "rich.console",
    ),
    *("docx", "lxml.etree", "typst", "openpyxl", "pyarrow"),
)


def _child(job: dict) -> None:
    os.setsid()
    sys.stdin.close()
    log = os.open(job["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.chdir(job["folder"])
    os.environ.clear()
    os.environ.update(job["settings"])
    sys.path[:0] = job["path"]
    sys.dont_write_bytecode = True
    code = 99
    try:
        code = int(pytest.main(job["arguments"]))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    """Answer jobs until the input ends."""
    mpl.use("Agg")
    for name in LIBRARIES:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # a child then copies no page of these objects by looking at them
    for line in sys.stdin:
        job = json.loads(line)
        start = time.monotonic()
        child = os.fork()
        if child == 0:
            _child(job)
        code: int | str = "hangs"
        while time.monotonic() - start < job["seconds"]:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                code = os.waitstatus_to_exitcode(status)
                break
            time.sleep(0.05)
        else:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
        print(json.dumps({"code": code}), flush=True)


if __name__ == "__main__":
    main()
