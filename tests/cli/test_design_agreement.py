"""Which options belong together."""

import pytest

from duonen_stats.cli import design_agreement as agreement
from duonen_stats.cli.design import design
from duonen_stats.cli.design_options import PLAN_DEFAULTS
from duonen_stats.cli.design_rules import RuledCommand, Typed

EVERY_RULE = {
    "assumption": agreement.ASSUMPTION_RULES,
    "test": agreement.TEST_RULES,
    "weights": agreement.WEIGHT_RULES,
    "plan": agreement.PLAN_RULES,
    "seen": agreement.SEEN_RULES,
    "hazard": (agreement.ONE_HAZARD,),
    "arms": (agreement.NO_ARM_EMPTY,),
}
_KINDS = (tuple, float, int, str)
DEFAULTS = {
    param.name: param.default if isinstance(param.default, _KINDS) else None
    for command in ("sample-size", "power", "boundaries", "project")
    for param in design.commands[command].params
}


def broken(rules, **stated):
    """What is wrong with these options, all others being as they are if omitted."""
    typed = Typed(
        DEFAULTS | stated, frozenset(stated), {name: f"--{name.replace('_', '-')}" for name in DEFAULTS}
    )
    return [fault for rule in rules if (fault := rule(typed)) is not None]


@pytest.mark.parametrize("rules", EVERY_RULE.values(), ids=EVERY_RULE)
def test_nothing_typed_breaks_no_rule(rules):
    assert broken(rules) == []


@pytest.mark.parametrize(
    ("kind", "stated", "named"),
    [
        ("assumption", {"total": 60.0, "followup": 12.0}, "--total and --followup"),
        (
            "assumption",
            {"hazard_starts": (0.0, 6.0), "weibull_shape": 1.5},
            "--hazard-starts and --weibull-shape",
        ),
        (
            "assumption",
            {"accrual_starts": (0.0, 60.0), "accrual_intensities": (1.0, 2.0)},
            "end of --accrual",
        ),
        ("assumption", {"accrual": 0.0, "followup": 0.0}, "--accrual and --followup must not both be 0"),
        ("arms", {"patients": 2}, "--patients must leave no arm empty at this --allocation"),
        ("arms", {"patients": 40, "allocation": 100.0}, "leave no arm empty"),
        ("test", {"alpha": 0.95, "power": 0.9}, "--power must be above the level --alpha"),
        ("weights", {"rho": 1.0}, "--rho has an effect only with --method lakatos"),
        ("plan", {"binding": True}, "--binding has an effect only with --futility"),
        (
            "plan",
            {"efficacy": "pocock", "efficacy_parameter": (2.0,)},
            "--efficacy-parameter has an effect only",
        ),
        ("hazard", {"control_hazard": (1.2, 1.9)}, "--control-hazard must be one number"),
        ("seen", {"entered": 60}, "--entered also needs --events and --cut-month"),
        ("seen", {"entered": 5, "events": 6, "cut_month": 12.0}, "no more than --entered"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_what_does_not_belong_together_is_named_as_typed(kind, stated, named):
    assert any(named in fault for fault in broken(EVERY_RULE[kind], **stated))


def test_patients_are_those_of_the_plan_if_omitted():
    assert agreement.patients_of({"patients": None}) == int(PLAN_DEFAULTS["patients"])
    assert agreement.patients_of({"patients": 30}) == 30


def test_every_command_checks_its_rules():
    assert all(isinstance(command, RuledCommand) and command.rules for command in design.commands.values())
