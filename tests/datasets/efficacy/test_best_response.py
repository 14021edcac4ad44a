from dataclasses import replace

import pytest

from duonen_stats.datasets.efficacy.best_response import best_response, first_response, judged_responses
from duonen_stats.datasets.efficacy.survival_records import PUBLISHED_RULES

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
    "complete once, then partial": (((84, "CR"), (168, "PR")), ("PR", 0), ("PR", 0)),
    "complete confirms partial": (((84, "PR"), (168, "CR")), ("CR", 1), ("PR", 0)),
    "complete twice": (((84, "PR"), (168, "CR"), (252, "CR")), ("CR", 1), ("CR", 1)),
    "no lesion measured": (((84, "NON-CR/NON-PD"), (168, "PD")), ("NON-CR/NON-PD", 0), ("NON-CR/NON-PD", 0)),
    "no lesion measured, too early": (((41, "NON-CR/NON-PD"), (60, "PD")), ("PD", 1), ("PD", 1)),
    "no lesion measured, complete": (
        ((84, "NON-CR/NON-PD"), (168, "CR"), (252, "CR")),
        ("CR", 1),
        ("CR", 1),
    ),
    "no lesion measured, complete once": (
        ((84, "CR"), (168, "NON-CR/NON-PD")),
        ("NON-CR/NON-PD", 0),
        ("NON-CR/NON-PD", 0),
    ),
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


# RECIST 1.1, Table 3: responses at the first and the second time point -> best response where a response has to be
# confirmed; with the first seen on day 60 (long enough for stable disease) and on day 30 (not long enough).
TABLE_3 = {
    ("CR", "CR"): ("CR", "CR"),
    ("CR", "SD"): ("SD", "PD"),
    ("CR", "PD"): ("SD", "PD"),
    ("CR", "NE"): ("SD", "NE"),
    ("PR", "CR"): ("PR", "PR"),
    ("PR", "PR"): ("PR", "PR"),
    ("PR", "SD"): ("SD", "SD"),
    ("PR", "PD"): ("SD", "PD"),
    ("PR", "NE"): ("SD", "NE"),
    ("NE", "NE"): ("NE", "NE"),
}


@pytest.mark.parametrize("pair", TABLE_3, ids=" ".join)
def test_table_3_of_recist(pair):
    for first, expected in zip((60, 30), TABLE_3[pair], strict=True):
        for gap in (28, 84):
            assert best_response((first, first + gap), pair, CONFIRMED)[0] == expected, (first, gap)


@pytest.mark.parametrize(
    ("choice", "first", "expected"),
    [("partial_response", 60, "PR"), ("progression", 60, "SD"), ("progression", 30, "PD")],
)
def test_table_3_of_recist_complete_then_partial(choice, first, expected):
    """Footnote a: SD, PD or PR."""
    rules = replace(CONFIRMED, disease_after_complete_response=choice)
    assert best_response((first, first + 84), ("CR", "PR"), rules)[0] == expected


# Responses 84 days apart -> best response unconfirmed and confirmed, by the reading of disease after CR.
AFTER_COMPLETE = {
    ("CR", "SD"): {"partial_response": ("PR", "SD"), "progression": ("CR", "SD")},
    ("CR", "SD", "PR"): {"partial_response": ("PR", "SD"), "progression": ("CR", "SD")},
    ("CR", "NE", "PR"): {"partial_response": ("PR", "PR"), "progression": ("CR", "SD")},
    ("CR", "CR", "PR"): {"partial_response": ("CR", "CR"), "progression": ("CR", "CR")},
    ("CR", "CR", "SD", "CR"): {"partial_response": ("CR", "CR"), "progression": ("CR", "CR")},
    ("PR", "CR", "PR"): {"partial_response": ("PR", "PR"), "progression": ("CR", "PR")},
    ("CR", "PR", "CR", "CR"): {"partial_response": ("CR", "CR"), "progression": ("CR", "SD")},
    ("SD", "CR", "PD", "PR"): {"partial_response": ("CR", "SD"), "progression": ("CR", "SD")},
}


@pytest.mark.parametrize("responses", AFTER_COMPLETE, ids=" ".join)
@pytest.mark.parametrize("choice", ["partial_response", "progression"])
def test_disease_after_a_complete_response(responses, choice):
    days = [84 * number for number in range(1, len(responses) + 1)]
    changed = [
        replace(rules, disease_after_complete_response=choice) for rules in (PUBLISHED_RULES, CONFIRMED)
    ]
    assert (
        tuple(best_response(days, responses, rules)[0] for rules in changed)
        == AFTER_COMPLETE[responses][choice]
    )


@pytest.mark.parametrize(
    ("allowed", "between", "expected"),
    [(0, 0, "PR"), (0, 1, "SD"), (1, 1, "PR"), (1, 2, "SD"), (2, 2, "PR"), (99, 5, "PR")],
)
def test_how_many_not_evaluable_may_lie_between(allowed, between, expected):
    rules = replace(CONFIRMED, confirmation_not_evaluable=allowed)
    responses = ("PR", *("NE",) * between, "PR")
    days = [84 * number for number in range(1, len(responses) + 1)]
    assert best_response(days, responses, rules)[0] == expected


def test_nothing_after_progression_counts():
    assert best_response((84, 168, 252), ("PD", "PR", "PR"), PUBLISHED_RULES) == ("PD", 0)
    assert first_response((84, 168, 252), ("PD", "PR", "PR"), CONFIRMED) is None


def test_judged_responses_keep_their_places():
    assert judged_responses((84, 168, 252), ("CR", None, "SD"), PUBLISHED_RULES) == ("PR", "NE", "SD")
    assert judged_responses((84, 168), ("CR", "PD"), PUBLISHED_RULES) == ("CR", "PD")
