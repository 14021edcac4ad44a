from pathlib import Path

import pytest
from small_ledger import counted, ledger

from duonen_stats.commands.audit_page import audit_page
from duonen_stats.publication import load_ledger

PAGE = Path(__file__).parents[2] / "docs" / "audit.md"


@pytest.mark.snapshot
def test_the_page_in_docs_is_what_the_ledger_gives():
    assert PAGE.read_text(encoding="utf-8") == audit_page(load_ledger())


def test_all_27_matters_stand_there_once_found_or_not():
    page = audit_page(load_ledger())
    names = [line.split("|")[1].strip(" *") for line in page.splitlines() if line.startswith("| A")]
    assert sorted(names) == [f"A{number:02}" for number in range(1, 28)]


def test_another_ledger_gets_its_own_page():
    page = audit_page(ledger(*counted("men", "drug", 5, 16, "31.5")))
    assert "5 of 16 is 31.25 %; printed is 31.5 %." in page
    assert "Found by a program: 0 of 27" in page
