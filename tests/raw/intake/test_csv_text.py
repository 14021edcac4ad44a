"""Raw tables as CSV: reading them back gives the same tables."""

import pandas as pd

from duonen_stats.raw import read_cut
from duonen_stats.raw.intake.csv_text import raw_csv
from duonen_stats.study.shipped_files import cohort_path


def test_reading_what_was_written_gives_the_same_tables(cut, study, tmp_path):
    for table in study.tables:
        (tmp_path / f"{table.name}.csv").write_bytes(raw_csv(cut.tables[table.name], table))
    again = read_cut(study, tmp_path)
    for name, frame in cut.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], frame)


def test_numbers_are_as_short_as_they_can_be(cut, study):
    first = raw_csv(cut.tables["administrations"], study.table("administrations")).decode().splitlines()
    assert first[:2] == [
        "SUBJID,CYCLE,EXDT,LU177_MBQ,Y90_MBQ,REASON",
        "01-001,T1,2022-02-04,3721,1826,PLANNED",
    ]
    arm_a = next(line for line in first if ",," in line)
    assert arm_a.split(",")[4] == ""


def test_the_shipped_subjects_come_out_byte_for_byte_but_for_trailing_zeros(cut, study):
    shipped = (cohort_path() / "disposition.csv").read_bytes()
    assert raw_csv(cut.tables["disposition"], study.table("disposition")) == shipped


def test_text_with_commas_and_missing_values(study):
    table = study.table("disposition")
    frame = pd.DataFrame(
        {
            "SUBJID": ["1"], "STATUS": ["COMPLETED"], "DSDT": pd.to_datetime([None]), "REASON": [None],
            "DETAIL": ['a, "b"'], "_ROW": [2],
        }
    )  # fmt: skip
    assert raw_csv(frame, table).decode().splitlines()[1] == '1,COMPLETED,,,"a, ""b"""'
