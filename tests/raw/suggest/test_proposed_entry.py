from duonen_stats.raw.suggest.proposed_entry import CONFIRM, ProposedEntry


def test_what_is_proposed_for_one_table_says_nothing_of_another():
    first, second = (ProposedEntry(source="s.xlsx", sheet=None, table=name) for name in ("labs", "subjects"))
    first.fields["decimal"] = "comma"
    first.notes["decimal", ""] = CONFIRM
    first.unknown.setdefault("SEX", []).append("?")
    first.used.add("Pacjent")
    assert (second.fields, second.notes, second.unknown, second.used) == ({}, {}, {}, set())
