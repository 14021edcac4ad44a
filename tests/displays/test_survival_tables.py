import pytest

pytestmark = pytest.mark.worked


def test_events_and_censored_add_up_to_the_patients(final_cells, final_results):
    rows = final_cells("table_e2")
    for place, group in enumerate(("BCD", "A", "B", "C", "D")):
        assert int(rows["Events"][place]) + int(rows["Censored"][place]) == final_results.value(
            f"pfs.km.{group}.n"
        )


@pytest.mark.parametrize("key", ["table_e2", "table_e3", "table_e5"])
def test_reasons_add_up_to_the_censored(key, final_cells):
    rows = final_cells(key)
    for place in range(5):
        reasons = sum(int(cells[place]) for name, cells in rows.items() if name.startswith("Censored: "))
        assert reasons == int(rows["Censored"][place])


def test_the_control_is_the_reference_of_every_comparison(final_cells):
    rows = final_cells("table_e2")
    compared = [cells for name, cells in rows.items() if name.startswith("Against arm A: ")]
    assert len(compared) == 5
    assert all(cells[1] == "reference" for cells in compared)
    assert all("reference" not in (cells[0], *cells[2:]) for cells in compared)


def test_both_estimands_are_of_the_same_patients(final_cells):
    policy, other = final_cells("table_e2"), final_cells("table_e3")
    for place in range(5):
        assert int(other["Events"][place]) <= int(policy["Events"][place])


def test_the_primary_comparison_is_named_as_pre_specified(final_shown):
    notes = " ".join(str(note) for note in final_shown["table_e2"].footnotes)
    assert "Pre-specified primary comparison" in notes
    assert "Exploratory analysis" in " ".join(str(note) for note in final_shown["table_e5"].footnotes)
