"""Which values the options of ``duonen design`` take and which options belong together: declared, not checked by hand.

An option is declared with the range of its values (:class:`Real`, :class:`Numbers`, :class:`Looks`), a command with
rules about its options (:func:`one_of`, :func:`only`, :func:`needs`, :func:`agree`). :class:`RuledCommand` checks the
rules once the options are read, of those that were typed: an option without effect is wrong usage and exits 2, named as
typed.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from math import inf, isfinite
from typing import Any
from urllib.parse import urlsplit

import click
from click.core import ParameterSource

from duonen_stats.cli.options import CommaList
from duonen_stats.errors import DuonenError, OptionError, TooFewTrialsError

_TYPED = (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT)


class Real(click.ParamType):  # type: ignore[type-arg]
    """A finite number within a range; an end that is ``open`` does not belong to it."""

    name = "number"

    def __init__(
        self,
        low: float = -inf,
        high: float = inf,
        *,
        open_low: bool = False,
        open_high: bool = False,
        hint: str = "",
    ) -> None:
        self.low, self.high = low, high
        self.open_low, self.open_high = open_low, open_high
        self._hint = hint

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read the number; wrong usage if it is not one, or out of range."""
        try:
            number = float(value)
        except (TypeError, ValueError):
            self.fail(f"{value!r} is not a number.", param, ctx)
        if not isfinite(number):
            self.fail(f"{value} is not a finite number.", param, ctx)
        low = number < self.low or (self.open_low and number == self.low)
        high = number > self.high or (self.open_high and number == self.high)
        if low or high:
            self.fail(f"{value} is out of range: it must be {self.words()}.{self._hint}", param, ctx)
        return number

    def words(self) -> str:
        """Say the range."""
        parts = []
        if self.low > -inf:
            parts.append(f"above {self.low:g}" if self.open_low else f"{self.low:g} or more")
        if self.high < inf:
            parts.append(f"below {self.high:g}" if self.open_high else f"{self.high:g} or less")
        return " and ".join(parts) or "a finite number"


class Numbers(CommaList):
    """Numbers separated by commas: ``0.667,0.5,0.43``; ``each`` is the type of one of them."""

    name = "numbers"

    def __init__(
        self, each: "click.ParamType[Any] | None" = None, *, increasing: bool = False, most: int = 50
    ) -> None:
        self._each = each or Real()
        self._increasing = increasing
        self._most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read the numbers; wrong usage if one of them is not a number of the kind."""
        if isinstance(value, tuple):
            return value
        parts = str(value).split(",")
        if any(len(part.split()) > 1 for part in parts):
            self.fail(
                f"{value!r}: write commas between the numbers, as in {','.join(value.split())}.", param, ctx
            )
        numbers = tuple(self._each.convert(part.strip(), param, ctx) for part in parts)
        if len(numbers) > self._most:
            self.fail(f"{len(numbers)} numbers were given; {self._most} are the most.", param, ctx)
        if self._increasing and any(after <= before for before, after in pairwise(numbers)):
            self.fail(f"{value} must increase from number to number.", param, ctx)
        return numbers


class LooksType(Numbers):
    """Looks of a monitoring plan: fractions of the information that end at 1, or whole numbers of events."""

    name = "looks"

    def __init__(self) -> None:
        super().__init__(Real(0, 1e6, open_low=True), increasing=True, most=12)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read the looks; wrong usage if they are neither fractions nor numbers of events."""
        looks = super().convert(value, param, ctx)
        if looks[-1] != 1 and not (looks[-1] > 1 and all(look.is_integer() for look in looks)):
            self.fail(
                f"{value}: looks are fractions of the information that end at 1, such as 0.5,1, or whole numbers of "
                "events, such as 30,60.",
                param,
                ctx,
            )
        return looks


class Address(click.ParamType):  # type: ignore[type-arg]
    """Address of a scheduler: ``tcp://10.0.0.5:8786``."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read the address; wrong usage if it has no protocol, host and port."""
        try:
            parts = urlsplit(str(value))
            known = parts.scheme in ("tcp", "tls") and bool(parts.hostname) and parts.port is not None
        except ValueError:
            known = False
        if not known:
            self.fail(
                f"{value!r} is not the address of a scheduler, such as tcp://10.0.0.5:8786.", param, ctx
            )
        return str(value)


class Periods(CommaList):
    """Rates by period, ``0:1.5,12:2``: 1.5 from month 0, 2 from month 12 on."""

    name = "periods"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read the periods as an ``AccrualPlan``; wrong usage if they are none."""
        from duonen_stats.design.reestimation.rest_of_trial import AccrualPlan
        from duonen_stats.errors import PlanError

        if isinstance(value, AccrualPlan):
            return value
        try:
            pairs = [
                tuple(float(part) for part in period.split(":")) if ":" in period else (0.0, float(period))
                for period in str(value).split(",")
            ]
            starts, rates = zip(*pairs, strict=True)
            return AccrualPlan(starts_months=starts, patients_per_month=rates)
        except (ValueError, PlanError) as error:
            why = f" {error}" if isinstance(error, PlanError) else ""
            self.fail(f"{value!r} is not MONTH:RATE,MONTH:RATE, such as 0:1.5,12:2.{why}", param, ctx)


def looks_in_events(looks: tuple[float, ...]) -> bool:
    """Say whether looks are numbers of events."""
    return looks[-1] > 1


@dataclass(frozen=True, slots=True)
class Typed:
    """The options of a command as given: all values, the names of those that were typed, and how each is written."""

    values: Mapping[str, Any]
    names: frozenset[str]
    written: Mapping[str, str]

    def option(self, name: str) -> str:
        """Write an option as it is typed."""
        return self.written.get(name, name)

    def both(self, names: tuple[str, ...]) -> list[str]:
        """Of these names, those that were typed."""
        return [name for name in names if name in self.names]


@dataclass(frozen=True, slots=True)
class When:
    """A condition on the options: whether it holds, and its words behind "has an effect only"."""

    holds: Callable[[Typed], bool]
    words: Callable[[Typed], str]

    def __and__(self, other: "When") -> "When":
        """Both hold."""
        return When(
            lambda typed: self.holds(typed) and other.holds(typed),
            lambda typed: f"{self.words(typed)} and {other.words(typed)}",
        )

    def __or__(self, other: "When") -> "When":
        """At least one of them holds."""
        return When(
            lambda typed: self.holds(typed) or other.holds(typed),
            lambda typed: f"{self.words(typed)} or {other.words(typed)}",
        )


def given(name: str) -> When:
    """Hold if the option was given."""
    return When(lambda typed: _there(typed, name), lambda typed: f"with {typed.option(name)}")


def absent(name: str) -> When:
    """Hold if the option was not given."""
    return When(lambda typed: not _there(typed, name), lambda typed: f"without {typed.option(name)}")


def chosen(name: str, *choices: str) -> When:
    """Hold if one of these choices was made."""
    return When(
        lambda typed: str(typed.values.get(name)) in choices,
        lambda typed: f"with {typed.option(name)} {' or '.join(choices)}",
    )


def positive(name: str) -> When:
    """Hold if the number of the option is above 0."""
    return When(
        lambda typed: (typed.values.get(name) or 0) > 0, lambda typed: f"with {typed.option(name)} above 0"
    )


def _there(typed: Typed, name: str) -> bool:
    return name in typed.names or (name in typed.values and typed.values[name] not in (None, (), False))


Rule = Callable[[Typed], str | None]
"""Says what is wrong, or None."""


def one_of(*names: str) -> Rule:
    """Refuse more than one of these options."""

    def check(typed: Typed) -> str | None:
        both = typed.both(names)
        if len(both) < 2:  # noqa: PLR2004
            return None
        first, *others = (typed.option(name) for name in both)
        return f"{first} and {' and '.join(others)} state the same thing: give one of them."

    return check


def only(*names: str, when: When) -> Rule:
    """Refuse options that have an effect only under a condition, where it does not hold."""

    def check(typed: Typed) -> str | None:
        idle = typed.both(names)
        if not idle or when.holds(typed):
            return None
        return f"{typed.option(idle[0])} has an effect only {when.words(typed)}."

    return check


def needs(name: str, *others: str, when: When | None = None) -> Rule:
    """Ask for the others that an option needs; with ``when`` only under a condition."""

    def check(typed: Typed) -> str | None:
        asked = name in typed.names and (when is None or when.holds(typed))
        missing = [other for other in others if other in typed.values and not _there(typed, other)]
        if not asked or not missing:
            return None
        return f"{typed.option(name)} also needs {' and '.join(typed.option(other) for other in missing)}."

    return check


def required_when(name: str, when: When) -> Rule:
    """Ask for an option without which another choice means nothing."""

    def check(typed: Typed) -> str | None:
        if name not in typed.values or not when.holds(typed) or _there(typed, name):
            return None
        return f"{typed.option(name)} must be given {when.words(typed)}."

    return check


def agree(*names: str, test: Callable[[Mapping[str, Any]], bool], words: str) -> Rule:
    """Hold a relation between the values of options of which one was typed; ``words`` names them in braces."""

    def check(typed: Typed) -> str | None:
        if not typed.both(names) or any(name not in typed.values for name in names) or test(typed.values):
            return None
        return words.format(**{name: typed.option(name) for name in names})

    return check


class RuledCommand(click.Command):
    """A command whose rules are checked before it runs."""

    def __init__(self, *args: Any, rules: tuple[Rule, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = rules

    def invoke(self, ctx: click.Context) -> Any:
        """Check the rules of the options, then run."""
        written = {
            param.name: max(param.opts, key=len)
            if isinstance(param, click.Option)
            else param.human_readable_name
            for param in self.params
            if param.name
        }
        names = frozenset(name for name in written if ctx.get_parameter_source(name) in _TYPED)
        typed = Typed(ctx.params, names, written)
        for rule in self.rules:
            fault = rule(typed)
            if fault is not None:
                raise click.UsageError(fault, ctx)
        return super().invoke(ctx)


@contextmanager
def wrong_usage(*named: str) -> Iterator[None]:
    """Turn what the engine refuses of the options themselves into wrong usage; a named option keeps its name.

    ``named`` are the options, as typed, that a fault is about if it names none.
    """
    try:
        yield
    except OptionError:
        raise
    except DuonenError as fault:
        prefix = "" if not named or "--" in str(fault) else f"{', '.join(named)}: "
        raise click.UsageError(f"{prefix}{fault}") from fault


@contextmanager
def enough_trials(option: str) -> Iterator[None]:
    """Turn too few simulated trials into wrong usage of the option that states them."""
    try:
        yield
    except TooFewTrialsError as fault:
        raise click.UsageError(f"{option}: {fault}") from fault
