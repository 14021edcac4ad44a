"""Displays of a finished report in the formats that journals, committees and colleagues take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from duonen_stats.comparison.read_output import read_files, read_manifest
from duonen_stats.displays.model.content import FigureContent, ProducedDisplay
from duonen_stats.displays.model.format import fixed
from duonen_stats.document.content_model import Document
from duonen_stats.document.export.flow import Flow, flow_of, flow_of_display, frame_of
from duonen_stats.document.export.html_fragment import html_fragment
from duonen_stats.document.export.latex import latex_display
from duonen_stats.document.export.pictures import (
    DPI,
    KINDS,
    PictureKind,
    figure_picture,
    require_size,
    smallest_letters,
    table_picture,
)
from duonen_stats.document.export.rtf_document import rtf_document
from duonen_stats.document.export.word_document import word_document
from duonen_stats.document.figure_files import COLUMN
from duonen_stats.document.stored import DOCUMENT, read_document
from duonen_stats.errors import DataError, OptionError
from duonen_stats.folder.output_place import require_folder
from duonen_stats.folder.provenance import EXPORT, MANIFEST, REPORT, derived_manifest
from duonen_stats.folder.write import write_outputs

ExportFormat = Literal["docx", "rtf", "tex", "html", "png", "tiff", "pdf", "svg"]
FORMATS: tuple[ExportFormat, ...] = ("docx", "rtf", "tex", "html", *KINDS)
_WHOLE: Mapping[str, str] = {"docx": "report.docx", "rtf": "report.rtf"}
_READABLE = 5.0
"""Points that journals ask letters of a figure to have at least."""
_COMFORTABLE = 6.0
"""Points below which a figure is taken with its panels one below another, if it has panels."""
_MOST_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedReport:
    """A finished report as read back: its pages, the drawings of its figures, and what its manifest says.

    ``columns`` are the drawings, by key, of figures whose panels are one below another.
    """

    folder: Path
    document: Document
    drawings: Mapping[str, str]
    manifest: Mapping[str, Any]
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def made(self) -> datetime:
        """Date that exported files state: that of the data cut."""
        stated = (self.manifest.get("data_cut") or {}).get("date")
        day = date.fromisoformat(stated) if isinstance(stated, str) else date(2000, 1, 1)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written, and what a reader should know of it."""

    out: Path
    files: tuple[str, ...]
    notes: tuple[str, ...] = ()


def read_report(folder: Path | str) -> FinishedReport:
    """Read the pages and the drawings of a finished report, each checked against its manifest.

    Raises
    ------
    DuonenError
        The folder is not a report of this package, was written by a version that kept no pages to export, or a file
        of it is missing or is not what was written.
    """
    place = Path(folder)
    manifest = read_manifest(place)
    kind = str(manifest.get("kind", REPORT))
    if kind != REPORT:
        raise DataError(
            f"{place} is not a report but an output of another kind ({kind}). Give the folder of duonen report."
        )
    names = {str(item["name"]) for item in manifest["outputs"]}
    if DOCUMENT not in names:
        raise DataError(
            f"{place} has no {DOCUMENT}: it was written by an earlier version, which kept no pages to export. Make the "
            "report again with duonen report."
        )
    drawn = {name for name in names if name.startswith("figures/") and name.endswith(".svg")}
    files = read_files(place, manifest, {DOCUMENT, *drawn})
    document = read_document(files[DOCUMENT], str(place))
    texts = {name.removesuffix(".svg"): files[name].decode("utf-8", "replace") for name in drawn}
    columns, drawings = (
        {
            name.removeprefix(folder): text
            for name, text in texts.items()
            if name.rpartition("/")[0] + "/" == folder
        }
        for folder in (f"figures/{COLUMN}/", "figures/")
    )
    lacking = [
        shown.label
        for shown in document.displays()
        if isinstance(shown.content, FigureContent) and shown.key not in drawings
    ]
    if lacking:
        raise DataError(f"{place} has no drawing of {', '.join(lacking)}. Make the report again.")
    return FinishedReport(
        folder=place, document=document, drawings=drawings, manifest=manifest, columns=columns
    )


def export_displays(
    report: FinishedReport | Path | str,
    *,
    form: ExportFormat,
    out: Path | str,
    displays: Sequence[str] = (),
    width_mm: float | None = None,
    dpi: int = DPI,
) -> Exported:
    """Write displays of a finished report in another format.

    Parameters
    ----------
    report
        The folder of the report, or what ``read_report`` read of it.
    form
        ``"docx"`` or ``"rtf"``; ``"tex"``, to be taken into a manuscript; ``"html"``, a piece of a page; ``"png"``,
        ``"tiff"``, ``"pdf"`` or ``"svg"``, a picture.
    out
        Folder to write; an earlier export there is replaced as a whole.
    displays
        Keys or labels, such as ``"table_1"`` or ``"Table 1"``: a file for each. Without any, the whole report as one
        document (docx, rtf), or a file for each of its displays.
    width_mm
        Width of pictures in millimetres, such as 85 for a column of a journal; as in the report, if omitted. Panels
        side by side are put one below another where their letters would be smaller than 6 points.
    dpi
        Dots per inch of PNG and TIFF, and of figures in a document.

    Returns
    -------
    Exported
        The files in order of name, and notes, such as on letters that are too small at that width.

    Raises
    ------
    OptionError
        A display is not in the report, the width or the resolution cannot be had, or ``out`` cannot be written.
    DuonenError
        The report cannot be read.
    """
    if form not in FORMATS:
        raise OptionError("format", f"{form!r} is no format of a display; there are {', '.join(FORMATS)}.")
    require_size(width_mm, dpi)
    if width_mm is not None and form not in (*KINDS, "tex"):
        raise OptionError("width_mm", f"a width is that of pictures; {form} has the width of its page.")
    found = report if isinstance(report, FinishedReport) else read_report(report)
    require_folder(out, EXPORT, found.folder)
    chosen = _chosen(found.document, displays)
    maker = _Maker(found, width_mm=width_mm, dpi=dpi)
    files: dict[str, bytes] = {}
    if form in _WHOLE and not displays:
        files[_WHOLE[form]] = maker.document(flow_of(found.document), form, found.document.displays())
    else:
        for produced in chosen:
            files |= maker.display(produced, form)
    files[MANIFEST] = derived_manifest(found.manifest, files, EXPORT)
    write_outputs(Path(out), files)
    notes = maker.notes(chosen) if form in (*KINDS, "tex") else ()
    return Exported(out=Path(out), files=tuple(sorted(files)), notes=notes)


def report_as_word(document: Document, drawings: Mapping[str, str], *, made: datetime) -> bytes:
    """Write a whole report as one Word document, with contents; ``drawings`` are its figures as SVG, by key."""
    pictures = {
        shown.key: _png(shown, drawings[shown.key], made=made)
        for shown in document.displays()
        if isinstance(shown.content, FigureContent)
    }
    return word_document(flow_of(document), pictures, made=made)


def _png(shown: ProducedDisplay, svg: str, *, made: datetime, dpi: int = DPI) -> bytes:
    alt = shown.content.alt if isinstance(shown.content, FigureContent) else ""
    return figure_picture(svg, "png", title=shown.title, alt=alt, made=made, dpi=dpi)


def _chosen(document: Document, wanted: Sequence[str]) -> tuple[ProducedDisplay, ...]:
    shown = document.displays()
    if not wanted:
        return shown
    named = {name.lower(): one for one in shown for name in (one.key, one.label) if name}
    unknown = [name for name in wanted if name.lower() not in named]
    if unknown:
        keys = [one.key for one in shown]
        near = get_close_matches(unknown[0].lower().replace(" ", "_"), keys, n=3)
        hint = f"Did you mean {' or '.join(near)}? " if near else ""
        listed = ", ".join(keys[:_MOST_SHOWN]) + (" …" if len(keys) > _MOST_SHOWN else "")
        raise OptionError(
            "display",
            f"the report has no display {unknown[0]!r}. {hint}It has {listed}; displays.csv in its folder lists all.",
        )
    return tuple(dict.fromkeys(named[name.lower()] for name in wanted))


class _Maker:
    """Makes files of the displays of one report."""

    def __init__(self, report: FinishedReport, *, width_mm: float | None, dpi: int) -> None:
        self._report, self._width, self._dpi = report, width_mm, dpi
        self._frame = frame_of(report.document)

    def document(self, flow: Flow, form: str, shown: Sequence[ProducedDisplay]) -> bytes:
        """Write a flow as a document of a word processor."""
        made = self._report.made
        pictures = {
            one.key: _png(one, self._report.drawings[one.key], made=made, dpi=self._dpi)
            for one in shown
            if isinstance(one.content, FigureContent)
        }
        write = word_document if form == "docx" else rtf_document
        return write(flow, pictures, made=made)

    def display(self, shown: ProducedDisplay, form: ExportFormat) -> dict[str, bytes]:
        """Write one display; a figure in LaTeX has its drawing beside it."""
        key, drawing = shown.key, self._drawing(shown)
        if form in _WHOLE:
            return {f"{key}.{form}": self.document(flow_of_display(shown, self._frame), form, (shown,))}
        if form == "html":
            return {f"{key}.html": html_fragment(shown, self._frame, svg=drawing).encode()}
        if form == "tex":
            text = latex_display(shown, self._frame, drawing=key, svg=drawing, width_mm=self._width)
            beside = {f"{key}.pdf": self._picture(shown, "pdf")} if drawing else {}
            return {f"{key}.tex": text.encode(), **beside}
        ending = "tif" if form == "tiff" else form
        kind: PictureKind = next(one for one in KINDS if one == form)
        return {f"{key}.{ending}": self._picture(shown, kind)}

    def _drawing(self, shown: ProducedDisplay) -> str:
        """Take the drawing of a figure; its panels are one below another where the width is too small for a row."""
        drawing = self._report.drawings.get(shown.key, "")
        stacked = self._report.columns.get(shown.key, "")
        small = stacked and smallest_letters(drawing, self._width) < _COMFORTABLE
        return stacked if small and self._width is not None else drawing

    def _picture(self, shown: ProducedDisplay, kind: PictureKind) -> bytes:
        made = self._report.made
        if isinstance(shown.content, FigureContent):
            return figure_picture(
                self._drawing(shown), kind, title=shown.title, alt=shown.content.alt, made=made,
                width_mm=self._width, dpi=self._dpi,
            )  # fmt: skip
        return table_picture(shown, self._frame, kind, made=made, width_mm=self._width, dpi=self._dpi)

    def notes(self, chosen: Sequence[ProducedDisplay]) -> tuple[str, ...]:
        """Say of which figures letters are smaller than journals take."""
        small = {
            shown.label: letters
            for shown in chosen
            if isinstance(shown.content, FigureContent)
            and 0 < (letters := smallest_letters(self._drawing(shown), self._width)) < _READABLE
        }
        return tuple(
            f"{label}: the smallest letters are {fixed(letters, 1)} points high at this width; journals ask for "
            f"{_READABLE:g} or more. Take a larger --width-mm, or the width as drawn."
            for label, letters in small.items()
        )
