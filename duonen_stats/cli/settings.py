"""Options that are in ``duonen.toml`` of the working folder, so that they need not be typed each time.

The command line wins. A path is relative to the file. ``DUONEN_SETTINGS`` names another file, or none if it is
empty.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from duonen_stats.errors import DuonenError
from duonen_stats.plan.decision import nearest

SETTINGS_FILE = "duonen.toml"
SETTINGS_VARIABLE = "DUONEN_SETTINGS"
_FAULT = "duonen_stats.settings_fault"

_PARAMETER = {
    "mapping": "mapping", "plan": "plan_file", "cut": "cut_date", "out": "out", "against": "against",
    "language": "language",
}  # fmt: skip
"""Key of the file, and the name its option has in a command."""

_LANGUAGES = ("en", "pl")
_DATA = ("mapping", "cut")
_PLANNING = (
    "power", "sample-size", "events", "methods", "simulate", "boundaries", "conditional-power", "precision",
    "characteristics", "report",
)  # fmt: skip
"""Commands of ``duonen design`` that read no data."""
COMMANDS: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("report", "interim"): (*_DATA, "plan", "out", "against", "language"),
    ("report", "final"): (*_DATA, "plan", "out", "against", "language"),
    ("build",): (*_DATA, "plan", "out"),
    ("audit",): (*_DATA, "plan", "out"),
    ("check",): (*_DATA, "plan"),
    ("convert",): _DATA,
    ("profiles",): (*_DATA, "plan", "language"),
    ("plan",): ("plan",),
    ("simulate",): ("plan",),  # of simulated trials; a single cut is simulated without one
    **{("design", name): ("language",) for name in _PLANNING},
    ("design", "project"): (*_DATA, "plan", "language"),
    ("design", "reestimate"): (*_DATA, "plan", "language"),
}
"""Keys that each command takes. ``out`` of other commands is a file, or a folder of another kind."""


def parameter(key: str) -> str:
    """Return the name that a key of the file has among the parameters of a command."""
    return _PARAMETER[key]


@dataclass(frozen=True, slots=True)
class Settings:
    """What a settings file states, paths resolved; ``path`` is None if there is no file."""

    path: Path | None = None
    values: Mapping[str, str] = field(default_factory=dict)

    def of(self, command: tuple[str, ...]) -> dict[str, str]:
        """Return the defaults of a command, by the name of its parameter."""
        return {parameter(key): self.values[key] for key in COMMANDS[command] if key in self.values}

    def by_command(self) -> dict[str, Any]:
        """Return the defaults of all commands, nested as the commands are."""
        nested: dict[str, Any] = {}
        for command in COMMANDS:
            inner = nested
            for word in command:
                inner = inner.setdefault(word, {})
            inner |= self.of(command)
        return nested

    def text(self) -> str:
        """Say what was taken from where, for a terminal."""
        if self.path is None:
            return f"{SETTINGS_FILE:<16}none in this folder"
        lines = [f"{SETTINGS_FILE:<16}{self.path}"]
        for key, value in self.values.items():
            users = ", ".join(" ".join(command) for command, keys in COMMANDS.items() if key in keys)
            lines.append(f"  {key:<14}{value}   (for duonen {users})")
        return "\n".join(lines)


def settings_path() -> Path | None:
    """Return the settings file: that of ``DUONEN_SETTINGS``, else of the working folder; None if there is none."""
    named = os.environ.get(SETTINGS_VARIABLE)
    if named is not None:
        return Path(named) if named else None
    path = Path(SETTINGS_FILE)
    return path if path.exists() else None


def read_settings(path: Path | None = None) -> Settings:
    """Read the settings file.

    Parameters
    ----------
    path
        The file; if omitted, the one of the working folder, if there is one.

    Raises
    ------
    DuonenError
        The file cannot be read, is not TOML, or has an unknown key or a value of another type.
    """
    path = settings_path() if path is None else path
    if path is None:
        return Settings()
    try:
        stated = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise DuonenError(f"{path} cannot be read: {fault.strerror or fault}.") from fault
    except UnicodeDecodeError as fault:
        raise DuonenError(f"{path} is not UTF-8 text; save it in that encoding.") from fault
    except tomllib.TOMLDecodeError as fault:
        raise DuonenError(f"{path} is not valid TOML: {fault}.") from fault
    for key in stated:
        if key not in _PARAMETER:
            raise DuonenError(
                f"{path} has an unknown key {key!r}.{nearest(key, _PARAMETER)} It may have {', '.join(_PARAMETER)}."
            )
    folder = path.resolve().parent
    return Settings(path.resolve(), {key: _value(path, folder, key, value) for key, value in stated.items()})


def _value(path: Path, folder: Path, key: str, value: object) -> str:
    if key == "cut":
        if isinstance(value, date) and not isinstance(value, datetime):
            return value.isoformat()
        if isinstance(value, str) and _is_day(value):
            return value
        raise DuonenError(f"{path}: cut is {value!r}; it has to be a date such as 2024-01-31.")
    if key == "language":
        if value in _LANGUAGES:
            return str(value)
        raise DuonenError(
            f"{path}: language is {value!r}; it has to be {' or '.join(_LANGUAGES)}, in quotes."
        )
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise DuonenError(f'{path}: {key} is {value!r}; it has to be a path in quotes, such as "my_{key}".')
    return str(folder / value)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def use_settings(context: click.Context) -> None:
    """Give every command below ``context`` its defaults; a fault of the file waits until a command runs."""
    try:
        context.default_map = read_settings().by_command()
    except DuonenError as fault:
        context.meta[_FAULT] = str(fault)


def require_settings() -> None:
    """Raise ``UsageError`` if the settings file of the running command is faulty."""
    context = click.get_current_context(silent=True)
    if (
        context is not None and _FAULT in context.meta and context.command.name != "doctor"
    ):  # it shows the fault
        raise click.UsageError(context.meta[_FAULT])


def settings_taken() -> str:
    """Say which options of the running command were taken from the settings file; empty if none was."""
    context = click.get_current_context(silent=True)
    if context is None:
        return ""
    if context.params.get("entered") is not None:  # numbers in place of data, which these options are about
        return ""
    source = click.core.ParameterSource.DEFAULT_MAP
    taken = [
        f"{option.opts[0]} {context.params[option.name]}"
        for option in context.command.params
        if option.name is not None and context.get_parameter_source(option.name) is source
    ]
    return f"From {SETTINGS_FILE}: {', '.join(taken)}." if taken else ""
