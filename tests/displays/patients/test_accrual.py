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
