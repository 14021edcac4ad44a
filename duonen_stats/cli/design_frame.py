"""What all commands ``duonen design …`` share: their group, how one answers, what its options mean."""

import inspect
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from duonen_stats.cli import design_options as options
from duonen_stats.cli.common import common_options, example, guarded
from duonen_stats.cli.common import progress as progress_of
from duonen_stats.cli.design_rules import (
    Rule,
    RuledCommand,
    looks_in_events,
    wrong_usage,
)

if TYPE_CHECKING:
    from duonen_stats.design import GroupSequentialDesign, Progress, SurvivalAssumptions
    from duonen_stats.design_report.answer import Answer

__all__ = ["common_options", "example", "guarded", "progress_of", "wrong_usage"]

_ASSUMED = (
    "control_hazard", "control_median", "control_survival", "hazard_ratio", "experimental_median", "hazard_starts",
    "weibull_shape", "allocation", "accrual", "accrual_starts", "accrual_intensities", "total", "followup",
    "max_followup", "dropout",
)  # fmt: skip
_TENTH = 10


@click.group(epilog=example("duonen design power --patients 92 --hazard-ratio 0.5"))
@common_options
def design(quiet: bool) -> None:
    """Plan, monitor and re-estimate a trial with a time-to-event endpoint.

    Options you omit take the values of the published plan of DUONEN; the help of each command shows them with their
    units. Times are in months, hazards per month, probabilities between 0 and 1. Power is the probability of rejecting
    in the direction of the assumed effect.
    """


def question(
    name: str, sample: str, *added: options.Option, rules: tuple[Rule, ...] = ()
) -> Callable[[Callable[..., "Answer"]], click.Command]:
    """Make a command of a function that answers: as text, as JSON with ``--json``, as a report with ``--out``."""

    def register(answering: Callable[..., "Answer"]) -> click.Command:
        @wraps(answering)
        def command(*, json: bool, quiet: bool, out: Path | None, **given: Any) -> None:
            options_taken = {key: value for key, value in given.items() if value is not None}
            if "quiet" in inspect.signature(answering).parameters:
                given["quiet"] = quiet or json
            answer = answering(**given)
            written = None if out is None else _written(out, answer, options_taken)
            if not quiet:
                click.echo(_shown(answer, json=json))
                if written is not None:
                    click.echo(written, err=json)

        made: Callable[..., Any] = guarded(command)
        as_json = click.option(
            "--json", is_flag=True, help="Print for a program: fields in months, events, fractions of 1."
        )
        made = options.together(*added, as_json, _OUT, common_options)(made)
        epilog = example(f"duonen design {name} {sample}")
        return design.command(name, cls=RuledCommand, rules=rules, epilog=epilog)(made)

    return register


_OUT = click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
    help="Also write the answer as a report: HTML, PDF, results, JSON, manifest. An earlier one there is replaced.",
)  # fmt: skip


def _written(out: Path, answer: "Answer", taken: dict[str, Any]) -> str:
    from duonen_stats.design_report.answer_files import write_answer

    return write_answer(out, answer, options={key: _plain(value) for key, value in taken.items()})


def _plain(value: Any) -> Any:
    """Write an option for a manifest: a folder by its own name, so that the machine plays no part."""
    return value.name if isinstance(value, Path) else value.date() if isinstance(value, datetime) else value


def _shown(answer: "Answer", *, json: bool) -> str:
    from duonen_stats.design_report.answer_output import answer_json, answer_text

    return answer_json(answer) if json else answer_text(answer)


def assumptions_of(given: dict[str, Any]) -> "SurvivalAssumptions":
    """Take the options of the assumptions out of those given."""
    from duonen_stats.design_report.question_inputs import assumptions_from

    with wrong_usage():
        return assumptions_from(**{name: given.pop(name) for name in _ASSUMED if name in given})


def patients_of(given: dict[str, Any]) -> int:
    from duonen_stats.study import load_study

    return int(given.pop("patients") or load_study().planned_subjects)


def allocation_of(given: float | None) -> float:
    from duonen_stats.design_report.question_inputs import assumptions_from

    return assumptions_from(allocation=given).allocation_ratio


def test_of(given: dict[str, Any]) -> dict[str, Any]:
    return {**given, "sides": int(given["sides"])}


def plan_of(given: dict[str, Any]) -> "GroupSequentialDesign":
    from duonen_stats.design import group_sequential_design

    with wrong_usage():
        return group_sequential_design(
            given["looks"], alpha=given["alpha"], sides=int(given["sides"]), power=given["power"],
            efficacy=given["efficacy"], efficacy_parameter=parameter_of(given["efficacy_parameter"]),
            futility=given["futility"], binding=given["binding"],
            futility_parameter=parameter_of(given["futility_parameter"], many=given["futility"] == "stated_values"),
        )  # fmt: skip


def max_events_of(given: dict[str, Any]) -> int | None:
    """Events of the last look: as stated, or the last of looks that are numbers of events."""
    stated = given.get("max_events")
    if stated is None and looks_in_events(given["looks"]):
        return int(given["looks"][-1])
    return None if stated is None else int(stated)


def parameter_of(values: Sequence[float] | None, *, many: bool = False) -> float | Sequence[float] | None:
    """Take one number as such, several as a sequence."""
    return values[0] if values is not None and len(values) == 1 and not many else values


def trials_told(step: Callable[[str, int, int], None]) -> "Progress":
    """Tell progress in tenths: a simulation has many chunks, and each line of a log should say something new."""
    told = -1

    def progress(done: int, total: int, /) -> None:
        nonlocal told
        tenth = _TENTH * done // total
        if tenth != told:
            told = tenth
            step("simulated trials", done, total)

    return progress
