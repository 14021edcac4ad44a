"""What a finding rests on: change any printed number it used, and it is no longer proved."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from small_ledger import counted, entry, ledger, row

from duonen_stats.plan import INTERIM
from duonen_stats.publication import load_ledger
from duonen_stats.publication.audit import audit_publication
from duonen_stats.publication.checks.all_checks import CHECKS
from duonen_stats.publication.checks.percentages import check_percentages
from duonen_stats.publication.finding import CANNOT_HOLD, LedgerFinding
from duonen_stats.publication.ledger import Ledger
from duonen_stats.publication.result_ids import result_id
from duonen_stats.results import Results

pytestmark = pytest.mark.law

ARMS = {"all": 40, "P": 20, "Q": 20}
SIZES = row("size", "N", ARMS)


def _contradictory() -> Iterator[Ledger]:
    """One small ledger for every check that can call a number impossible."""
    yield ledger(*SIZES, *counted("x", "P", 5, 20, "31.0"))
    yield ledger(*SIZES, *row("x", "n", {"all": 13, "P": 5, "Q": 6}, ARMS))
    yield ledger(*SIZES, *row("x", "median", {"all": "9.9", "P": "5.0", "Q": "6.0"}, ARMS))
    yield ledger(*SIZES, *row("x", "min", {"all": "3.0", "P": "2.0", "Q": "2.5"}, ARMS))
    yield ledger(*SIZES, *row("x", "max", {"all": "9.0", "P": "8.0", "Q": "7.5"}, ARMS))
    yield ledger(*SIZES, *row("x", "pct", {"all": "30.0", "P": "10.0", "Q": "20.0"}, ARMS))
    yield ledger(
        *SIZES,
        *counted("x", "P", 5, 20, "25.0", partition="all of them"),
        *counted("y", "P", 16, 20, "80.0", partition="all of them"),
    )
    yield ledger(
        entry("total.n", 38, stat="n_events", arm="all", of=38),
        *counted("a", "all", 14, 38, "36.9", partition="events"),
        *counted("b", "all", 11, 38, "28.9", partition="events"),
        *counted("c", "all", 13, 38, "34.2", partition="events"),
    )
    sixteen = entry("size.S.N", 16, stat="N", arm="S", row="size")
    yield ledger(
        sixteen,
        *counted("a", "S", 5, 16, "31.3"),
        *counted("b", "S", 1, 16, "6.3"),
        *counted("c", "S", 11, 16, "68.7"),
    )
    yield ledger(entry("first", 12), entry("again", 14, same_as="first"))


Check = Callable[[Ledger], list[LedgerFinding]]


def _impossible(check: Check, whole: Ledger) -> set[LedgerFinding]:
    return {found for found in check(whole) if found.nature in CANNOT_HOLD}


def _altered(whole: Ledger, name: str, by: Decimal) -> Ledger:
    return Ledger(tuple(replace(one, value=one.number + by) if one.id == name else one for one in whole))


def _used(check: Check, whole: Ledger, names: list[str]) -> Iterator[tuple[LedgerFinding, str]]:
    """Yield each finding with every number on which it depends: altered, it is found no more, or told otherwise."""
    found = set(check(whole))
    for name in names if found else ():
        altered = set(check(_altered(whole, name, 2 * whole.entry(name).half_unit)))
        yield from ((finding, name) for finding in found - altered)


def test_every_check_that_makes_numbers_impossible_is_tried():
    natures = {
        found.check for whole in _contradictory() for check in CHECKS for found in _impossible(check, whole)
    }
    shipped = {found.check for check in CHECKS for found in _impossible(check, load_ledger())}
    assert shipped <= natures
    assert "repeated number" in natures


@pytest.mark.parametrize("whole", [*_contradictory(), load_ledger()], ids=lambda one: f"{len(one)} entries")
def test_a_finding_names_every_number_it_used(whole):
    for check in CHECKS:
        places = {whole.entry(name).where for found in check(whole) for name in found.ids}
        names = [one.id for one in whole if one.value is not None and one.where in places]
        for finding, name in _used(check, whole, names):
            assert name in {*finding.ids, *finding.by}, f"{finding.check}: {name} is used and not named"


def test_denominators_are_premises_of_shares_and_of_sums():
    (found,) = check_percentages(ledger(*SIZES, *counted("x", "P", 5, 20, "31.0")))
    assert found.premises("x.P.pct") == {"x.P.n", "size.P.N"}
    whole = load_ledger()
    for check in CHECKS:
        for finding in _impossible(check, whole):
            for name in finding.ids:
                of = whole.entry(name).of
                if of is not None:
                    printed = [whole.entry(one) for one in finding.premises(name)]
                    assert any(one.number == of for one in printed), f"{finding.check}: {name} of {of}"


def _with(results: Results, changes: dict[str, float]) -> Results:
    return Results(
        replace(one, stat=changes[one.analysis_id]) if one.analysis_id in changes else one for one in results
    )


def test_where_the_data_break_a_premise_the_printed_number_differs(results, study):
    """Each number that is impossible in the shipped cohort, with each premise of each of its findings broken alone."""
    whole = load_ledger()
    before = audit_publication(whole, results, study, INTERIM)
    impossible = [one for one in before.rows if one.verdict == "impossible"]
    assert len(impossible) == 17
    broken: dict[str, set[str]] = {}  # a row of the results: entries that lose a proof when it changes
    for one in impossible:
        proofs = [
            found.premises(name)
            for name in {one.entry.id, whole.original(one.entry).id}
            for found in before.findings
            if found.nature in CANNOT_HOLD and name in found.ids
            and found.premises(name) <= {row.entry.id for row in before.rows if row.verdict == "reproduced"}
        ]  # fmt: skip
        for key in {result_id(whole.entry(name), whole) for name in set.intersection(*map(set, proofs))}:
            broken.setdefault(str(key), set()).add(one.entry.id)
    assert len(broken) > 40
    for key, names in broken.items():
        changed = _with(results, {key: (results.value(key) or 0) + 1})
        verdicts = {
            one.entry.id: one.verdict for one in audit_publication(whole, changed, study, INTERIM).rows
        }
        assert {verdicts[name] for name in names} <= {"differs", "reproduced"}, (key, names)


def test_a_share_of_another_number_of_events_is_not_proved_impossible(results, study):
    """39 events: 36.9 % is printed of 38, and of 39 these data give another count of nothing that was printed."""
    whole = load_ledger()
    total = {"table5.total.any.n": 39.0}
    named = {"table5.anemia.any.pct", "table5.renal_impairment.any.pct", "sec3_9.anemia.pct"}
    verdicts = {
        one.entry.id: one.verdict
        for one in audit_publication(whole, _with(results, total), study, INTERIM).rows
    }
    assert {verdicts[name] for name in named} == {"differs"}
    of_39 = Results(
        replace(one, n=39) if one.analysis_id.startswith("table5.anemia.any.") and one.n == 38 else one
        for one in results
    )
    verdicts = {one.entry.id: one.verdict for one in audit_publication(whole, of_39, study, INTERIM).rows}
    assert verdicts["table5.anemia.any.pct"] == "differs"
