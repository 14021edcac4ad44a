"""The figure of an answer as a file of its own: SVG, PDF or PNG by its ending."""

from pathlib import Path

from duonen_stats.datasets.metadata.stamp import Stamp
from duonen_stats.design_report.answer import Answer
from duonen_stats.design_report.planning_report import TIMELESS
from duonen_stats.displays.drawings.drawing import marked_figure
from duonen_stats.displays.model.content import ProducedDisplay
from duonen_stats.document.figure_files import figure_files, is_signed, signed
from duonen_stats.document.language.catalogue import Language, require_language
from duonen_stats.document.language.translation import translation_into
from duonen_stats.errors import OptionError
from duonen_stats.folder.output_place import require_file
from duonen_stats.folder.write import write_file

ENDINGS = (".svg", ".pdf", ".png")


def require_figure_file(path: Path, *read: Path | None) -> None:
    """Find out before the work begins that a figure cannot be written.

    Parameters
    ----------
    path
        The file.
    *read
        Files and folders that are read, and must not be written into.

    Raises
    ------
    OptionError
        The ending is none of a figure; the disk does not let it be written; it would take the place of another file.

    Examples
    --------
    >>> require_figure_file(Path("power.gif"))
    Traceback (most recent call last):
        ...
    duonen_stats.errors.OptionError: power.gif must end in .svg, .pdf or .png: the ending says the format.
    """
    if path.suffix.lower() not in ENDINGS:
        raise OptionError("figure", f"{path} must end in .svg, .pdf or .png: the ending says the format.")
    try:
        require_file(path, "figure", is_signed, *read)
    except OptionError as fault:
        raise OptionError("figure", str(fault)) from fault


def write_figure(path: Path, answer: Answer, language: Language = "en") -> str:
    """Write the figure of an answer; the same answer gives the same bytes.

    Parameters
    ----------
    path
        The file; its ending ``.svg``, ``.pdf`` or ``.png`` says the format.
    answer
        An answer with a figure. Figures of answers made from simulated patients are marked in the drawing.
    language
        Language of the words in the drawing.

    Returns
    -------
    str
        What was written, in a line.

    Raises
    ------
    OptionError
        As of :func:`require_figure_file`; the answer has no figure; or the language is another.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from duonen_stats.design_report.fixed_answers import power_answer
    >>> from duonen_stats.design_report.question_inputs import assumptions_from
    >>> answer = power_answer(assumptions_from(hazard_ratio=[0.6]), patients=140)
    >>> with TemporaryDirectory() as folder:
    ...     said = write_figure(Path(folder) / "power.svg", answer)
    ...     drawn = (Path(folder) / "power.svg").read_text(encoding="utf-8")
    >>> said.startswith("Written to"), "Hazard ratio, experimental over control" in drawn
    (True, True)
    """
    require_figure_file(path)
    translation = translation_into(require_language(language))
    if not answer.figures:
        raise OptionError("figure", f"An answer of duonen design {answer.question} has no figure.")
    figure = answer.figures[0]
    produced = ProducedDisplay(
        key=figure.key, label="Figure", ich_number="", title=figure.title, population=(answer.population,),
        content=marked_figure(figure.content, Stamp(simulated=answer.data.get("simulated") is True)),
        source=answer.population,
    )  # fmt: skip
    said = produced if translation is None else translation.display(produced)
    kind = path.suffix.lower().removeprefix(".")
    write_file(path, signed(figure_files(said, timestamp=TIMELESS, language=language)[kind], kind))
    return f"Written to {path}: {figure.title[0].lower()}{figure.title[1:]}."
