import pytest

pytestmark = pytest.mark.worked


def test_cycles_received_partition_the_treated(cells):
    rows = cells("table_s1")
    for column in range(5):
        by_cycles = sum(int(rows[str(cycle)][column].split()[0]) for cycle in range(1, 5))
        assert by_cycles == int(rows["Safety: at least one cycle"][column].split()[0])


def test_reasons_partition_the_discontinued(cells):
    rows = cells("table_s1")
    names = list(rows)
    reasons = names[names.index("Reason for discontinuation") + 1 : -1]
    assert sum(int(rows[name][0].split()[0]) for name in reasons) == int(
        rows["Treatment discontinued"][0].split()[0]
    )


def test_completeness_is_of_the_patients_who_had_the_cycle(cells):
    assert cells("table_s8")["V4"][0] == "48 (100%)"
