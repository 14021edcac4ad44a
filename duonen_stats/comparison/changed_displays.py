"""Which tables, figures and sections a change reaches."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from duonen_stats.comparison.changed_words import section_sentences, section_words
from duonen_stats.comparison.read_output import DISPLAYS, Output
from duonen_stats.formats.csv_files import PLACE_COLUMNS

PROFILE_KEYS = ("profile_", "page_profile_")
"""How the keys of pages of patients begin."""
_METADATA = re.compile(rb"<metadata>.*?</metadata>", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedDisplay:
    """A display, or the running text of a section, that is not what it was.

    ``numbers`` counts the numbers it shows on either side. ``statistics`` are the ids of changed statistics among
    them; ``shown`` are the numbers whose rounded text differs (id, old texts, new texts); ``other`` says that its
    drawing or its words differ beyond them, and ``sentences`` are those of its running text, before and now.
    """

    key: str
    kind: str
    label: str
    title: str
    change: Literal["changed", "appeared", "disappeared"]
    numbers: int
    statistics: tuple[str, ...] = ()
    shown: tuple[tuple[str, str, str], ...] = ()
    other: bool = False
    sentences: tuple[tuple[str, str], ...] = ()

    @property
    def of_patient(self) -> bool:
        """Whether it is the page of one patient, whose number its title is."""
        return self.key.removeprefix("section:").startswith(PROFILE_KEYS)

    @property
    def name(self) -> str:
        """How a reader finds it."""
        return self.label or f"section {self.title}"

    def what(self) -> str:
        """Say in a few words what differs."""
        if self.change != "changed":
            return "new" if self.change == "appeared" else "no longer there"
        parts = []
        if self.statistics:
            parts.append(f"{len(self.statistics)} of {self.numbers} statistics in either")
        if self.shown:
            parts.append(f"{len(self.shown)} as shown")
        elif self.statistics:
            parts.append("none as shown")
        if self.other:
            parts.append("its drawing" if self.kind == "figure" else "its words")
        return ", ".join(parts) or "its title"


def count_patient_pages(touched: Iterable[TouchedDisplay]) -> int:
    """Count the patients whose page is touched: its drawing and its words are one page."""
    keys = (item.key.removeprefix("section:") for item in touched if item.of_patient)
    return len({key.removeprefix("page_") for key in keys})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Register:
    kind: str
    label: str
    title: str
    texts: dict[str, tuple[str, ...]]


def compare_displays(old: Output, new: Output, changed: Collection[str]) -> tuple[TouchedDisplay, ...]:
    """Name every display and section that shows something else than before, in reading order.

    Parameters
    ----------
    old, new
        Two outputs with the register of their displays; without it in one of them nothing is returned.
    changed
        Ids of the statistics that differ.
    """
    before, after = read_register(old), read_register(new)
    if before is None or after is None:
        return ()
    return tuple(_touched(old, new, before, after, frozenset(changed)))


def read_register(output: Output) -> dict[str, _Register] | None:
    """Read which display shows which numbers, and as which texts; None if the output does not say."""
    sheet = output.sheet(DISPLAYS, *PLACE_COLUMNS)
    if sheet is None:
        return None
    found: dict[str, _Register] = {}
    texts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in sheet.records():
        key = row["display"]
        if row["analysis_id"]:
            texts[key][row["analysis_id"]].append(row["shown"])
        found[key] = _Register(kind=row["kind"], label=row["label"], title=row["title"], texts={})
    return {
        key: _Register(
            kind=item.kind,
            label=item.label,
            title=item.title,
            texts={name: tuple(shown) for name, shown in texts[key].items()},
        )
        for key, item in found.items()
    }


def _touched(
    old: Output,
    new: Output,
    before: dict[str, _Register],
    after: dict[str, _Register],
    changed: frozenset[str],
) -> Iterator[TouchedDisplay]:
    words, sentences = section_words(old, new), section_sentences(old, new)
    for key, item in {**after, **{key: item for key, item in before.items() if key not in after}}.items():
        if key not in before or key not in after:
            yield TouchedDisplay(
                key=key,
                kind=item.kind,
                label=item.label,
                title=item.title,
                change="appeared" if key in after else "disappeared",
                numbers=len(item.texts),
            )
            continue
        was = before[key].texts
        ids = dict.fromkeys((*item.texts, *was))
        shown = tuple(
            (name, " / ".join(was.get(name, ())), " / ".join(item.texts.get(name, ())))
            for name in ids
            if was.get(name) != item.texts.get(name)
        )
        statistics = tuple(name for name in ids if name in changed)
        other = not shown and not _same_content(old, new, key, item.kind)
        if item.kind == "figure":
            other = not _same_content(old, new, key, item.kind)
        if item.kind == "section":
            other = words[0].get(key) != words[1].get(key)
        if shown or statistics or other or item.title != before[key].title:
            yield TouchedDisplay(
                key=key,
                kind=item.kind,
                label=item.label,
                title=item.title,
                change="changed",
                numbers=len(ids),
                statistics=statistics,
                shown=shown,
                other=other,
                sentences=sentences.get(key, ()) if item.kind == "section" and other else (),
            )


def _same_content(old: Output, new: Output, key: str, kind: str) -> bool:
    """Compare a drawing, or a table as shown, apart from the date of the data cut on it."""
    name = {"table": f"tables/{key}.csv", "figure": f"figures/{key}.svg"}.get(kind, "")
    if name not in old.files or name not in new.files:
        return (name in old.files) == (name in new.files)
    return _timeless(old, name) == _timeless(new, name)


def _timeless(output: Output, name: str) -> bytes:
    content = _METADATA.sub(b"", output.files[name])
    return content.replace(output.cut_date.encode(), b"")
