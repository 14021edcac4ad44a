"""What is kept apart comes back: a cut with every companion column, written and read again in each format."""

import pandas as pd
import pytest

from duonen_stats.commands.convert_cut import KINDS, write_cut
from duonen_stats.raw.cut import read_cut

EVENT, CYCLE = {"SUBJID": "P-1"}, {"SUBJID": "P-1", "CYCLE": "T2"}


def at(visit, analyte="HGB"):
    return {"SUBJID": "P-1", "VISIT": visit, "ANALYTE": analyte}


@pytest.fixture
def kept(worked):
    """A cut with a bound, a word, times, partial dates, an isotope left out and another arm, as it was read."""
    worked.change("labs", at("V1"), VALUE="<12.5", LBTM="07:30")
    worked.change("labs", at("V2"), VALUE="hemoliza")
    worked.change("labs", at("V3"), VALUE="> 20")
    worked.change("adverse_events", EVENT, STARTDT="UN/01/2023", ENDDT="2023")
    worked.change("follow_up", {"SUBJID": "P-2"}, STATUS="DEAD", LASTDT="2023-05", DEATHDT="2023-05")
    worked.change("disposition", {"SUBJID": "P-2"}, DSDT="UNK")
    worked.change("administrations", CYCLE, LU177_MBQ="0", EXDT="")
    worked.change("subjects", {"SUBJID": "P-2"}, ACTARM="C")
    return worked.read()


@pytest.mark.parametrize("kind", [*KINDS])
def test_every_format_gives_it_back(kept, study, tmp_path, kind):
    out = tmp_path / ("cut.xlsx" if kind == "workbook" else "cut")
    write_cut(kept, study, out, kind=kind)
    again = read_cut(study, out)
    for name, frame in kept.tables.items():
        columns = [column for column in frame.columns if column != "_ROW"]
        pd.testing.assert_frame_equal(again.tables[name][columns], frame[columns], obj=f"{name} by {kind}")
    assert {one.rule for one in again.findings} == {"RD-PARTIAL"}
    labs = kept.tables["labs"]
    assert sorted(labs["BOUND"].dropna()) == ["<12.5", ">20"]
    assert labs["REASND"].dropna().tolist() == ["hemoliza"]
