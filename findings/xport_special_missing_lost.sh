#!/usr/bin/env bash
# The reason for a missing value in a SAS transport file (.A to .Z) is lost without a word by pyreadstat and pandas alike.
# pyreadstat's reader of sas7bdat keeps it (user_missing=True); its reader of the format that is sent to authorities has no such option.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check pyreadstat==1.3.7 pandas==2.3.3
FILE="$folder/t.xpt" "$folder/env/bin/python" - <<'PYTHON'
import inspect
import os
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import pyreadstat

path = Path(os.environ["FILE"])
pyreadstat.write_xport(pd.DataFrame({"VALUE": [1.0, float("nan"), 3.0]}), path, table_name="T", file_format_version=5)
# A missing number is its sign and seven zero bytes: the point for missing, a letter for a special missing value.
content = path.read_bytes()
place = content.rindex(b"." + bytes(7))
path.write_bytes(content[:place] + b"A" + content[place + 1 :])
frame, meta = pyreadstat.read_xport(path)
print(f"pyreadstat {version('pyreadstat')}: {frame['VALUE'].tolist()}, missing_user_values {meta.missing_user_values}")
other = pd.read_sas(path, format="xport")
print(f"pandas {version('pandas')}: {other['VALUE'].tolist()}")
assert frame["VALUE"].isna().tolist() == other["VALUE"].isna().tolist() == [False, True, False]
assert meta.missing_user_values == {}
assert "user_missing" in inspect.signature(pyreadstat.read_sas7bdat).parameters
assert "user_missing" not in inspect.signature(pyreadstat.read_xport).parameters
PYTHON
