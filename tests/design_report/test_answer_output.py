"""An answer for a program."""

import json
from dataclasses import dataclass, field
from datetime import date
from math import inf, nan

import numpy as np
import pytest

from duonen_stats.design_report.answer import Answer, number_at, plain_table, share_at
from duonen_stats.design_report.answer_output import answer_json, answer_text, as_plain


@dataclass
class Result:
    power: float
    scenario: str = "left out"
    counts: tuple[int, ...] = field(default=(1, 2), repr=False)


def test_results_go_by_the_names_of_their_fields():
    assert as_plain({"a": Result(0.5), 1: (True, None, "x", 3)}) == {
        "a": {"power": 0.5},
        "1": [True, None, "x", 3],
    }


def test_what_json_does_not_know_becomes_null_or_text():
    assert as_plain([inf, nan, date(2025, 6, 30), np.float64(1.5), np.arange(2)]) == [
        None,
        None,
        "2025-06-30",
        1.5,
        [0, 1],
    ]
    with pytest.raises(TypeError, match="set"):
        as_plain({1, 2})


def test_an_answer_says_its_question_version_and_units():
    found = json.loads(answer_json(Answer(question="power", title="", data={"result": Result(0.5)})))
    assert list(found) == ["question", "version", "units", "result", "shown", "notes"]
    assert found["result"] == {"power": 0.5}
    assert "months" in found["units"]


def test_every_number_of_the_text_is_in_the_json_with_its_row():
    answer = Answer(
        question="power", title="", facts=(("Power", share_at("result.power")), ("Never", number_at("never"))),
        data={"result": Result(0.5), "never": None}, notes=("A note.",),
    )  # fmt: skip
    found = json.loads(answer_json(answer))
    assert found["shown"][0] == {
        "id": "design.power.result.power", "label": "Power", "context": "", "value": 0.5, "unit": "fraction of 1",
        "note": "",
    }  # fmt: skip
    assert found["shown"][1]["value"] is None
    assert found["shown"][1]["note"]
    assert found["notes"] == ["A note."]


@pytest.mark.snapshot
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
