"""What all commands ``duonen design …`` share: their group, and how one answers."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from duonen_stats.cli.common import common_options, example
from duonen_stats.cli.design_rules import Rule, RuledCommand, agree, given, only
from duonen_stats.cli.options import LanguageOptions, option, out_folder, taking

if TYPE_CHECKING:
    from duonen_stats.design_report.answer import Answer

_Options = TypeVar("_Options", bound="AnswerOptions")


@click.group(epilog=example("duonen design power --patients 92 --hazard-ratio 0.5"))
@common_options
def design(quiet: bool) -> None:
    """Plan, monitor and re-estimate a trial with a time-to-event endpoint.

    Options you omit take the values of the published plan of DUONEN; the help of each command shows them with their
    units. Times are in months, hazards per month, probabilities between 0 and 1. Power is the probability of rejecting
    in the direction of the assumed effect.
    """


SUMMARIES = {
    "boundaries": "Group-sequential boundaries; when the looks come",
    "characteristics": "What a re-estimation rule does over many trials",
    "conditional-power": "Probability of success given an interim result",
    "events": "Events needed, and when they are expected",
    "methods": "Eight formulas and a simulation side by side",
    "power": "Power of a number of patients; detectable effect",
    "precision": "Precision of a toxicity rate",
    "project": "When events will come, from a cut without arms",
    "reestimate": "Patients or events needed, seen during the trial",
    "report": "The design report, HTML and PDF: all in one",
    "sample-size": "Patients needed for a power",
    "simulate": "Power and level of the log-rank test by simulation",
    "toxicity": "What a rule on severe events does in an arm",
}
"""What each command does, in the list of the commands, where a line has room for about 55 characters."""


@dataclass(frozen=True, kw_only=True)
class AnswerOptions(LanguageOptions):
    """How a command answers: as text, as JSON, as a report."""

    json: bool = option(
        "--json", is_flag=True, help="Print for a program: fields in months, events, fractions of 1."
    )
    out: Path | None = out_folder(
        "Also write the answer as a report: HTML with sliders where formulas allow them, PDF, figures, results, JSON, "
        "manifest. An earlier one there is replaced."
    )


@dataclass(frozen=True, kw_only=True)
class FigureOptions(AnswerOptions):
    """How a command answers whose answer has a figure."""

    figure: Path | None = option(
        "--figure", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", default=None,
        help="Also draw the answer, as FILE.svg, FILE.pdf or FILE.png.",
    )  # fmt: skip


def _apart(values: Any) -> bool:
    """Say whether the figure lies outside the report, which has it already and is exchanged as a whole."""
    figure, out = values["figure"], values["out"]
    return figure is None or out is None or not figure.resolve().is_relative_to(out.resolve())


FIGURE_RULES: tuple[Rule, ...] = (
    agree("figure", test=lambda values: values["figure"] is None
          or values["figure"].suffix.lower() in {".svg", ".pdf", ".png"},
          words="{figure} must end in .svg, .pdf or .png."),
    agree("figure", "out", test=_apart,
          words="The report that {out} writes has the figure already: name a {figure} outside its folder."),
)  # fmt: skip


def question(
    name: str, sample: str, options: type[_Options], rules: tuple[Rule, ...] = ()
) -> Callable[[Callable[[_Options], "Answer"]], click.Command]:
    """Make a command of a function that answers: as text, as JSON with ``--json``, as a report with ``--out``."""

    def register(answering: Callable[[_Options], "Answer"]) -> click.Command:
        @wraps(answering)
        def command(given: _Options) -> None:
            figure = getattr(given, "figure", None)
            _require_places(given, figure)
            answer = answering(given)
            written = [] if given.out is None else [_written(given.out, answer, given)]
            written += [] if figure is None else [_drawn(figure, answer, given)]
            if not given.quiet:
                click.echo(_shown(answer, json=given.json))
                for line in written:
                    click.echo(line, err=given.json)

        epilog = example(f"duonen design {name} {sample}")
        drawn = issubclass(options, FigureOptions)
        pages = only("language", when=given("figure") | given("out") if drawn else given("out"))
        checked = (*rules, pages, *(FIGURE_RULES if drawn else ()))
        return design.command(
            name, cls=RuledCommand, rules=checked, epilog=epilog, short_help=SUMMARIES[name]
        )(taking(options)(command))

    return register


def _require_places(given: AnswerOptions, figure: Path | None) -> None:
    """Find out before the work begins that an output cannot be written."""
    if given.out is not None:
        from duonen_stats.design_report.answer_files import require_answer_folder

        require_answer_folder(given.out)
    if figure is not None:
        from duonen_stats.design_report.planning.figure_file import require_figure_file

        require_figure_file(figure, getattr(given, "data", None), getattr(given, "mapping", None))


def _drawn(path: Path, answer: "Answer", given: AnswerOptions) -> str:
    from duonen_stats.design_report.planning.figure_file import write_figure

    return write_figure(path, answer, given.language)


def _written(out: Path, answer: "Answer", given: AnswerOptions) -> str:
    from duonen_stats.design_report.answer_files import write_answer

    taken = {one.name: getattr(given, one.name) for one in fields(given)}
    said = {
        name: _plain(value)
        for name, value in taken.items()
        if value is not None and name not in {"json", "quiet", "out", "figure", "language"}
    }
    return write_answer(out, answer, options=said, language=given.language)


def _plain(value: Any) -> Any:
    """Write an option for a manifest: a folder by its own name, so that the machine plays no part."""
    return value.name if isinstance(value, Path) else value.date() if isinstance(value, datetime) else value


def _shown(answer: "Answer", *, json: bool) -> str:
    from duonen_stats.design_report.answer_output import answer_json, answer_text

    return answer_json(answer) if json else answer_text(answer)
