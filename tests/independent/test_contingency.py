"""Second programming of the exact tests: every table written out, in whole numbers and fractions."""

from fractions import Fraction
from itertools import permutations, product
from math import comb, factorial, prod

import pytest

from duonen_stats.methods import fisher_exact

pytestmark = pytest.mark.independent


def tables(rows, columns):
    """Every table of counts with these margins, cell by cell."""
    if len(rows) == 1:
        yield (tuple(columns),)
        return
    for first in product(*(range(min(rows[0], c) + 1) for c in columns)):
        if sum(first) == rows[0]:
            left = [c - f for c, f in zip(columns, first, strict=True)]
            for rest in tables(rows[1:], left):
                yield (first, *rest)


def probability(table):
    rows, columns = [sum(r) for r in table], [sum(c) for c in zip(*table, strict=True)]
    cells = prod(factorial(cell) for row in table for cell in row)
    margins = prod(map(factorial, rows)) * prod(map(factorial, columns))
    return Fraction(margins, factorial(sum(rows)) * cells)


def textbook_p(table):
    observed = probability(table)
    rows, columns = [sum(r) for r in table], [sum(c) for c in zip(*table, strict=True)]
    assert sum(map(probability, tables(rows, columns))) == 1
    return float(sum(p for p in map(probability, tables(rows, columns)) if p <= observed))


@pytest.mark.parametrize("seventh", range(7))
def test_every_small_2_by_3_table(seventh):
    """All tables with cells up to 2 and no empty margin, a seventh of them at a time."""
    small = [(cells[:3], cells[3:]) for cells in product(range(3), repeat=6)]
    for table in small[seventh::7]:
        if all(map(sum, table)) and all(map(sum, zip(*table, strict=True))):
            assert fisher_exact(table).p_value == pytest.approx(textbook_p(table), rel=1e-10)


@pytest.mark.parametrize(
    "table",
    [
        [[1, 2, 3], [4, 0, 2], [0, 3, 1]],
        [[2, 0, 1, 3], [0, 4, 1, 1], [3, 1, 2, 0]],
        [[1, 0], [0, 3], [2, 2], [4, 1]],
        [[5, 5, 7, 9], [11, 11, 5, 3]],
    ],
)
def test_larger_tables_and_any_order_of_their_margins(table):
    expected = textbook_p(table)
    for order in permutations(range(len(table))):
        assert fisher_exact([table[i] for i in order]).p_value == pytest.approx(expected, rel=1e-10)


def noncentral_tail(table, odds, *, upper):
    """P(first cell >= or <= its value) if the odds ratio is ``odds``, in fractions."""
    (a, b), (c, d) = table
    support = range(max(0, a - d), min(a + b, a + c) + 1)
    weights = {k: comb(a + b, k) * comb(c + d, a + c - k) * Fraction(odds) ** k for k in support}
    chosen = [w for k, w in weights.items() if (k >= a if upper else k <= a)]
    mean = sum(k * w for k, w in weights.items()) / sum(weights.values())
    return float(sum(chosen) / sum(weights.values())), float(mean)


@pytest.mark.parametrize(
    "table", [[[3, 1], [1, 3]], [[7, 2], [3, 9]], [[1, 14], [6, 10]], [[12, 5], [1, 16]]]
)
@pytest.mark.parametrize("confidence", [0.95, 0.8])
def test_the_odds_ratio_solves_its_equations(table, confidence):
    """Mean = observed at the estimate, and a tail of alpha / 2 at either limit."""
    odds = fisher_exact(table, confidence=confidence).odds_ratio
    assert noncentral_tail(table, odds.estimate, upper=True)[1] == pytest.approx(table[0][0], rel=1e-10)
    assert noncentral_tail(table, odds.lower, upper=True)[0] == pytest.approx((1 - confidence) / 2, rel=1e-9)
    assert noncentral_tail(table, odds.upper, upper=False)[0] == pytest.approx((1 - confidence) / 2, rel=1e-9)
