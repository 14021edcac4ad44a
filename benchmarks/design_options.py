"""Random option sets of ``duonen design``: no traceback in many, no contradiction of text, JSON and report in some.

Each set is run in this process with few simulated trials. Of those that have an answer, the first ``--compared`` are
also written as JSON and as a report, and compared number by number. Prints the outcomes by command; exits 1 if anything
was found. The sets depend on ``--seed`` alone.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from design_option_sets import contradictions, option_sets, outcome


def main() -> int:
    """Run the option sets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=2000)
    parser.add_argument("--compared", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    started, counts, found, compared = time.monotonic(), Counter(), 0, 0
    for args in option_sets(given.sets, given.seed):
        seen = outcome(args)
        counts[args[0], seen.code] += 1
        faults = list(seen.faults)
        if seen.code == 0 and compared < given.compared:
            compared += 1
            with tempfile.TemporaryDirectory() as folder:
                faults += contradictions(args, Path(folder) / "report")
        if faults:
            found += 1
            print("duonen design", *args)
            for fault in faults[:5]:
                print("   ", fault)
    print("command             answered   no answer   wrong usage")
    for command in sorted({name for name, _ in counts}):
        print(f"{command:<18}", *(f"{counts[command, code]:>10}" for code in (0, 1, 2)))
    seconds = time.monotonic() - started
    print(
        f"{given.sets} option sets, {compared} compared in text, JSON and report, {found} with a fault, {seconds:.0f} s"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
