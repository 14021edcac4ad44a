from dataclasses import replace

import pytest

from duonen_stats.datasets.best_response import best_response
from duonen_stats.datasets.survival_rules import PUBLISHED_RULES

pytestmark = pytest.mark.worked

CONFIRMED = replace(PUBLISHED_RULES, response_confirmation="confirmed")

# responses by day -> (best, first place) without and with confirmation after 28 days
WORKED = {
    "nothing seen": ((), ("NE", None), ("NE", None)),
    "not evaluable only": (((84, "NE"), (168, None)), ("NE", None), ("NE", None)),
    "progression first": (((84, "PD"),), ("PD", 0), ("PD", 0)),
    "stable": (((84, "SD"), (168, "PD")), ("SD", 0), ("SD", 0)),
    "stable too early": (((41, "SD"), (60, "PD")), ("PD", 1), ("PD", 1)),
    "stable too early, no more seen": (((41, "SD"),), ("NE", None), ("NE", None)),
    "stable on the first day that counts": (((42, "SD"),), ("SD", 0), ("SD", 0)),
    "partial, seen once": (((84, "PR"), (168, "PD")), ("PR", 0), ("SD", 0)),
    "partial once and early": (((30, "PR"), (60, "PD")), ("PR", 0), ("PD", 1)),
    "partial twice": (((84, "SD"), (168, "PR"), (252, "PR")), ("PR", 1), ("PR", 1)),
    "partial twice, too near": (((84, "PR"), (111, "PR")), ("PR", 0), ("SD", 0)),
    "partial twice, just far enough": (((84, "PR"), (112, "PR")), ("PR", 0), ("PR", 0)),
    "confirmed over one not evaluable": (((84, "PR"), (168, "NE"), (252, "PR")), ("PR", 0), ("PR", 0)),
    "not confirmed over stable": (((84, "PR"), (168, "SD"), (252, "PR")), ("PR", 0), ("SD", 0)),
    "complete once, then partial": (((84, "CR"), (168, "PR")), ("CR", 0), ("PR", 0)),
    "complete confirms partial": (((84, "PR"), (168, "CR")), ("CR", 1), ("PR", 0)),
    "complete twice": (((84, "PR"), (168, "CR"), (252, "CR")), ("CR", 1), ("CR", 1)),
    "partial confirmed later": (
        ((84, "PR"), (100, "SD"), (168, "PR"), (252, "PR")),
        ("PR", 0),
        ("PR", 2),
    ),
}


@pytest.mark.parametrize("name", WORKED)
def test_worked_histories(name):
    seen, plain, confirmed = WORKED[name]
    days, responses = ([one[place] for one in seen] for place in (0, 1))
    assert best_response(days, responses, PUBLISHED_RULES) == plain
    assert best_response(days, responses, CONFIRMED) == confirmed
