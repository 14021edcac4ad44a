"""Kinds of corruption of files, columns and cells: what the readers and the dictionary's own checks must name."""

import io
import tempfile
import zipfile
from pathlib import Path

import pandas as pd
import pyreadstat
from spoilt import NotApplicableError, SpoiltCut, cell, fault


def _bytes(cut: SpoiltCut, table: str) -> bytes:
    cut.flush()
    if f"{table}.csv" not in cut.files:
        raise NotApplicableError(table)
    return cut.files[f"{table}.csv"]


def _some_line(cut: SpoiltCut, lines: list[bytes]) -> int:
    if len(lines) < 4:
        raise NotApplicableError("too few lines")
    return cut.random.randrange(2, len(lines) - 1)


def _in_line(cut: SpoiltCut, table: str, change) -> None:
    lines = _bytes(cut, table).split(b"\n")
    place = _some_line(cut, lines)
    lines[place] = change(lines[place])
    cut.files[f"{table}.csv"] = b"\n".join(lines)


def _header(cut: SpoiltCut, table: str, old: bytes, new: bytes) -> None:
    head, _, rest = _bytes(cut, table).partition(b"\n")
    if old not in head.split(b","):
        raise NotApplicableError(table)
    cut.files[f"{table}.csv"] = (
        b",".join(new if name == old else name for name in head.split(b",")) + b"\n" + rest
    )


@fault("the file of a table is missing", "follow_up", "RD-FILE")
def _(cut):
    _bytes(cut, "follow_up")
    del cut.files["follow_up.csv"]


@fault("a table has two files", "disposition", "RD-TWICE")
def _(cut):
    cut.files["DISPOSITION.CSV"] = _bytes(cut, "disposition")


@fault("a file that belongs to no table", "labs", "RD-OTHER", found_in="old labs.csv")
def _(cut):
    cut.files["old labs.csv"] = _bytes(cut, "labs")[:500]


@fault("bytes that are no text", "adverse_events", "RD-ENCODING")
def _(cut):
    content = _bytes(cut, "adverse_events")
    cut.files["adverse_events.csv"] = content[:200] + b"\xff\xfe\x00\x81\xff" + content[200:]


@fault("an empty file", "tumour_assessments", "RD-EMPTY")
def _(cut):
    _bytes(cut, "tumour_assessments")
    cut.files["tumour_assessments.csv"] = b""


@fault("an unclosed quote", "labs", "RD-BROKEN")
def _(cut):
    _in_line(cut, "labs", lambda line: b'"' + line)


@fault("a column name twice", "subjects", "RD-HEADER")
def _(cut):
    _header(cut, "subjects", b"RACE", b"SEX")


@fault("a column without a name", "labs", "RD-UNNAMED")
def _(cut):
    _header(cut, "labs", b"LABORATORY", b"")


@fault("a line with a cell too many", "labs", "RD-RAGGED")
def _(cut):
    _in_line(cut, "labs", lambda line: line + b",extra")


@fault("a line with a cell too few", "dosimetry", "RD-RAGGED")
def _(cut):
    _in_line(cut, "dosimetry", lambda line: line.rpartition(b",")[0])


@fault("a file cut off in the middle of a line", "labs", "RD-RAGGED")
def _(cut):
    lines = _bytes(cut, "labs").split(b"\n")
    place = _some_line(cut, lines)
    cut.files["labs.csv"] = b"\n".join(lines[:place]) + b"\n" + lines[place][:12]


@fault("a line of commas", "administrations", "RD-BLANK")
def _(cut):
    _in_line(cut, "administrations", lambda line: line + b"\n,,,,,")


@fault("a column is missing", "labs", "DD-COLUMN")
def _(cut):
    _header(cut, "labs", b"ULN", b"UPPER LIMIT")


@fault("a key column is missing", "administrations", "DD-COLUMN")
def _(cut):
    _header(cut, "administrations", b"CYCLE", b"COURSE")


@fault("a column nobody knows", "subjects", "DD-UNKNOWN")
def _(cut):
    _header(cut, "subjects", b"DXDUR", b"MONTHS")


cell("a word for a number", "labs", "VALUE", "see report", "DD-TYPE")
cell("a number with a sign", "labs", "VALUE", "<5", "RD-CENSORED")
cell("a half for a whole number", "subjects", "AGE", "61.5", "DD-TYPE")
cell("a date in words", "administrations", "EXDT", "soon", "DD-TYPE")
cell("a date that does not exist", "administrations", "EXDT", "2023-02-30", "DD-TYPE")
cell("a partial date", "labs", "LBDT", lambda row: row["LBDT"][:7], "DD-TYPE")
cell("a date of another century", "tumour_assessments", "ASSESSDT", "1823-05-05", "DD-TYPE")
cell("a code that is none", "subjects", "ARM", "E", "DD-CODE")
cell("a visit that is none", "labs", "VISIT", "V9", "DD-CODE")
cell("an analyte that is none", "labs", "ANALYTE", "TSH", "DD-CODE")
cell("an age that cannot be", "subjects", "AGE", "171", "DD-RANGE")
cell("a negative dose", "dosimetry", "DOSE_GY", "-1.5", "DD-RANGE")
cell("a grade that cannot be", "adverse_events", "GRADE", "7", "DD-RANGE")
cell("a key left empty", "labs", "ANALYTE", "", "DD-MISSING")
cell("a patient left empty", "adverse_events", "SUBJID", "", "DD-MISSING")
cell("an arm left empty", "subjects", "ARM", "", "DD-MISSING")
cell("a date of administration left empty", "administrations", "EXDT", "", "TRT-NODATE")
cell("a dose left empty", "dosimetry", "DOSE_GY", "", "DD-MISSING")
cell("a value left empty", "labs", "VALUE", "", "DD-GAP")
cell("a baseline characteristic left empty", "subjects", "SEX", "", "DD-GAP")
cell("a patient never randomised", "labs", "SUBJID", "99-999", "DD-REFERENCE")
cell("a treated patient never randomised", "administrations", "SUBJID", "99-998", "DD-REFERENCE")


@fault("a row twice", "administrations", "DD-KEY")
def _(cut):
    rows = cut.rows("administrations")
    rows.append(dict(cut.pick("administrations")))


@fault("a patient twice, with another age", "subjects", "DD-KEY")
def _(cut):
    cut.rows("subjects").append({**cut.pick("subjects"), "AGE": "44"})


@fault("a laboratory value twice, with another value", "labs", "DD-KEY")
def _(cut):
    row = cut.pick("labs", lambda row: row["ANALYTE"] == "AST" and row["VALUE"] != "")
    cut.rows("labs").append({**row, "VALUE": f"{float(row['VALUE']) + 1:g}"})


@fault("a table without rows", "disposition", "DD-ROWS")
def _(cut):
    cut.keep("disposition", lambda _: False)


@fault("no adverse events at all", "adverse_events", "DD-NOROWS")
def _(cut):
    cut.keep("adverse_events", lambda _: False)


@fault("two rows about the cut", "data_cut", "DD-ROWS")
def _(cut):
    cut.rows("data_cut").append(dict(cut.rows("data_cut")[0], STUDYID="DUONEN-2"))


cell("a cut of another study", "data_cut", "STUDYID", "NETTER", "CUT-STUDY")
cell("no date of data cut", "data_cut", "CUTDT", "", "DD-MISSING")
cell("records after the data cut", "labs", "LBDT", "2027-01-01", "CUT-DATE")


@fault("a data cut dated too early", "data_cut", "CUT-DATE", found_in="follow_up")
def _(cut):
    cut.rows("data_cut")[0]["CUTDT"] = "2023-06-30"
    if not any(row["LASTDT"] > "2023-06-30" for row in cut.rows("follow_up")):
        raise NotApplicableError("nobody was seen later")


cell(
    "an invisible character in an identifier",
    "follow_up",
    "SUBJID",
    lambda row: row["SUBJID"] + "\u200b",
    "TXT-UNSEEN",
)
cell(
    "a character that reverses the direction of writing",
    "adverse_events",
    "TERM",
    lambda row: "\u202e" + row["TERM"],
    "TXT-UNSEEN",
)
cell("a text over two lines", "adverse_events", "TERM", lambda row: row["TERM"] + "\nsee note", "TXT-LINES")
cell("letters damaged by an encoding", "disposition", "DETAIL", "MdÅ‚oÅ›ci i ból", "TXT-DAMAGED")
cell("a Cyrillic letter in a code", "subjects", "SITEID", "0\u041e1A", "TXT-SCRIPTS")
cell("a formula", "adverse_events", "TERM", '=HYPERLINK("http://example.org","y")', "TXT-FORMULA")


@fault("an identifier in a free text", "disposition", "TXT-IDENTIFIER")
def _(cut):
    cut.pick("disposition")["DETAIL"] = f"see {cut.pick('subjects')['SUBJID']}"


@fault("another spelling of an identifier", "follow_up", "DUP-SUBJECT")
def _(cut):
    row = cut.pick("follow_up", lambda row: "-" in row["SUBJID"])
    row["SUBJID"] = row["SUBJID"].replace("-", " ").replace("0", "O")


@fault("activities with a point between the thousands", "administrations", "RD-AMBIGUOUS")
def _(cut):
    for row in cut.rows("administrations"):
        for column in ("LU177_MBQ", "Y90_MBQ"):
            if len(row[column]) > 3:
                row[column] = f"{row[column][:-3]}.{row[column][-3:]}"


@fault("a date with a month of 13 or more among dates of another order", "labs", "DD-TYPE")
def _(cut):
    rows = cut.rows("labs")
    for row in rows:
        year, month, day = row["LBDT"].split("-")
        row["LBDT"] = f"{day}.{month}.{year}"
    cut.pick("labs")["LBDT"] = "05.16.2023"


def _as_frame(cut: SpoiltCut, table: str) -> pd.DataFrame:
    _bytes(cut, table)
    rows = cut.rows(table)
    return pd.DataFrame([{name: row[name] for name in row if name is not None} for row in rows]).fillna("")


def _instead(cut: SpoiltCut, table: str, ending: str, content: bytes) -> None:
    """Put a file of another format in the place of a table."""
    cut.flush()
    del cut.files[f"{table}.csv"]
    cut.files[f"{table}.{ending}"] = content


@fault("a workbook cut off", "labs", "RD-UNREADABLE")
def _(cut):
    buffer = io.BytesIO()
    _as_frame(cut, "labs").to_excel(buffer, index=False, sheet_name="labs")
    _instead(cut, "labs", "xlsx", buffer.getvalue()[: len(buffer.getvalue()) // 2])


@fault("an SPSS file cut off", "follow_up", "RD-UNREADABLE")
def _(cut):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.sav"
        pyreadstat.write_sav(_as_frame(cut, "follow_up"), path)
        content = path.read_bytes()
    _instead(cut, "follow_up", "sav", content[:100])


@fault("a SAS transport file that is none", "tumour_assessments", "RD-UNREADABLE")
def _(cut):
    _instead(cut, "tumour_assessments", "xpt", cut.random.randbytes(800))


@fault("a Parquet file cut off", "disposition", "RD-UNREADABLE")
def _(cut):
    buffer = io.BytesIO()
    _as_frame(cut, "disposition").to_parquet(buffer)
    _instead(cut, "disposition", "parquet", buffer.getvalue()[:-6])


@fault("an archive in the place of a table", "dosimetry", "RD-ARCHIVE", found_in="dosimetry.zip")
def _(cut):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("dosimetry.csv", _bytes(cut, "dosimetry"))
    _instead(cut, "dosimetry", "zip", buffer.getvalue())


@fault("neither limits of normal nor reference ranges", "labs", "LAB-NOLIMIT")
def _(cut):
    for row in cut.rows("labs"):
        row.update(LLN="", ULN="")
    cut.flush()
    cut.files.pop("reference_ranges.csv", None)


@fault("a value of the mapping file that nobody wrote", "labs", "RD-NOMATCH")
def _(cut):
    _bytes(cut, "labs")
    cut.files["mapping.yaml"] = b"sources: [{source: labs.csv, table: labs, left_out: {ANALYTE: HGBB}}]\n"


cell("midnight written as 24:00", "labs", "LBDT", lambda row: f"{row['LBDT']} 24:00", "DD-TYPE")


@fault("years in a column of months", "subjects", "PAT-MONTHS")
def _(cut):
    for row in cut.rows("subjects"):
        row["DXDUR"] = row["DXDUR"] and f"{float(row['DXDUR']) / 12:.1f}"


def _mapped(cut: SpoiltCut, table: str, *entries: str) -> None:
    _bytes(cut, table)
    every = ", ".join(f"{{table: {table}, {entry}}}" for entry in entries)
    cut.files["mapping.yaml"] = f"sources: [{{source: {table}.csv, tables: [{every}]}}]\n".encode()


@fault("a range for each sex and a patient of unknown sex", "labs", "RD-NOSEX")
def _(cut):
    row = cut.pick("labs", lambda row: row["ANALYTE"] == "HGB" and row["VALUE"] != "")
    cut.one("subjects", row["SUBJID"])["SEX"] = ""
    for other in cut.rows("labs"):
        other.update(LLN="", ULN="")
    row["LLN"] = "M: 13.5-17.5; K: 12.0-15.5"
    _header(cut, "labs", b"LLN", b"RANGE")
    _mapped(cut, "labs", "limits: RANGE, limits_by_sex: {M: M, K: F}")


@fault("a table of a sheet that is not there", "dosimetry", "RD-BLOCK")
def _(cut):
    _mapped(cut, "dosimetry", "block: SUBJID", "block: Doses of the last cycle")


@fault("a remark below one of several tables of a sheet", "dosimetry", "RD-OUTSIDE")
def _(cut):
    cut.files["dosimetry.csv"] = _bytes(cut, "dosimetry") + b"\nchecked by the physicist,,,,\n"
    _mapped(cut, "dosimetry", "block: SUBJID")
