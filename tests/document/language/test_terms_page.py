from pathlib import Path

from duonen_stats.document.language.catalogue import load_catalogue
from duonen_stats.document.language.terms_page import terms_page

PAGE = Path(__file__).parents[3] / "docs" / "polish_terms.md"


def test_the_page_is_the_one_that_the_catalogue_gives():
    assert PAGE.read_text(encoding="utf-8") == terms_page(load_catalogue("pl"))


def test_the_page_has_every_term_in_a_table():
    page, catalogue = terms_page(load_catalogue("pl")), load_catalogue("pl")
    rows = [line for line in page.splitlines() if line.startswith("| ") and line != "| English | Polish |"]
    assert len(rows) == len(catalogue.terms) + len(catalogue.interface)
    for row in rows:
        assert row.replace("\\|", "").count("|") == 3, row
