"""The table of procedures in ``docs/methods.md``. Run as a program it writes that table into the page."""

from pathlib import Path

from duonen_stats.results.procedures import procedures

_HEAD = "| procedure | function | R | SPSS 23 | known difference |\n|---|---|---|---|---|\n"


def procedures_table() -> str:
    """Write the procedures as a table of Markdown, one row per procedure.

    Examples
    --------
    >>> "| Levene | `levene(center=)` | `car::leveneTest` |" in procedures_table()
    True
    """
    rows = [
        f"| {one.name} | {one.function} | {one.r} | {one.spss} | {one.difference} |\n" for one in procedures()
    ]
    return _HEAD + "".join(rows)


def with_table(page: str) -> str:
    """Return the page with the table as it is now; the words before and after it stay.

    Raises ``ValueError`` if the page has no such table.
    """
    before, head, rest = page.partition(_HEAD)
    if not head:
        raise ValueError("docs/methods.md has no table of procedures")
    after = rest.partition("\n\n")[2]
    return f"{before}{procedures_table()}\n{after}"


def main() -> None:
    """Write the table into the page of the checkout."""
    path = Path(__file__).parents[2] / "docs" / "methods.md"
    page = with_table(path.read_text(encoding="utf-8"))
    path.write_text(page, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
