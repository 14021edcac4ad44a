"""The table of docs/methods.md is the list that the package reads."""

from pathlib import Path

import pytest

from duonen_stats.qualification.methods_page import procedures_table, with_table

PAGE = Path(__file__).parents[2] / "docs" / "methods.md"


@pytest.mark.repository
def test_the_page_has_the_table_that_the_package_reads():
    page = PAGE.read_text(encoding="utf-8")
    assert with_table(page) == page
    assert page.count(procedures_table()) == 1


def test_the_words_around_the_table_stay():
    rows = procedures_table().splitlines()
    page = "before\n\n" + "\n".join(rows[:2]) + "\n| old |\n\n## After\n"
    assert with_table(page) == f"before\n\n{procedures_table()}\n## After\n"
    with pytest.raises(ValueError, match="no table"):
        with_table("nothing")
