"""A plan from outside: as a YAML file to edit, or as ``FIELD=VALUE`` typed at a terminal."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from duonen_stats.errors import DictionaryError, PlanError
from duonen_stats.plan.check_plan import plan_faults
from duonen_stats.plan.decision import Rule, faults_in_words, written
from duonen_stats.plan.plan import Plan, changed_plan, decisions, preset_of, rule_of
from duonen_stats.plan.status import grounds
from duonen_stats.study import Study
from duonen_stats.study.strict_yaml import StatedField, read_fields

_WIDTH = 100
_TRUE, _FALSE = frozenset({"true", "yes", "on"}), frozenset({"false", "no", "off"})
_WHOLE = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_EXPONENT = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?[eE][+-]?[0-9]+")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_WORDS_OF_YAML = _TRUE | _FALSE | {"null", "y", "n"}


def read_plan(path: Path, base: Plan | None = None, study: Study | None = None) -> Plan:
    """Read a plan file: YAML, a value for each field that is stated; what is left out is as in the preset.

    Parameters
    ----------
    path
        The file, as ``plan_yaml`` writes it. It may state ``report``, interim or final.
    base
        The preset of the report that is made. None takes that of the report the file states, or else of the
        interim report.
    study
        If given, arms, visits and responses that the file names have to be in its data dictionary.

    Raises
    ------
    PlanError
        The file cannot be read, is not YAML, states a field twice, an unknown field, a value that is not allowed,
        or another report than that of ``base``. The message begins with the path and lists every fault with its line.
    """
    try:
        stated = read_fields(path)
    except DictionaryError as fault:
        raise PlanError(str(fault)) from fault
    if stated is None:
        raise PlanError(f"{path}: expected one line per field, such as 'alpha: 0.05'; found none.")
    faults: list[tuple[int, str]] = []
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for field in stated:
        try:
            name, value = _checked(field, lines)
        except PlanError as fault:
            faults.append((field.line, str(fault)))
            continue
        finally:
            lines.setdefault(field.name if isinstance(field.name, str) else "", field.line)
        values[name] = value
    if base is None:
        base = preset_of(Plan(report=values.get("report", "interim")))
    elif values.get("report", base.report) != base.report:
        text = (
            f"this is the plan of the {values['report']} report, and the command is about the {base.report} "
            f"report. Run the other command, or take the line 'report: {values['report']}' out."
        )
        faults.append((lines["report"], text))
        del values["report"]
    try:
        plan = changed_plan(base, **values)
    except PlanError as fault:  # two fields that do not go together
        faults.append((min((lines[name] for name in lines if name in str(fault)), default=1), str(fault)))
    else:
        found = {} if study is None else plan_faults(plan, study)
        faults += [(lines[name], text) for name, text in found.items() if name in lines]
    if faults:
        raise PlanError(_of_file(path, sorted(faults)))
    return plan


def _checked(field: StatedField, lines: Mapping[str, int]) -> tuple[str, Any]:
    """Return name and value of a stated field; ``PlanError`` if it is unknown, stated before, or not allowed."""
    if field.fault:
        raise PlanError(f"{field.fault}.")
    if not isinstance(field.name, str):
        raise PlanError(f"the plan has no field {written(field.name)}.")
    rule = rule_of(field.name)
    if field.name in lines:
        raise PlanError(f"{field.name} is given twice, in line {lines[field.name]} and here; state it once.")
    return field.name, rule.checked(field.name, _from_yaml(rule, field.value))


def _of_file(path: Path, faults: list[tuple[int, str]]) -> str:
    if len(faults) == 1:
        ((line, text),) = faults
        return f"{path}, line {line}: {text}"
    return faults_in_words(str(path), [f"line {line}: {text}" for line, text in faults])


def _from_yaml(rule: Rule, value: Any) -> Any:
    """Take ``1e-3``, which YAML reads as text, as the number it is; everything else as it stands."""
    if isinstance(value, list):
        return tuple(_from_yaml(rule, item) for item in value)
    if rule.kind is float and isinstance(value, str) and _EXPONENT.fullmatch(value):
        return float(value)
    return value


def set_fields(plan: Plan, settings: Iterable[str]) -> Plan:
    """Return a plan with other values, each as ``FIELD=VALUE``.

    A list is written with commas, and without anything behind the sign if it is empty.

    Raises ``PlanError`` for a setting of another form, a field that is unknown or set twice, a value that is not
    allowed.

    Examples
    --------
    >>> from duonen_stats.plan import INTERIM
    >>> set_fields(INTERIM, ["alpha=0.01", "follow_up_visits=V2,V4"])
    Plan('INTERIM', report='interim', alpha=0.01, follow_up_visits=('V2', 'V4'))
    """
    values: dict[str, Any] = {}
    faults: list[str] = []
    for setting in settings:
        try:
            name, value = _setting(setting, plan, values)
            values[name] = rule_of(name).checked(name, value)
        except PlanError as fault:
            faults.append(str(fault))
    if faults:
        raise PlanError(faults_in_words("--set", faults))
    return changed_plan(plan, **values)


def _setting(setting: str, plan: Plan, before: Mapping[str, Any]) -> tuple[str, Any]:
    """Return the name of a setting, and its value as its field has it; ``before`` are those set already."""
    name, sign, text = (part.strip() for part in setting.partition("="))
    if not sign or not name:
        raise PlanError(f"{setting!r} is not FIELD=VALUE, such as alpha=0.01.")
    rule = rule_of(name)
    if name == "report" and text != plan.report:
        raise PlanError("report is not set here: the command says which report is made.")
    if name in before:
        raise PlanError(f"{name} is set twice; set it once.")
    return name, _from_text(rule, text)


def _from_text(rule: Rule, text: str) -> Any:
    """Read a value as its field has it; what cannot be read so stays text, for the check of the plan to refuse."""
    if rule.several:
        return tuple(_item(rule, part.strip()) for part in text.split(",")) if text else ()
    return _item(rule, text)


def _item(rule: Rule, text: str) -> Any:
    if rule.kind is bool and text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    if rule.kind is int and _WHOLE.fullmatch(text):
        return int(text)
    if rule.kind is float and _NUMBER.fullmatch(text):
        return float(text)
    return text


def plan_yaml(plan: Plan) -> str:
    """Write a plan as a file to edit: every field with its reason, its source and what else it may be.

    ``read_plan`` gives the same plan again. A field that differs from the preset is marked.
    """
    preset = preset_of(plan)
    lines = [
        "# A plan of duonen_stats. Change what is to differ; what is taken out is as in the preset.",
        "# duonen plan --plan FILE shows it, duonen report interim --plan FILE follows it.",
        "",
        f"name: {_quoted(plan.name)}",
        f"report: {plan.report}",
    ]
    for item in decisions():
        value, planned = getattr(plan, item.name), getattr(preset, item.name)
        reason, source = grounds(plan, item.name)
        lines += [
            "",
            *_comment(f"{reason} [{source}]"),
            *_comment(f"May be: {rule_of(item.name).describe()}."),
        ]
        if value != planned:
            lines += _comment(f"DIFFERS from the preset, {_in_yaml(planned)}.")
        lines.append(f"{item.name}: {_in_yaml(value)}")
    return "\n".join(lines) + "\n"


def _comment(text: str) -> list[str]:
    lines, current = [], "#"
    for word in text.split():
        if len(current) + 1 + len(word) > _WIDTH:
            lines.append(current)
            current = "#  "
        current += f" {word}"
    return [*lines, current]


def _in_yaml(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_in_yaml, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return _number_in_yaml(value)
    return _quoted(value) if isinstance(value, str) else str(value)


def _number_in_yaml(value: float) -> str:
    """Write a number so that YAML reads it as one: with a point before an exponent, and a sign behind it."""
    text = repr(value)
    if "e" in text:
        digits, exponent = text.split("e")
        sign = "" if exponent.startswith("-") else "+"
        text = f"{digits if '.' in digits else digits + '.0'}e{sign}{exponent.lstrip('+')}"
    return text


def _quoted(text: str) -> str:
    """Quote what YAML would take for something else than this text."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS_OF_YAML:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
