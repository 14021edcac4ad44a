"""Tables as shown. A changed snapshot is a changed report: renew it with ``DUONEN_SNAPSHOTS=renew`` and name why."""

import os
from pathlib import Path

import pytest

from duonen_stats.displays.catalogue import INTERIM_DISPLAYS, PUBLISHED
from duonen_stats.displays.model.content import TableContent

FOLDER = Path(__file__).parents[1] / "snapshots"
TABLES = [key for key in INTERIM_DISPLAYS if key.startswith("table")]


@pytest.mark.snapshot
@pytest.mark.parametrize("key", TABLES)
def test_a_table_is_as_it_was(key, shown):
    assert isinstance(shown[key].content, TableContent)
    path, text = FOLDER / f"{key}.txt", f"{shown[key]}\n"
    if os.environ.get("DUONEN_SNAPSHOTS") == "renew":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_labels_and_numbers_are_given_once():
    displays = INTERIM_DISPLAYS.values()
    assert len({display.label for display in displays}) == len(INTERIM_DISPLAYS)
    assert len({display.ich_number for display in displays}) == len(INTERIM_DISPLAYS)
    assert [display.label for display in PUBLISHED] == [
        *(f"Table {number}" for number in range(1, 6)),
        *(f"Figure {number}" for number in range(1, 8)),
    ]
