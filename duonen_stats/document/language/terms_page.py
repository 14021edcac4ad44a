"""The catalogue of a language for reading. Run as a program it writes ``docs/polish_terms.md``."""

from itertools import groupby
from pathlib import Path

from duonen_stats.document.language.catalogue import Catalogue, Term, load_catalogue

_HEAD = """# Polish and English: the terms of a Polish report

`--language pl` sets a report in Polish by the terms of this page. `{n}` is a number, `{t}` words that are a term of
their own, `{r}` what stays as it is (a code, a unit, a name of a file). `{n:pacjent|pacjenci|pacjentów}` is the form of
a noun behind that number. A text goes into Polish as a whole or not at all; of a longer text each sentence does.
What has no term here is shown in English, marked ᵉⁿ, and counted on the first page of the report.

A group of terms is *reviewed* where it was checked to be the usual language of the field, in which works such as the
one named are written; the terms were not copied from them. It is *proposed* where the wording is this package's own.
The trial's team has read neither yet, and is asked to. To correct a term or add one, edit
`duonen_stats/document/language/pl.yaml`; a test refuses a term that no report prints and one whose places do not match.

This page is made from that file: run `python -m duonen_stats.document.language.terms_page`.
"""


def terms_page(catalogue: Catalogue) -> str:
    """Write a catalogue as Markdown: a section for each subject, with the source and the status of its terms.

    Examples
    --------
    >>> "| Hazard ratio | Iloraz hazardów (HR) |" in terms_page(load_catalogue("pl"))
    True
    """
    sections = []
    for subject, group in groupby(catalogue.terms, key=lambda term: term.subject):
        terms = [*group]
        rows = [f"| {_cell(term.english)} | {_cell(term.other)} |" for term in terms]
        head = f"## {subject}\n\n{_origin(terms[0])}\n\n| English | Polish |\n|---|---|\n"
        sections.append(head + "\n".join(rows) + "\n")
    words = "\n".join(f"| {_cell(one)} | {_cell(other)} |" for one, other in catalogue.interface.items())
    page = f"## The page around the content\n\nProposed: own wording.\n\n| English | Polish |\n|---|---|\n{words}\n"
    return "\n".join([_HEAD, *sections, page])


def _origin(term: Term) -> str:
    return f"{term.status.capitalize()}: {term.source}."


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def main() -> None:
    """Write the page of the Polish catalogue into ``docs`` of the checkout."""
    path = Path(__file__).parents[3] / "docs" / "polish_terms.md"
    path.write_text(terms_page(load_catalogue("pl")), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
