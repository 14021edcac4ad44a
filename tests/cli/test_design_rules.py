"""Ranges and rules of options, on a command of their own."""

import click
import pytest
from click.testing import CliRunner

from duonen_stats.cli.design_rules import (
    LooksType,
    Numbers,
    Real,
    RuledCommand,
    absent,
    agree,
    chosen,
    given,
    looks_in_events,
    needs,
    one_of,
    only,
    positive,
    required_when,
    wrong_usage,
)
from duonen_stats.errors import PlanError


@click.command(
    cls=RuledCommand,
    rules=(
        one_of("median", "hazard"),
        only("tail", when=chosen("sides", "2")),
        only("late", when=given("median") & absent("hazard")),
        only("early", when=given("median") | positive("trials")),
        needs("final", "events"),
        required_when("events", chosen("sides", "1")),
        agree(
            "low",
            "high",
            test=lambda values: values["low"] < values["high"],
            words="{low} must be below {high}.",
        ),
        only("nowhere", when=given("median")),
    ),
)
@click.argument("data", required=False)
@click.option("--median", type=Real(0, 10, open_low=True))
@click.option("--hazard", type=Numbers(Real(0, 1)))
@click.option("-s", "--sides", default="2")
@click.option("--tail", is_flag=True)
@click.option("--late")
@click.option("--early")
@click.option("--trials", type=int, default=0)
@click.option("--final")
@click.option("--events", type=int)
@click.option("--low", type=float, default=1.0)
@click.option("--high", type=float, default=2.0)
def command(**values):  # noqa: ARG001 - the rules alone are looked at
    click.echo("done")


def outcome(*args):
    shown = CliRunner().invoke(command, list(args))
    return shown.exit_code, shown.output


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("--median", "3", "--late", "x", "--early", "y"),
        ("--trials", "5", "--early", "y"),
        ("--tail",),
        ("--final", "x", "--events", "3"),
        ("-s", "1", "--events", "3"),
        ("--high", "3"),
    ],
)
def test_what_belongs_together_runs(args):
    assert outcome(*args) == (0, "done\n")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--median", "3", "--hazard", "0.1"), "--median and --hazard state the same thing"),
        (("--tail", "--sides", "3"), "--tail has an effect only with --sides 2"),
        (("--late", "x"), "--late has an effect only with --median and without --hazard"),
        (("--early", "x"), "--early has an effect only with --median or with --trials above 0"),
        (("--final", "x"), "--final also needs --events"),
        (("-s", "1"), "--events must be given with --sides 1"),
        (("--low", "2"), "--low must be below --high"),
        (("--median", "0"), "above 0 and 10 or less"),
        (("--median", "x"), "not a number"),
        (("--median", "inf"), "not a finite number"),
        (("--hazard", "0.1,2"), "0 or more and 1 or less"),
        (("--hazard", "0.1;2"), "not a number"),
    ],
)
def test_what_does_not_exits_2_and_is_named(args, words):
    code, shown = outcome(*args)
    assert code == 2
    assert words in " ".join(shown.split())


def test_a_default_is_not_held_against_anyone():
    """--low and --high have defaults that the rule would refuse if --high were 0.5 by default."""
    assert outcome("--low", "0.5")[0] == 0


def test_numbers_and_looks():
    assert Numbers().convert("0.5, 1", None, None) == (0.5, 1.0)
    assert LooksType().convert("0.5,1", None, None) == (0.5, 1.0)
    assert LooksType().convert("30,60", None, None) == (30.0, 60.0)
    assert looks_in_events((30.0, 60.0))
    assert not looks_in_events((0.5, 1.0))
    for kind, wrong in ((Numbers(increasing=True), "1,1"), (Numbers(most=2), "1,2,3"), (LooksType(), "0.5,0.9"),
                        (LooksType(), "0.5,1.5"), (LooksType(), "0,1"), (LooksType(), "1,0.5")):  # fmt: skip
        with pytest.raises(click.BadParameter):
            kind.convert(wrong, None, None)


def test_a_range_without_ends_is_said():
    assert Real().words() == "a finite number"


def test_what_the_engine_refuses_is_wrong_usage():
    with pytest.raises(click.UsageError, match="too late"), wrong_usage():
        raise PlanError("too late")
