"""A made-up publication in a few lines: 'two drugs against a sham, 40 patients', for the checks of a ledger."""

from typing import Any

from duonen_stats.publication.entry import Entry
from duonen_stats.publication.ledger import Ledger, make_entry


def entry(name: str, value: object, **facts: Any) -> Entry:
    """Make an entry; what is not given is a result of Table 9."""
    return make_entry(
        {
            "id": name,
            "where": "Table 9",
            "kind": "result",
            "quantity": "a quantity",
            "value": str(value),
            **facts,
        }
    )


def claim(name: str, states: str, *asserts: dict[str, Any]) -> Entry:
    """Make a claim."""
    facts = {"id": name, "where": "Abstract", "kind": "claim", "quantity": "a claim", "states": states}
    return make_entry({**facts, "asserts": list(asserts)})


def ledger(*entries: Entry) -> Ledger:
    """Put entries together."""
    return Ledger(tuple(entries))


def row(name: str, stat: str, values: dict[str, object], sizes: dict[str, int] | None = None) -> list[Entry]:
    """Make one row of a table: a value for each arm, "all" being the total."""
    of = sizes or {}
    return [
        entry(f"{name}.{arm}.{stat}", value, row=name, arm=arm, stat=stat, **({"of": of[arm]} if of else {}))
        for arm, value in values.items()
    ]


def counted(name: str, arm: str, n: int, of: int, pct: str, **facts: Any) -> list[Entry]:
    """Make a count and its percentage."""
    shared = {"row": name, "arm": arm, "of": of, **facts}
    return [
        entry(f"{name}.{arm}.n", n, stat="n", **shared),
        entry(f"{name}.{arm}.pct", pct, stat="pct", **shared),
    ]
