"""Assumptions of the simulator from words: ``outcome.lost_per_month=0.01``, ``D=0.8``."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from duonen_stats.errors import PlanError
from duonen_stats.plan.decision import nearest
from duonen_stats.simulated.model.assumption import stated
from duonen_stats.simulated.model.trial import Assumptions
from duonen_stats.study import Study, load_study


def assume(
    settings: Sequence[str] = (), hazard_ratios: Sequence[str] = (), study: Study | None = None
) -> Assumptions:
    """Depart from the usual assumptions of the simulator.

    Parameters
    ----------
    settings
        ``FIELD=VALUE``, FIELD as the data card of a simulated cut names it; the value is a number, or several with
        commas where the assumption has several.
    hazard_ratios
        Of progression or death: ``0.5`` for each arm that dosimetry adapts, against the arms that it does not, or
        ``D=0.8`` of an arm. A later one takes precedence, but none is stated twice.
    study
        Gives the arms; if omitted, the shipped one.

    Raises
    ------
    PlanError
        There is no such field or arm, it is stated twice, or the value is not one that the assumption may have.

    Examples
    --------
    >>> found = assume(["outcome.lost_per_month=0.01"], ["0.6", "D=0.8"])
    >>> found.outcome.lost_per_month, dict(found.outcome.hazard_ratios or {})
    (0.01, {'B': 0.6, 'C': 0.6, 'D': 0.8})
    """
    made = Assumptions()
    known = {one.name: one.value for one in stated(made)}
    before: set[str] = set()
    for setting in settings:
        name, mark, text = (part.strip() for part in setting.partition("="))
        if not mark:
            raise PlanError(f"--assume {setting}: write FIELD=VALUE, such as outcome.lost_per_month=0.01.")
        if name == "outcome.hazard_ratios":
            raise PlanError(f"--assume {name}: state hazard ratios by --hazard-ratio.")
        if name not in known:
            raise PlanError(
                f"--assume {name}: the simulator has no such assumption.{nearest(name, known)} "
                "README.md of a simulated cut lists them."
            )
        if name in before:
            raise PlanError(f"--assume {name} is given twice; give it once.")
        before.add(name)
        made = _with(made, name.split("."), _value(name, text, known[name]))
    ratios = _ratios(hazard_ratios, study or load_study())
    return made if not ratios else replace(made, outcome=replace(made.outcome, hazard_ratios=ratios))


def _ratios(given: Sequence[str], study: Study) -> Mapping[str, float]:
    codes = [arm.code for arm in study.arms]
    adapted = [arm.code for arm in study.arms if arm.modified_isotope is not None]
    found: dict[str, float] = {}
    before: set[str] = set()
    for text in given:
        arm, mark, value = text.rpartition("=")
        arm = arm.strip()
        ratio = _number("--hazard-ratio", value)
        if not ratio > 0:
            raise PlanError(f"--hazard-ratio {text}: a hazard ratio is above 0.")
        if mark and arm not in codes:
            raise PlanError(f"--hazard-ratio {text}: {arm!r} is no arm; arms are {', '.join(codes)}.")
        if mark and arm not in adapted:
            raise PlanError(
                f"--hazard-ratio {text}: hazard ratios are against arm {arm}. Its own hazard is stated by "
                "--assume outcome.hazard_per_month=VALUE."
            )
        if arm in before:
            whose = f"of arm {arm}" if mark else "for the adapted arms"
            raise PlanError(f"--hazard-ratio {text}: one {whose} is given already; give it once.")
        before.add(arm)
        found |= dict.fromkeys([arm] if mark else adapted, ratio)
    return found


def _number(what: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise PlanError(f"{what}: {text.strip()!r} is not a number.")
    return value


def _value(name: str, text: str, usual: Any) -> Any:
    """Read the value of an assumption in the form of its usual one."""
    what = f"--assume {name}"
    if isinstance(usual, tuple) and all(isinstance(one, int | float) for one in usual):
        parts = text.split(",")
        if len(parts) != len(usual):
            raise PlanError(
                f"{what}: {len(usual)} numbers with commas are wanted, and {text!r} has {len(parts)}."
            )
        return tuple(_like(what, part, one) for part, one in zip(parts, usual, strict=True))
    if usual is None or isinstance(usual, int | float):
        return _like(what, text, usual)
    raise PlanError(f"{what} has more to it than a number; change it from Python, by Assumptions.")


def _like(what: str, text: str, usual: Any) -> Any:
    if isinstance(usual, bool):
        if text.lower() not in {"true", "false"}:
            raise PlanError(f"{what}: {text!r} is neither true nor false.")
        return text.lower() == "true"
    value = _number(what, text)
    if isinstance(usual, int):
        if not value.is_integer():
            raise PlanError(f"{what}: {text.strip()!r} is not a whole number.")
        return int(value)
    return value


def _with(part: Any, path: Sequence[str], value: Any) -> Any:
    name, *rest = path
    if not rest:
        return replace(part, **{name: value})
    inner = getattr(part, name)
    if not is_dataclass(inner) or name not in {item.name for item in fields(part)}:
        raise PlanError(f"--assume {name} has no parts.")
    return replace(part, **{name: _with(inner, rest, value)})
