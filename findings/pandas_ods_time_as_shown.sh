#!/usr/bin/env bash
# pandas reads a time of an OpenDocument sheet from what is on the screen, not from the value: 30 minutes 15 s, shown as "30:15", cannot be read, and 12 minutes 15 s become 12:15 h.
# Shown without its seconds, 08:30:59 is 08:30. Dates, percentages and numbers of the same sheet are taken from their values, and an .xlsx file gives the right time.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check pandas==2.3.3 odfpy==1.4.1 openpyxl==3.1.5
FOLDER="$folder" "$folder/env/bin/python" - <<'PYTHON'
import os
from datetime import time
from importlib.metadata import version
from pathlib import Path

import openpyxl
import pandas as pd
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

folder = Path(os.environ["FOLDER"])


def read_ods(*cells):
    """Write a column of times (value, text on the screen) as LibreOffice does, and read it with pandas."""
    document, sheet = OpenDocumentSpreadsheet(), Table(name="infusion")
    for value, text in cells:
        cell = TableCell(valuetype="time", timevalue=value)
        cell.addElement(P(text=text))
        row = TableRow()
        row.addElement(cell)
        sheet.addElement(row)
    document.spreadsheet.addElement(sheet)
    document.save(folder / "t.ods")
    return pd.read_excel(folder / "t.ods", header=None)[0].tolist()


book = openpyxl.Workbook()
for row, (value, shown) in enumerate(((time(0, 12, 15), "mm:ss"), (time(8, 30, 59), "hh:mm")), 1):
    book.active.cell(row, 1, value).number_format = shown
book.save(folder / "t.xlsx")
from_excel = pd.read_excel(folder / "t.xlsx", header=None)[0].tolist()
from_ods = read_ods(("PT00H12M15S", "12:15"), ("PT08H30M59S", "08:30"))
print("pandas", version("pandas"), "odfpy", version("odfpy"), "openpyxl", version("openpyxl"))
print("12 min 15 s shown as 12:15, 8 h 30 min 59 s shown as 08:30")
print("ods: ", [str(value) for value in from_ods])
print("xlsx:", [str(value) for value in from_excel])
assert from_ods == [time(12, 15), time(8, 30)]
assert from_excel == [time(0, 12, 15), time(8, 30, 59)]
try:
    print("30 min 15 s shown as 30:15:", read_ods(("PT00H30M15S", "30:15")))
except ValueError as error:
    print("30 min 15 s shown as 30:15:", f"{type(error).__name__}: {error}")
else:
    raise AssertionError("30:15 can be read now")
PYTHON
