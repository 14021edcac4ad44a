#!/usr/bin/env bash
# click 8.5 lets a required option be left out if its default is spelled out as None: the command runs with None instead of exit code 2.
# Under click 8.1 the same program refused. Code that shares settings between options (default=None here, required there) loses the check without notice.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/program.py" <<'PYTHON'
import sys
from importlib.metadata import version

import click
from click.testing import CliRunner


def command(**settings):
    @click.command()
    @click.option("--out", required=True, **settings)
    def write(out):
        click.echo(f"out is {out}")

    return CliRunner().invoke(write, [])


without, spelled = command(), command(default=None)
print(f"click {version('click')}: no default: exit {without.exit_code}; default=None: exit {spelled.exit_code}", end=" ")
print(f"({spelled.output.strip().splitlines()[-1]})")
sys.exit(0 if (without.exit_code, spelled.exit_code) == (2, int(sys.argv[1])) else 1)
PYTHON
for pair in 8.1.8:2 8.5.1:0; do
  python3 -m venv --clear "$folder/env"
  "$folder/env/bin/pip" install --quiet --disable-pip-version-check "click==${pair%:*}"
  "$folder/env/bin/python" "$folder/program.py" "${pair#*:}"
done
