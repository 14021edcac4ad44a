"""A display as Python hands it out: it shows itself in a notebook, and writes itself as Word and other files."""

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.metadata.stamp import CLOSED_SESSION, DRY_RUN, Stamp
from duonen_stats.displays.drawings import style
from duonen_stats.displays.model.content import FigureContent, ProducedDisplay, TableContent, plain
from duonen_stats.displays.model.display import Display, Material, lay_out
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.displays.patients.tabulation import Rows, own_table
from duonen_stats.document.content_model import display_numbers
from duonen_stats.document.export.flow import Frame, flow_of_display
from duonen_stats.document.export.html_fragment import html_fragment
from duonen_stats.document.export.latex import latex_display
from duonen_stats.document.export.pictures import DPI, KINDS, figure_picture, table_picture
from duonen_stats.document.export.rtf_document import rtf_document
from duonen_stats.document.export.word_document import word_document
from duonen_stats.document.marked_results import marked
from duonen_stats.errors import DataError, OptionError
from duonen_stats.folder.write import write_file
from duonen_stats.plan import Plan
from duonen_stats.plan.check_plan import check_plan
from duonen_stats.results import run_analysis
from duonen_stats.results.rows.table import Results
from duonen_stats.study import Study

MADE = datetime(2000, 1, 1, tzinfo=UTC)
"""Date of making that files state: always the same, so that a rerun gives the same bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown(ProducedDisplay):
    """A produced display with what is around it: the mark of its data, and the results that it shows.

    ``print`` shows a table as text, a notebook shows it as a page would, and ``to_docx``, ``to_rtf``, ``to_latex``,
    ``to_html`` and ``to_picture`` write it as files. A file of the same name is replaced.
    """

    frame: Frame
    results: Results

    __str__ = ProducedDisplay.__str__

    def _repr_html_(self) -> str:
        """Show the display in a notebook."""
        return html_fragment(self, self.frame, svg=self._svg())

    def to_frame(self, *, numbers: bool = False) -> pd.DataFrame:
        """Return the table as shown, or the numbers behind it.

        Parameters
        ----------
        numbers
            The rows of the results table that the display shows, unrounded, each with its id, method and n. A figure
            has no other frame.

        Returns
        -------
        pandas.DataFrame
            As shown: a row for each row of the table, a column for each column, all text.

        Examples
        --------
        >>> from duonen_stats import INTERIM, build_datasets, load_study, produce, read_cut
        >>> from duonen_stats.displays.patients import baseline
        >>> study = load_study()
        >>> shown = produce(baseline.TABLE_1, build_datasets(read_cut(study), study, INTERIM), study, INTERIM)
        >>> shown.to_frame().iloc[2].tolist()[:3]
        ['Male', '26 (46.4%)', '5 (31.3%)']
        >>> numbers = shown.to_frame(numbers=True).set_index("analysis_id")
        >>> float(numbers.stat["table1.age.all.median"])
        68.5
        """
        if numbers or not isinstance(self.content, TableContent):
            return self.results.frame()
        names = [" ".join(filter(None, (one.header, plain(one.below)))) for one in self.content.columns]
        rows = [[plain(cell) for cell in row.cells] for row in self.content.rows]
        return pd.DataFrame(rows, columns=names)

    def to_docx(self, path: Path | str, *, dpi: int = DPI) -> Path:
        """Write a Word document; a figure in it has ``dpi`` dots per inch."""
        flow = flow_of_display(self, self.frame)
        return _written(path, ".docx", word_document(flow, self._pictures(dpi), made=MADE))

    def to_rtf(self, path: Path | str, *, dpi: int = DPI) -> Path:
        """Write RTF; a figure in it has ``dpi`` dots per inch."""
        flow = flow_of_display(self, self.frame)
        return _written(path, ".rtf", rtf_document(flow, self._pictures(dpi), made=MADE))

    def to_latex(self, path: Path | str | None = None) -> str:
        """Return LaTeX, and write it if a path is given; the drawing of a figure is a PDF beside it."""
        name = self.key if path is None else Path(path).stem
        source = latex_display(self, self.frame, drawing=name, svg=self._svg())
        if path is not None:
            _written(path, ".tex", source.encode())
            if isinstance(self.content, FigureContent):
                self.to_picture(Path(path).with_suffix(".pdf"))
        return source

    def to_html(self, path: Path | str | None = None) -> str:
        """Return a piece of HTML, and write it if a path is given."""
        source = self._repr_html_()
        if path is not None:
            _written(path, ".html", source.encode())
        return source

    def to_png(self, path: Path | str, *, width_mm: float | None = None, dpi: int = DPI) -> Path:
        """Write a PNG of a width in millimetres, such as 88 for a column of a journal; as drawn, if omitted."""
        _require_ending(path, ".png")
        return self.to_picture(path, width_mm=width_mm, dpi=dpi)

    def to_picture(self, path: Path | str, *, width_mm: float | None = None, dpi: int = DPI) -> Path:
        """Write PNG, TIFF, PDF or SVG, as the ending of the path says.

        Raises
        ------
        OptionError
            The ending is of another format, or the width or the resolution cannot be had.
        DuonenError
            The file cannot be written.
        """
        ending = Path(path).suffix.lower().removeprefix(".")
        kind = next((one for one in KINDS if one == {"tif": "tiff"}.get(ending, ending)), None)
        if kind is None:
            raise OptionError("path", f"{path} ends in none of {', '.join(f'.{one}' for one in KINDS)}.")
        if isinstance(self.content, FigureContent):
            content = figure_picture(
                self._svg(),
                kind,
                title=self.title,
                alt=self.content.alt,
                made=MADE,
                width_mm=width_mm,
                dpi=dpi,
            )
        else:
            content = table_picture(self, self.frame, kind, made=MADE, width_mm=width_mm, dpi=dpi)
        write_file(Path(path), content)
        return Path(path)

    def _svg(self) -> str:
        return style.svg(self.content.draw()) if isinstance(self.content, FigureContent) else ""

    def _pictures(self, dpi: int) -> dict[str, bytes]:
        if not isinstance(self.content, FigureContent):
            return {}
        alt = self.content.alt
        return {self.key: figure_picture(self._svg(), "png", title=self.title, alt=alt, made=MADE, dpi=dpi)}


def produce(display: Display, data: Datasets, study: Study, plan: Plan) -> Shown:
    """Run a display's analyses and set it; ``print`` shows a table as text, a notebook shows it as a page.

    Parameters
    ----------
    display
        One of ``duonen_stats.displays.catalogue``, or your own.
    data, study, plan
        What it is of. Datasets that were built with other decisions than the plan's are refused.

    Raises
    ------
    PlanError
        The plan names what the study does not have, or changes decisions that are already in the datasets.

    Examples
    --------
    >>> from duonen_stats import INTERIM, build_datasets, load_study, produce, read_cut
    >>> from duonen_stats.displays.safety import laboratory as safety
    >>> study = load_study()
    >>> shown = produce(safety.SUMMARY, build_datasets(read_cut(study), study, INTERIM), study, INTERIM)
    >>> shown.key, len(shown.content.rows)
    ('table_4', 10)
    >>> shown.to_docx("table_4.docx")  # doctest: +SKIP
    """
    results = run_analysis(data, study, plan, analyses=display.analyses)
    made = lay_out(display, Material(look=Lookup.of_plan(results, plan), data=data, study=study, plan=plan))
    return shown(made, results, data, study)


def tabulate(
    dataset: pd.DataFrame,
    *,
    rows: Rows,
    by: str = "TRT01P",
    study: Study,
    plan: Plan,
    title: str = "",
    label: str = "",
    population: str = "",
    key: str = "own_table",
    test: bool = True,
) -> Shown:
    """Make a table of any variables of a dataset in one call, with the plan's statistics, test and rounding.

    Parameters
    ----------
    dataset
        A dataset with one record for each patient, such as ADSL or a part of it; ``STUDYID`` says whether the data are
        simulated, blinded or of the closed session, and the table then says so.
    rows
        Columns, as names, as ``(name, label)`` or as ``Tabulated``. Numbers have mean, median with quartiles and range,
        all else numbers and percentages.
    by
        Column of the groups; empty for the total alone.
    study, plan
        The study, whose codes give levels their words, and the plan.
    title, label, population
        Words of the heading, such as ``label="Table 6"``.
    key
        Begins the ids of the results.
    test
        Whether groups are compared: numbers by the plan's test between arms, categories by Fisher's exact test.

    Returns
    -------
    Shown
        As from ``produce``. To have the same table in a report, declare it with ``table_of`` of
        ``duonen_stats.displays.patients.tabulation``.

    Raises
    ------
    DataError
        A column is not there, patients have several records, or a variable is neither number nor category.

    Examples
    --------
    >>> from duonen_stats import INTERIM, build_datasets, load_study, read_cut, tabulate
    >>> study = load_study()
    >>> adsl = build_datasets(read_cut(study), study, INTERIM).adsl
    >>> shown = tabulate(adsl, rows=["AGE", "PRIMSITE"], by="SEX", study=study, plan=INTERIM)
    >>> shown.to_frame().iloc[2].tolist()
    ['Median (IQR)', '69 (60 to 75)', '66 (58 to 72)', '70 (61 to 77)', '']
    """
    check_plan(plan, study)
    display = own_table(
        key=key, rows=rows, by=by, chosen=lambda data: data.adsl, source="the dataset given", title=title,
        label=label or "Table", population=population or "Patients of the dataset", test=test,
    )  # fmt: skip
    none = pd.DataFrame()
    data = Datasets(
        adsl=dataset, adex=none, addos=none, adlb=none, adae=none, adrs=none, adtte=none, set_aside=none,
        cut_line=_cut_line(dataset), stamp=_stamp(dataset),
    )  # fmt: skip
    results = Results(display.analyses[0](data, study, plan))
    made = lay_out(display, Material(look=Lookup.of_plan(results, plan), data=data, study=study, plan=plan))
    return shown(made, results, data, study)


def _stamp(dataset: pd.DataFrame) -> Stamp:
    """Read the marks of data from the identifier of the study in them."""
    if "STUDYID" not in dataset.columns:
        raise DataError(
            "The dataset has no column STUDYID, which says whether the data are simulated. Keep it, or join it from "
            "ADSL."
        )
    marks = " ".join(map(str, pd.unique(dataset["STUDYID"].dropna())))
    return Stamp(simulated="SIMULATED" in marks, blinded=DRY_RUN in marks, closed=CLOSED_SESSION in marks)


def _cut_line(dataset: pd.DataFrame) -> str:
    """Say of which date the data are, as every display does."""
    stamp = _stamp(dataset)
    dates: list[pd.Timestamp] = [*dataset["DCUTDT"].dropna().unique()] if "DCUTDT" in dataset.columns else []
    date = f"Data cut {dates[0]:%Y-%m-%d}" if len(dates) == 1 else "Date of the data cut not stated"
    return ". ".join((*stamp.lines, f"{date}."))


def shown(made: ProducedDisplay, results: Results, data: Datasets, study: Study) -> Shown:
    """Return a display with the mark of its data and the results that it shows."""
    frame = Frame(
        title=f"{study.study_id}: {made.title}",
        running_title=study.study_id,
        cut_line=data.cut_line,
        stamp=data.stamp,
    )
    names = dict.fromkeys(number.id for number in display_numbers(made))
    rows = marked((results.row(name) for name in names), data.stamp)
    return Shown(**{item.name: getattr(made, item.name) for item in fields(made)}, frame=frame, results=rows)


def _written(path: Path | str, ending: str, content: bytes) -> Path:
    _require_ending(path, ending)
    write_file(Path(path), content)
    return Path(path)


def _require_ending(path: Path | str, ending: str) -> None:
    if Path(path).suffix.lower() != ending:
        raise OptionError("path", f"{path} does not end in {ending}, the ending of this format.")
