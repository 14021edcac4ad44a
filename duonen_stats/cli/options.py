"""Options as typed objects: each command has one frozen dataclass, whose fields declare its options.

What several commands take is stated once, as a dataclass that theirs inherit from.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import wraps
from inspect import get_annotations
from pathlib import Path
from typing import Any, Literal, TypeVar

import click

from duonen_stats.cli.common import QUIET, VERSION, guarded, visible
from duonen_stats.errors import DuonenError, PlanError
from duonen_stats.plan import Plan
from duonen_stats.plan.plan_file import read_plan, set_fields

_DECLARED = "click"
_Options = TypeVar("_Options")
_Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class CommaList(click.ParamType):  # type: ignore[type-arg]
    """A type of values that are written as one list, with commas between them."""


class ListOption(click.Option):
    """An option that takes a :class:`CommaList`: given again, it is refused, since one of the lists would be lost."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        settings["help"] = f"{settings.get('help') or ''} Write several with commas.".strip()
        super().__init__(*args, **settings)

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:  # noqa: ARG002 - as click calls it
        """Let the parser keep every list that was typed; it would keep the last one only."""
        parser.add_option(obj=self, opts=self.opts, dest=self.name, action="append", nargs=self.nargs)

    def handle_parse_result(
        self, ctx: click.Context, opts: Mapping[str, Any], args: list[str]
    ) -> tuple[Any, list[str]]:
        """Take the list; wrong usage if there are several."""
        name = str(self.name)
        typed = opts.get(name)
        if isinstance(typed, list):
            if len(typed) > 1 and not ctx.resilient_parsing:
                why = f"It is given {len(typed)} times; give it once, with commas: {self.opts[0]} {','.join(typed)}."
                raise click.BadParameter(why, ctx, self)
            opts = {**opts, name: typed[-1]}
        return super().handle_parse_result(ctx, opts, args)


def option(*names: str, **settings: Any) -> Any:
    """Declare a field as an option; ``names`` and ``settings`` are those of ``click.option``, its type the field's."""
    if isinstance(settings.get("type"), CommaList):
        settings["cls"] = ListOption
    return field(metadata={_DECLARED: lambda name: click.option(*names, name, **settings)})


def argument(**settings: Any) -> Any:
    """Declare a field as an argument; ``settings`` are those of ``click.argument``."""
    return field(metadata={_DECLARED: lambda name: click.argument(name, **settings)})


def declared(options: type) -> list[_Decorator]:
    """Return what declares each option of a dataclass: first its own, then those of its bases, in their order."""
    by_name = {item.name: item.metadata[_DECLARED](item.name) for item in fields(options)}
    return [by_name[name] for kind in options.__mro__ for name in get_annotations(kind) if name in by_name]


def taking(options: type[_Options]) -> Callable[[Callable[[_Options], None]], Callable[..., None]]:
    r"""Make the function of a command out of one that takes its options as one object.

    Examples
    --------
    >>> from click.testing import CliRunner
    >>> @dataclass(frozen=True, kw_only=True)
    ... class Greeting(CommonOptions):
    ...     times: int = option("--times", default=1, help="How often.")
    >>> @click.command()
    ... @taking(Greeting)
    ... def greet(options: Greeting) -> None:
    ...     click.echo("Hello. " * options.times)
    >>> CliRunner().invoke(greet, ["--times", "2"]).output
    'Hello. Hello. \n'
    """

    def decorate(function: Callable[[_Options], None]) -> Callable[..., None]:
        @wraps(function)
        def command(**values: Any) -> None:
            function(options(**values))

        made: Callable[..., Any] = VERSION(guarded(command))
        for declare in reversed(declared(options)):
            made = declare(made)
        made.options = options  # type: ignore[attr-defined]
        return made

    return decorate


def written_folder(_context: click.Context, _option: click.Parameter, folder: Path | None) -> Path | None:
    """Refuse a folder that ``duonen report`` or ``duonen build`` did not write as wrong usage."""
    from duonen_stats.comparison.read_output import read_manifest

    try:
        if folder is not None:
            read_manifest(folder)
    except DuonenError as fault:
        raise click.BadParameter(visible(str(fault))) from fault
    return folder


def _iso_day(_context: click.Context, _option: click.Parameter, text: str | None) -> str | None:
    """Refuse what is not a day written as YYYY-MM-DD before anything is read."""
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise click.BadParameter(f"{text!r} is not a date written as YYYY-MM-DD, such as 2024-01-31.")
    return text


def _sound_mapping(_context: click.Context, _option: click.Parameter, path: Path | None) -> Path | None:
    """Refuse a mapping file with faults before the data are read."""
    if path is None:
        return None
    from duonen_stats.raw.intake.mapping_file import read_mapping
    from duonen_stats.study import load_study

    try:
        read_mapping(path, load_study())
    except DuonenError as fault:
        raise click.BadParameter(visible(str(fault))) from fault
    return path


def data_path(_context: click.Context, _option: click.Parameter, path: Path | None) -> Path | None:
    """Refuse a file that cannot hold the tables of a cut as wrong usage."""
    if path is None or path.is_dir():
        return path
    from duonen_stats.raw.intake.packed_folder import PACKED
    from duonen_stats.raw.intake.readers import CONTAINERS

    endings = (*CONTAINERS, PACKED)
    if path.suffix.lower() not in endings:
        raise click.BadParameter(
            f"{path} is not a folder or a file with several tables ({', '.join(endings)}); give the folder of a "
            "data cut, or such a file."
        )
    return path


@dataclass(frozen=True, kw_only=True)
class CommonOptions:
    """What every command takes; ``--quiet`` before a command is as good as after it."""

    quiet: bool = field(metadata={_DECLARED: lambda _name: QUIET})


@dataclass(frozen=True, kw_only=True)
class DataOptions(CommonOptions):
    """What every command takes that reads a data cut: where it is, how it reads, and up to which day."""

    data: Path | None = argument(
        required=False, type=click.Path(exists=True, path_type=Path), default=None, callback=data_path
    )
    mapping: Path | None = option(
        "--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=None,
        callback=_sound_mapping, metavar="FILE",
        help="How names and codes of the sources become the dictionary's; else mapping.yaml of the folder.",
    )  # fmt: skip
    cut_date: str | None = option(
        "--cut", metavar="YYYY-MM-DD", default=None, callback=_iso_day,
        help="Reduce the data to what was known on this day; every change is listed.",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class PlanOptions(CommonOptions):
    """What every command takes that analyses: the plan file, and settings that are put on top of it."""

    plan_file: Path | None = option(
        "--plan", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=None, metavar="FILE",
        help="Plan to follow, a YAML file; duonen plan --out FILE writes one to edit.",
    )  # fmt: skip
    settings: tuple[str, ...] = option(
        "--set", multiple=True, metavar="FIELD=VALUE",
        help="Depart from the plan in one field; may be given several times. duonen plan lists the fields.",
    )  # fmt: skip

    def plan(self, preset: Plan | None = None) -> Plan:
        """Return the plan that is asked for, as ``chosen_plan`` does."""
        return chosen_plan(self.plan_file, self.settings, preset=preset)


@dataclass(frozen=True, kw_only=True)
class LanguageOptions(CommonOptions):
    """What every command takes that writes pages for people: the language they are in."""

    language: Literal["en", "pl"] = option(
        "--language", type=click.Choice(["en", "pl"]), default="en", show_default=True,
        help="Words and decimal sign of pages and figures; what has no Polish term stays English, marked. Files of "
        "data are the same in any language.",
    )  # fmt: skip


def out_folder(help_text: str, default: str | None = None, *, required: bool = False) -> Any:
    """Declare ``--out`` of a command that writes a folder."""
    by_default = {} if default is None else {"default": Path(default), "show_default": True}
    return option(
        "--out", type=click.Path(file_okay=False, path_type=Path), required=required, help=help_text, metavar="DIR",
        **by_default,
    )  # fmt: skip


def out_file(help_text: str, callback: Callable[..., Any] | None = None, *, required: bool = False) -> Any:
    """Declare ``--out`` of a command that writes a file."""
    # Without a default: click lets a required option be left out if its default is spelled out as None.
    return option(
        "--out", type=click.Path(dir_okay=False, path_type=Path), required=required, help=help_text,
        callback=callback, metavar="FILE",
    )  # fmt: skip


def chosen_plan(plan_file: Path | None, settings: tuple[str, ...], *, preset: Plan | None = None) -> Plan:
    """Return the plan that ``--plan`` and ``--set`` ask for.

    Parameters
    ----------
    plan_file, settings
        As typed; settings are put on top of the file.
    preset
        The plan of the report that is made; None takes that of the report the file names, or the interim one.

    Raises
    ------
    click.UsageError
        The file or a setting is faulty, or names what the data dictionary does not have.
    """
    from duonen_stats.plan.check_plan import check_plan
    from duonen_stats.study import load_study

    base = Plan() if preset is None else preset
    try:
        plan = base if plan_file is None else read_plan(plan_file, preset, load_study())
        plan = set_fields(plan, settings)
        check_plan(plan, load_study())
    except PlanError as fault:
        raise click.UsageError(visible(str(fault))) from fault
    return plan
