"""No rule takes an imputed date for a recorded one: it finds only what no date of the month or year could mend."""

import pytest

EVENTS, AFTER = "adverse_events", "follow_up"
P1 = {"SUBJID": "P-1"}
# The first administration is on 2023-01-10, the second on 2023-03-07, the last date known alive on 2024-02-04.


def rules(worked):
    """Rules broken, but for the note that says what was imputed."""
    return worked.rules() - {"RD-PARTIAL"}


@pytest.mark.parametrize(
    ("start", "end", "rule"),
    [
        ("2023-01", "2023-01-20", None),
        ("2023-01", "2023-01-05", "AE-EARLY"),  # certainly before treatment
        ("2023", "2023-01", None),
        ("2023-02", "2023-01-20", "AE-DATES"),
        ("2023-02", "2023-01", "AE-DATES"),
        ("2022-12", "2023-01-20", "AE-EARLY"),
        ("UNK", "2023-01-20", None),
        ("UNK", "UNK", None),
    ],
)
def test_order_of_an_event(worked, start, end, rule):
    worked.change(EVENTS, P1, STARTDT=start, ENDDT=end)
    assert rules(worked) == ({rule} if rule else set())


def test_an_event_that_ended_treatment_in_the_month_of_a_cycle(worked):
    """It may have begun after the cycle: a cycle after it is found only if its month was over."""
    worked.change(EVENTS, P1, ACTION="DISCONTINUED", STARTDT="2023-06", ENDDT="")
    worked.change("disposition", P1, STATUS="DISCONTINUED", REASON="ADVERSE_EVENT")
    assert worked.places("AE-TREATED") == []
    worked.change(EVENTS, P1, STARTDT="2023-05")
    assert worked.places("AE-TREATED")


def test_two_events_with_one_imputed_date_are_no_double(worked):
    row = worked.one(EVENTS, **P1)
    row.update(STARTDT="2023-02", ENDDT="2023-02")
    worked.add(EVENTS, **{**row, "AESEQ": "2"})
    assert rules(worked) == set()


def test_death_in_part(worked):
    worked.change(AFTER, {"SUBJID": "P-2"}, STATUS="DEAD", LASTDT="2023-05", DEATHDT="2023-05")
    assert rules(worked) == set()
    worked.change(AFTER, {"SUBJID": "P-2"}, LASTDT="2023-02", DEATHDT="2023-02")
    assert {"FUP-POSTMORTEM"} <= worked.rules()


def test_last_contact_and_another_treatment_in_part(worked):
    worked.change(AFTER, P1, LASTDT="2024-01", NEWTRTDT="2023-06", NEWTRT="Everolimus")
    assert rules(worked) == set()
    worked.change(AFTER, P1, NEWTRTDT="2023-05")
    assert rules(worked) == {"FUP-DURING"}
    worked.change(AFTER, P1, NEWTRTDT="2022-11")
    assert rules(worked) == {"FUP-DURING", "FUP-NEWTREATMENT"}


def test_status_of_treatment_in_part(worked):
    worked.change("disposition", {"SUBJID": "P-2"}, DSDT="2023-03")
    assert rules(worked) == set()
    worked.change("disposition", {"SUBJID": "P-2"}, DSDT="2023-02")
    assert rules(worked) == {"DSP-DATE"}


def test_an_end_of_which_nothing_is_known_is_no_missing_one(worked):
    worked.change(EVENTS, P1, ENDDT="UNK")
    assert rules(worked) == set()
    worked.change(EVENTS, P1, ENDDT="ongoing")
    assert rules(worked) == {"AE-OUTCOME"}  # recovered, and going on


def test_a_part_after_the_data_cut(worked):
    worked.change(EVENTS, P1, ENDDT="2024")
    assert rules(worked) == set()
    worked.change(EVENTS, P1, ENDDT="2025")
    assert rules(worked) == {"CUT-DATE"}
