import pytest

from duonen_stats.raw.asks import _ASKED, ask, asks
from duonen_stats.raw.check import catalogue

pytestmark = pytest.mark.worked


def test_every_rule_has_one_sentence_for_the_site_and_no_other_id_has():
    named = [rule for rules in _ASKED.values() for rule in rules]
    assert sorted(named) == sorted(rule.id for rule in catalogue())


def test_a_sentence_is_a_request():
    assert all(
        text.startswith(("Please ", "Data management: ")) and text.endswith(".") for text in asks().values()
    )


def test_a_rule_nobody_has_listed_is_still_a_question():
    assert ask("X-UNKNOWN").startswith("Please check")
