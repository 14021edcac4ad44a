"""Conventions: what they decide, and that they say so."""

from dataclasses import FrozenInstanceError

import pytest

from duonen_stats.errors import PlanError
from duonen_stats.methods import as_convention
from duonen_stats.methods.inputs.convention import CONVENTIONS


def test_spss_convention_is_that_of_the_publication():
    spss = as_convention("spss23")
    assert (spss.quantile_type, spss.levene_center, spss.continuity, spss.zero_method, spss.exact_up_to) == (
        6,
        "mean",
        False,
        "wilcox",
        0,
    )


def test_r_convention_has_the_defaults_of_r():
    r = as_convention("r")
    assert (r.quantile_type, r.levene_center, r.continuity, r.exact_up_to, r.exact_with_ties) == (
        7,
        "median",
        True,
        49,
        False,
    )


def test_conventions_are_known_by_their_own_name():
    assert all(convention.name == name for name, convention in CONVENTIONS.items())
    assert set(CONVENTIONS) == {"spss23", "r", "default"}


def test_a_convention_passes_through():
    assert as_convention(CONVENTIONS["r"]) is CONVENTIONS["r"]


def test_an_unknown_convention_is_refused():
    with pytest.raises(PlanError, match="sas"):
        as_convention("sas")


def test_a_convention_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        CONVENTIONS["r"].continuity = False


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("spss23", ("SPSS 23", "type 6", "mean", "without continuity", "asymptotic rank", "dropped before")),
        ("r", ("of R", "type 7", "median", "with continuity", "up to n = 49 (without ties only)")),
        ("default", ("this package", "with ties too")),
    ],
)
def test_the_footnote_names_every_choice(name, words):
    sentence = CONVENTIONS[name].describe()
    assert all(word in sentence for word in words)
