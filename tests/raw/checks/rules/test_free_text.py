import pytest

EVENTS = "adverse_events"


def _event(worked, text):
    worked.change(EVENTS, {"SUBJID": "P-1"}, TERM=text)
    return lambda rule: worked.places(rule) == [(EVENTS, 2, "TERM", "P-1")]


@pytest.mark.parametrize("sign", ["\u202e", "\u200b", "\x07", "\u2066", "\ufeff"])
def test_signs_that_cannot_be_seen(worked, sign):
    assert _event(worked, f"Nau{sign}sea")("TXT-UNSEEN")


def test_a_text_over_several_lines(worked):
    assert _event(worked, "Nausea\nand more")("TXT-LINES")


@pytest.mark.parametrize("text", ["Md\u0142o\ufffdci", "MdÅ‚oÅ›ci", "NudnoÃ³Å"])
def test_damaged_letters(worked, text):
    assert _event(worked, text)("TXT-DAMAGED")


@pytest.mark.parametrize("text", ["Mdłości, ból żołądka", "Übelkeit", "Ångström", "Ärzte µmol", "Âge"])
def test_polish_and_other_letters_are_no_fault(worked, text):
    worked.change(EVENTS, {"SUBJID": "P-1"}, TERM=text)
    assert worked.findings() == ()


def test_letters_of_two_alphabets(worked):
    assert _event(worked, "N\u0430usea")("TXT-SCRIPTS")  # a Cyrillic a
    assert _event(worked, "0\u041e1A")("TXT-SCRIPTS")  # a Cyrillic O
    worked.change(EVENTS, {"SUBJID": "P-1"}, TERM="TGF\u03b2, 5\u00b5mol")
    assert worked.places("TXT-SCRIPTS") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [("=1+1", True), ("@SUM(A1)", True), ("-2.5", False), ("+12%", False), ("a=b", False), ("---", False)],
)
def test_formulas(worked, text, found):
    assert _event(worked, text)("TXT-FORMULA") is found


def test_the_identifier_of_a_patient_in_a_free_text(worked):
    for table in worked.tables.values():
        for row in table:
            if row.get("SUBJID") == "P-2":
                row["SUBJID"] = "02-017"
    worked.change("disposition", {"SUBJID": "P-1"}, DETAIL="as for 02-017, see there")
    (found,) = [one for one in worked.findings() if one.rule == "TXT-IDENTIFIER"]
    assert (found.row, found.column, found.subject) == (2, "DETAIL", "P-1")
    assert "02-017" not in found.message
