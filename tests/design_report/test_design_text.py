"""An answer for the terminal."""

import pytest

from duonen_stats.design_report.answer import Answer, plain_table
from duonen_stats.design_report.design_text import answer_text

pytestmark = pytest.mark.snapshot


def test_an_answer_is_set_in_blocks():
    answer = Answer(
        question="power",
        title="Power",
        assumed=(("Patients", "92"),),
        facts=(("Power", "73.1%"), ("Much longer label", "1")),
        tables=(plain_table(("Look", "Z"), [("1", "2.963")]),),
        notes=("A word. " * 20,),
    )
    lines = answer_text(answer).split("\n")
    assert lines[:7] == [
        "Power",
        "═════",
        "Patients           92",
        "",
        "Power              73.1%",
        "Much longer label  1",
        "",
    ]
    assert lines[7].split() == ["Look", "Z"]
    assert max(len(line) for line in lines) <= 100
