import pytest
from patients import contact, cycles, day, make_cut, subject

from duonen_stats import INTERIM, build_datasets
from duonen_stats.datasets.build import accounting
from duonen_stats.results import ids
from duonen_stats.results.analyses.patients.accrual import analyse_accrual


@pytest.fixture(scope="module")
def values(study):
    """Two centres: 1 January to 15 March 2024, seen 10, 40 and 200 days before the cut on day 300; one died."""
    people = [("1", "01", 0, 290), ("2", "01", 14, 260), ("3", "01", 40, 100), ("4", "02", 74, 150)]
    cut = make_cut(
        subjects=[subject(one, SITEID=site, RANDDT=day(on)) for one, site, on, _ in people],
        administrations=[
            row | {"EXDT": day(on + 10)} for one, _, on, _ in people for row in cycles(one, [7400.0])
        ],
        follow_up=[contact(one, seen, died=one == "4") for one, *_, seen in people],
        cut_day=300,
    )
    rows = analyse_accrual(build_datasets(cut, study, INTERIM), study, INTERIM)
    return {row.analysis_id: row for row in rows}


def _stat(values, block, name):
    return values[block.stat(name)].stat


def test_patients_by_month_and_centre_beside_those_planned(values):
    months = [ids.accrual_month(f"2024-{number:02}") for number in range(1, 11)]
    assert [_stat(values, one, "n") for one in months] == [2, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    assert [_stat(values, one, "cumulative") for one in months[:4]] == [2, 3, 4, 4]
    assert [_stat(values, one, "planned") for one in months[:3]] == pytest.approx(
        [92 / 60, 184 / 60, 276 / 60]
    )
    assert _stat(values, ids.accrual_cell("2024-01", "01"), "n") == 2
    assert _stat(values, ids.accrual_cell("2024-01", "02"), "n") == 0
    assert ids.accrual_month("2024-11").stat("n") not in values


def test_how_current_the_data_of_a_centre_are(values):
    first, second = ids.accrual_site("01"), ids.accrual_site("02")
    assert (_stat(values, first, "n"), _stat(values, first, "pct")) == (3, 75)
    assert _stat(values, first, "per_month") == pytest.approx(3 / (301 / (365.25 / 12)))
    assert (_stat(values, first, "days"), _stat(values, first, "not_seen")) == (40, 1)
    assert (_stat(values, second, "days"), _stat(values, second, "not_seen")) == (None, 0)
    assert values[second.stat("days")].note == "no patient alive"


def test_all_who_have_entered_are_counted_and_currency_is_of_the_report(study):
    """Two of the cut, and by the list two more up to the cut: one at a centre of its own, one without a centre."""
    entries = [
        {"SUBJID": one, "SITEID": site, "ENROLDT": day(on)}
        for one, site, on in (
            ("1", "09", 90), ("3", "03", 100), ("4", None, 200), ("5", "01", 40), ("6", "01", 301)
        )
    ]  # fmt: skip
    cut = make_cut(
        subjects=[subject("1", SITEID="01", RANDDT=day(31)), subject("2", SITEID="01", RANDDT=day(60))],
        follow_up=[contact("1", 290), contact("2", 260)],
        enrolment=entries,
        cut_day=300,
    )
    data = build_datasets(cut, study, INTERIM)
    values = {row.analysis_id: row for row in analyse_accrual(data, study, INTERIM)}
    everybody = ids.accrual_all()
    assert [_stat(values, everybody, name) for name in ("n", "in_report", "no_centre")] == [5, 2, 1]
    assert values[everybody.stat("n")].population == "All who have entered"
    first, third = ids.accrual_site("01"), ids.accrual_site("03")
    assert [_stat(values, first, name) for name in ("n", "in_report", "days")] == [3, 2, 25]
    assert _stat(values, first, "pct") == 60
    assert _stat(values, first, "per_month") == pytest.approx(3 / (270 / (365.25 / 12)))  # since day 31
    assert [_stat(values, third, name) for name in ("n", "in_report", "not_seen")] == [1, 0, 0]
    assert values[third.stat("days")].note == "no patient in this report"
    assert ids.accrual_site("09").stat("n") not in values  # of a patient of the cut, its centre counts
    months = [ids.accrual_month(f"2024-{number:02}") for number in range(2, 11)]
    assert [_stat(values, one, "n") for one in months] == [2, 1, 1, 0, 0, 1, 0, 0, 0]
    assert _stat(values, months[-1], "cumulative") == 5
    counts = accounting(cut, data).set_index("table").loc["enrolment"]
    assert counts.to_dict() == {"read": 5, "used": 4, "set_aside": 1}
