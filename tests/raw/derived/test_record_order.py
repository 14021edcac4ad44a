"""Records are numbered by what they hold: any order of the files gives the same numbers and the same datasets."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats import INTERIM, build_datasets, load_study
from duonen_stats.formats.csv_files import dataset_csv, raw_csvs
from duonen_stats.raw.derived.record_order import in_record_order, record_numbers
from duonen_stats.simulated.cut.simulation import simulate_cut

STUDY = load_study()
CUT = simulate_cut(11, patients=12)
ORDERED = in_record_order(CUT, STUDY).tables


def _rearranged(order):
    """The same records, each table in an order of its own, lines counted anew."""
    tables = {
        name: frame.iloc[order(frame)].reset_index(drop=True).assign(_ROW=np.arange(2, len(frame) + 2))
        for name, frame in CUT.tables.items()
    }
    return replace(CUT, tables=tables)


def _shuffled(seed):
    draw = np.random.default_rng(seed)
    return _rearranged(lambda frame: draw.permutation(len(frame)))


def _by_arm():
    arm = CUT.tables["subjects"].set_index("SUBJID")["ARM"]
    return _rearranged(
        lambda frame: (
            np.argsort(frame["SUBJID"].map(arm).fillna("Z"), kind="stable")
            if "SUBJID" in frame
            else slice(None)
        )
    )


def _bytes(data):
    return {name: dataset_csv(frame) for name, frame in data}


@given(st.integers(0, 2**32 - 1))
def test_numbers_do_not_depend_on_the_order_of_a_file(seed):
    numbered = in_record_order(_shuffled(seed), STUDY).tables
    assert numbered.keys() == ORDERED.keys() >= {table.name for table in STUDY.tables}
    for name, expected in ORDERED.items():
        pd.testing.assert_frame_equal(numbered[name], expected)


@pytest.mark.parametrize("other", [_by_arm(), _shuffled(1), _shuffled(2)])
def test_datasets_do_not_depend_on_the_order_of_a_file(other):
    assert _bytes(build_datasets(other, STUDY, INTERIM)) == _bytes(build_datasets(CUT, STUDY, INTERIM))


def test_a_worked_order():
    """By patient, then date, then key; a record without a date comes last, and then what else it holds decides."""
    rows = pd.DataFrame(
        {
            "SUBJID": ["b", "a", "a", "a", "a"],
            "VISIT": ["T1", "V1", "T1", "UNS", "V1"],
            "LBDT": pd.to_datetime(["2024-01-01", "2024-02-01", "2024-01-01", None, "2024-02-01"]),
            "ANALYTE": "HGB",
            "VALUE": [9.0, 12.0, 11.0, 10.0, 8.0],
        }
    )
    assert record_numbers(rows, STUDY.table("labs")).tolist() == [5, 3, 1, 4, 2]


def test_of_two_values_of_one_visit_the_same_stands_in_every_order():
    """The tie that used to go to the later line goes to the later record."""
    labs = CUT.tables["labs"]
    first = labs[labs["VISIT"].eq("V1")].iloc[[0]]
    twin = first.assign(VALUE=first["VALUE"] + 1, _ROW=len(labs) + 2)
    stands = set()
    for pieces in ([labs, twin], [twin, labs]):
        both = pd.concat(pieces, ignore_index=True)
        both = both.assign(_ROW=range(2, len(both) + 2))
        cut = replace(CUT, tables={**CUT.tables, "labs": both})
        adlb = build_datasets(cut, STUDY, INTERIM).adlb
        who = adlb["SUBJID"].eq(first["SUBJID"].item()) & adlb["PARAMCD"].eq(first["ANALYTE"].item())
        stands.add(adlb.loc[who & adlb["AVISIT"].eq("V1") & adlb["ANL01FL"].eq("Y"), "AVAL"].item())
    assert len(stands) == 1


def test_set_aside_records_are_named_by_their_lines():
    labs = CUT.tables["labs"]
    last = labs["_ROW"].iloc[-1]
    unknown = labs.assign(SUBJID=labs["SUBJID"].mask(labs["_ROW"].eq(last), "nobody"))
    aside = build_datasets(replace(CUT, tables={**CUT.tables, "labs": unknown}), STUDY, INTERIM).set_aside
    assert aside.loc[aside["subject"].eq("nobody"), ["table", "row"]].to_numpy().tolist() == [["labs", last]]


def test_the_number_of_a_record_leads_to_its_line_in_the_folder():
    text = raw_csvs(_by_arm(), STUDY)["raw/labs.csv"].decode().splitlines()
    header, row = text[0].split(","), text[1].split(",")
    assert header[-2:] == ["_ROW", "_SEQ"]
    adlb = build_datasets(_by_arm(), STUDY, INTERIM).adlb
    found = adlb[adlb["LBSEQ"].eq(int(row[-1])) & adlb["DTYPE"].isna()].squeeze()
    assert (found["SUBJID"], found["PARAMCD"]) == (row[0], row[header.index("ANALYTE")])
