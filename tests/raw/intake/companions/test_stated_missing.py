"""Tests of what a mapping file states as missing: of the file, a source, a table or a column, or by a code."""

import pytest

from duonen_stats.errors import DataError
from duonen_stats.raw.cut import read_cut
from duonen_stats.raw.intake.mapping_file import read_mapping

LABS, DISPOSITION = "labs", "disposition"


def mapped(worked, text, study):
    """The worked cut, read with a mapping file."""
    worked.read()
    (worked.folder / "mapping.yaml").write_text(text, encoding="utf-8")
    return read_cut(study, worked.folder)


def notes(cut, rule="RD-MISSING"):
    return [one.message for one in cut.findings if one.rule == rule]


@pytest.mark.parametrize(
    "text",
    [
        "missing: {-999: not done}",
        "missing: [-999]",
        "missing: -999",
        "sources: [{source: labs, table: labs, missing: {-999: not done}}]",
        "sources: [{source: labs, table: labs, missing_in: {ULN: [-999], VALUE: -999}}]",
        "sources: [{source: labs, tables: [{table: labs, missing: [-999]}]}]",
    ],
)
def test_a_code_is_stated_for_the_file_a_source_or_a_column(worked, study, text):
    worked.change(LABS, {"SUBJID": "P-1", "VISIT": "V1", "ANALYTE": "HGB"}, VALUE="-999")
    worked.change(LABS, {"SUBJID": "P-1", "VISIT": "V2", "ANALYTE": "HGB"}, ULN="-999.0")
    cut = mapped(worked, text, study)
    labs = cut.tables[LABS].set_index(["SUBJID", "VISIT", "ANALYTE"])
    assert labs.loc[("P-1", "V1", "HGB"), ["VALUE", "REASND"]].tolist()[1] == "-999"
    assert labs["VALUE"].isna().sum() == labs["ULN"].isna().sum() == 1
    assert len(notes(cut)) == len(notes(cut, "RD-NORESULT")) == 1
    assert ("(not done)" in notes(cut)[0]) == ("not done" in text)


def test_the_reason_of_the_source_holds_before_that_of_the_file(worked, study):
    worked.change(DISPOSITION, {"SUBJID": "P-1"}, REASON="NAV")
    own = "{source: disposition, table: disposition, missing: {NAV: of the source}}"
    text = f"missing: {{NAV: of the file}}\nsources: [{own}]"
    cut = mapped(worked, text, study)
    assert "(of the source)" in notes(cut)[0]
    assert cut.tables[DISPOSITION]["REASON"].isna().iloc[0]


def test_other_codes_of_a_column_are_still_translated(worked, study):
    worked.change(DISPOSITION, {"SUBJID": "P-1"}, REASON="NA")
    worked.change(DISPOSITION, {"SUBJID": "P-2"}, REASON="prog")
    text = (
        "sources: [{source: disposition, table: disposition, codes: {REASON: {'NA': '', prog: PROGRESSION}}}]"
    )
    cut = mapped(worked, text, study)
    assert [one if isinstance(one, str) else None for one in cut.tables[DISPOSITION]["REASON"]] == [
        None,
        "PROGRESSION",
    ]
    assert [one for one in cut.findings if one.severity == "error"] == []
    assert any("codes of the mapping file: REASON 2" in one.conversions for one in cut.files)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("missing: {No: x}", "for truth values"),
        ("missing: [[1]]", "missing"),
        (
            "sources: [{source: labs, table: labs, missing_in: {VALU: [0]}}]",
            "no column 'VALU' in the table labs",
        ),
        ("sources: [{source: labs, table: labs, missing_in: [0]}]", "missing_in"),
    ],
)
def test_faults_of_what_is_stated(tmp_path, study, text, fault):
    path = tmp_path / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=fault):
        read_mapping(path, study)
