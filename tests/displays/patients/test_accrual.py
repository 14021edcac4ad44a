from dataclasses import replace

import pandas as pd
import pytest

from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.display import produce
from duonen_stats.displays.patients.accrual import ACCRUAL_CENTRES, ACCRUAL_MONTHS
from duonen_stats.plan import INTERIM


@pytest.fixture(scope="module")
def tables(datasets, study):
    return {
        one.key: [
            [plain(cell) for cell in row.cells] for row in produce(one, datasets, study, INTERIM).content.rows
        ]
        for one in (ACCRUAL_CENTRES, ACCRUAL_MONTHS)
    }


def test_a_row_for_each_centre_and_all_patients_among_them(tables):
    rows = tables["table_m1"]
    assert [row[0] for row in rows] == ["01", "02", "03", "04"]
    assert sum(int(row[1].split(" ")[0]) for row in rows) == 56
    assert {row[6] for row in rows} == {"none"}  # without the check of the data there is no query


def test_months_add_up_over_centres_and_time(tables):
    rows = [[float(cell) for cell in row[1:]] for row in tables["table_m2"]]
    assert all(sum(row[:4]) == row[4] for row in rows)
    assert rows[-1][5] == 56
    assert [row[5] for row in rows] == [
        sum(one[4] for one in rows[: place + 1]) for place in range(len(rows))
    ]
    assert rows[0][6] == pytest.approx(92 / 60, abs=0.05)


def test_all_who_have_entered_are_told_from_those_in_the_report(datasets, study):
    own = datasets.adsl[["SUBJID", "SITEID", "RANDDT"]].rename(columns={"RANDDT": "ENROLDT"})
    more = pd.DataFrame({"SUBJID": ["A", "B"], "SITEID": ["01", None], "ENROLDT": [own["ENROLDT"].max()] * 2})
    data = replace(datasets, entries=pd.concat([own.astype({"SITEID": object}), more]))
    first, second = (produce(one, data, study, INTERIM) for one in (ACCRUAL_CENTRES, ACCRUAL_MONTHS))
    assert [plain(column.header) for column in first.content.columns][1:5] == [
        "Entered", "Per month", "In this report", "On treatment",
    ]  # fmt: skip
    entered, here = (
        [int(plain(row.cells[place]).split(" ")[0]) for row in first.content.rows] for place in (1, 3)
    )
    assert (sum(entered), sum(here), entered[0] - here[0]) == (57, 56, 1)
    assert plain(second.content.rows[-1].cells[6]) == "58"
    for made in (first, second):
        notes = [plain(note) for note in made.footnotes]
        assert notes[:2] == [
            "Entered so far: 58, of them in this report: 56. The others are known by the table of enrolment alone.",
            "Entered, centre not recorded: 1.",
        ]
        assert not any("others may have entered" in note for note in notes)
