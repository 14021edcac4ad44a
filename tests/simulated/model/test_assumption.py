"""How assumptions are stated and checked."""

from dataclasses import dataclass

import pytest

from duonen_stats.errors import PlanError
from duonen_stats.simulated.model.assumption import (
    StatedAssumption,
    assumed,
    require_fractions,
    require_positive,
    require_shares,
    stated,
)


@dataclass(frozen=True)
class Inner:
    height: float = assumed(1.8, "Tall.", "invented")


@dataclass(frozen=True)
class Outer:
    inner: Inner
    weight: float = assumed(70.0, "Slim.", "Table 1")


def test_assumptions_are_listed_with_reason_and_source_also_those_inside_others():
    assert [*stated(Outer(Inner()))] == [
        StatedAssumption("inner.height", 1.8, "Tall.", "invented"),
        StatedAssumption("weight", 70.0, "Slim.", "Table 1"),
    ]


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_a_fraction_lies_between_0_and_1(value):
    require_fractions(share=0.5)
    with pytest.raises(PlanError, match=r"share is .* fraction"):
        require_fractions(share=value)


@pytest.mark.parametrize("value", [0, -1, float("inf"), float("nan")])
def test_what_must_be_positive_is_finite_too(value):
    require_positive(sd=2)
    with pytest.raises(PlanError, match="sd is"):
        require_positive(sd=value)


@pytest.mark.parametrize("shares", [(), (0.5, 0.4), (1.5, -0.5)])
def test_shares_make_a_whole(shares):
    require_shares(sites=(0.5, 0.5))
    with pytest.raises(PlanError, match="sites are shares"):
        require_shares(sites=shares)
