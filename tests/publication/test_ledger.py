from collections import Counter
from pathlib import Path

import pytest

from duonen_stats.errors import DataError, DuonenError
from duonen_stats.publication import load_ledger, read_ledger

HEAD = "- where: Table 1\n  kind: result\n  row: t.age\n  quantity: age\n  entries:\n"
GOOD = "  - {id: t.age.A.median, arm: A, stat: median, value: '61.0', of: 20}\n"


def written(path: Path, text: str) -> Path:
    file = path / "ledger.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_shipped_ledger_is_whole():
    ledger = load_ledger()
    assert len(ledger) == 745
    kinds = Counter(entry.kind for entry in ledger)
    assert kinds == {"result": 574, "design": 116, "claim": 46, "figure_alt": 7, "earlier_report": 2}
    assert sum(bool(entry.same_as) for entry in ledger) == 114


def test_it_holds_facts_and_no_judgements():
    text = (Path(read_ledger.__code__.co_filename).parent / "ledger.yaml").read_text(encoding="utf-8")
    assert not [word for word in ("status:", "verdict:", "audit:", "corrected:") if word in text]
    assert all(entry.printed == "" for entry in load_ledger() if not entry.where.startswith("Table"))


def test_blocks_share_what_their_entries_do_not_say(tmp_path):
    own = "  - {id: t.age.B.q1, arm: B, stat: q1, value: '≈60', quantity: age at entry, same_as: t.age.A.median}\n"
    ledger = read_ledger(written(tmp_path, HEAD + GOOD + own))
    first, second = ledger
    assert (first.quantity, first.text, first.decimals, first.of) == ("age", "61.0", 1, 20)
    assert (second.quantity, second.relation, second.row) == ("age at entry", "≈", "t.age")
    assert ledger.original(second) is first
    assert ledger.find("t.age", arm="B", stat="q1") == (second,)
    with pytest.raises(DataError, match="no entry 'x'"):
        ledger.entry("x")


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{id: a, stat: n, value: '1', colour: red}", "a: unknown colour"),
        ("{stat: n, value: '1'}", "without id: missing id"),
        ("{id: a, kind: rumour, value: '1'}", "kind is 'rumour'"),
        ("{id: a, stat: n}", "everything else has a value"),
        ("{id: a, kind: claim, value: '1', states: x}", "a claim has states and no value"),
        ("{id: a, value: many}", "a: 'many' is not a number"),
        ("{id: a, value: '1', same_as: b}", "names the entry b"),
        ("{id: a, value: '1', n_of: nowhere}", "names the row nowhere"),
        ("{id: a, value: '1', same_as: a}", "repeats itself"),
        ("{id: a, kind: claim, states: x, asserts: [{row: t.age}]}", "one of at_most"),
        ("{id: a, kind: claim, states: x, asserts: [{line: t.age}]}", "an assertion has a row"),
        ("{id: t.age.A.median, value: '1'}", "stands 2 times"),
        ("just words", "not a list of fields"),
    ],
)
def test_a_faulty_ledger_is_refused_with_what_is_wrong(tmp_path, entry, message):
    with pytest.raises(DuonenError, match=message):
        read_ledger(written(tmp_path, f"{HEAD}{GOOD}  - {entry}\n"))


@pytest.mark.parametrize(
    ("text", "message"), [("a: 1\n", "not a list"), ("- {where: x}\n", "no list of entries")]
)
def test_a_file_of_another_form_is_refused(tmp_path, text, message):
    with pytest.raises(DataError, match=message):
        read_ledger(written(tmp_path, text))
