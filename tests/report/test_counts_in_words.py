"""Every "x of y" and every "n (percent)" of a rendered report comes from one set, whatever is missing."""

import re
from dataclasses import replace
from functools import cache

import pytest
from gap_cuts import exceeding_in_the_control_arm, with_gaps
from plan_cases import QUICK, Trial

from duonen_stats.displays.model.content import Number, TableContent, plain
from duonen_stats.displays.model.format import percent
from duonen_stats.document.content_model import (
    Bullets,
    DisplayBlock,
    KeyFigures,
    Paragraph,
)
from duonen_stats.plan import INTERIM
from duonen_stats.report.compose import compose, lay_out_all
from duonen_stats.simulated.cut.simulation import simulate_cut

pytestmark = pytest.mark.whole_report

X_OF_Y = re.compile(
    r"(?<![\d.])(\d+)(?: \([\d.]+%\))?(?: [A-Za-z-]+){0,3} of (?:the |all )?(\d+)(?![\d.]|[\s\u00a0]?%)"
)

CASES = {
    "shipped": ("interim", "shipped", INTERIM),
    "gaps": ("interim", "gaps", replace(INTERIM, modification_counting="any_cycle")),
    "above while incomplete": ("interim", "exceeding", INTERIM),
    "another control": ("interim", "exceeding", replace(INTERIM, control_arm="D")),
    "final with gaps": ("final", "final with gaps", QUICK["final"]),
}


@pytest.fixture(scope="module")
def composed(cut, study):
    """The report of a case, each made once; cases of one cut share what their plans leave alike."""

    @cache
    def trial(report, name):
        if name == "final with gaps":
            return Trial(report, with_gaps(simulate_cut(11, patients=24, stage="FINAL", study=study), 11))
        changed = {
            "shipped": lambda: cut,
            "gaps": lambda: with_gaps(with_gaps(cut, 2), 3),
            "exceeding": lambda: exceeding_in_the_control_arm(exceeding_in_the_control_arm(cut, "A"), "D"),
        }
        return Trial(report, changed[name]())

    @cache
    def made(case):
        report, name, plan = CASES[case]
        analysed = trial(report, name).analysed(plan)
        return compose(analysed, lay_out_all(analysed))

    return made


@pytest.fixture(params=CASES)
def document(request, composed):
    return composed(request.param)


def lines_of(document):
    """Every line that a reader sees, with where it is."""
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Paragraph):
                yield section.key, block.line
            elif isinstance(block, Bullets):
                yield from ((section.key, line) for line in block.items)
            elif isinstance(block, KeyFigures):
                yield from ((section.key, line) for _, line in block.items)
            elif isinstance(block, DisplayBlock):
                made = block.produced
                yield from ((made.key, line) for line in (made.population, made.sentence, *made.footnotes))
                if isinstance(made.content, TableContent):
                    yield from ((made.key, cell) for row in made.content.rows for cell in row.cells)
                    yield from ((made.key, column.below) for column in made.content.columns)


def test_no_part_is_larger_than_its_whole(document):
    found = [
        (where, match[0], int(match[1]), int(match[2]))
        for where, line in lines_of(document)
        for match in X_OF_Y.finditer(plain(line))
    ]
    assert len(found) >= 3, "the pattern must see the sentences"
    assert [one for one in found if one[2] > one[3]] == []


def test_a_count_and_its_percentage_are_of_one_block(document):
    pairs = 0
    for where, line in lines_of(document):
        for count, between, share in zip(line, line[1:], line[2:], strict=False):
            if not (isinstance(count, Number) and between == " (" and isinstance(share, Number)):
                continue
            if not share.id.endswith(".pct"):
                continue
            assert count.id.removesuffix(".n") == share.id.removesuffix(".pct"), where
            row = document.results.row(count.id)
            assert row.n is not None
            assert row.stat is not None
            assert row.n == document.results.row(share.id).n, where
            assert 0 <= row.stat <= row.n, (where, count.id)
            if row.n:
                assert share.text == percent(100 * row.stat / row.n), (where, count.id)
            pairs += 1
    assert pairs > 100


def test_the_number_in_a_column_head_bounds_every_count_below_it(document):
    """Under "Arm A, N = 12" no cell counts in more than 12."""
    heads = 0
    for section in document.sections:
        for block in section.blocks:
            if not isinstance(block, DisplayBlock) or not isinstance(block.produced.content, TableContent):
                continue
            content = block.produced.content
            for place, column in enumerate(content.columns):
                head = next((part for part in column.below if isinstance(part, Number)), None)
                if head is None or not head.id.startswith(("disposition.", "table1.N")):
                    continue
                whole = document.results.value(head.id)
                heads += 1
                for row in content.rows:
                    for part in row.cells[place]:
                        if isinstance(part, Number) and part.id.endswith((".n", ".pct")):
                            n = document.results.row(part.id).n
                            assert n is not None
                            assert n <= whole, (block.produced.key, part.id)
    assert heads > 5


def test_the_control_arm_of_the_sentence_is_the_plans(composed):
    """Arm A: 12 Gy per cycle, one record missing: 14 above the limit, of whom 13 are complete."""
    for arm, case in (("A", "above while incomplete"), ("D", "another control")):
        document = composed(case)
        (said,) = [
            re.search(r"In arm (\w), (\d+) of the (\d+) treated patients whose status is known", plain(line))
            for where, line in lines_of(document)
            if where == "organ_doses" and "whose status is known" in plain(line)
        ]
        assert said is not None
        assert said[1] == arm
        complete = document.results.value(f"table3.kidney_total.{arm}.n")
        above = document.results.value(f"limit.kidney.course.{arm}.n")
        assert above > complete  # what the sentence of old divided by
        assert (int(said[2]), int(said[3])) == (
            above,
            document.results.value(f"limit.kidney.course.{arm}.n_known"),
        )
