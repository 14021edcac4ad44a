from dataclasses import replace

import pytest
from small_ledger import counted, entry, ledger

from duonen_stats.plan import INTERIM
from duonen_stats.publication import load_ledger
from duonen_stats.publication.audit import VERDICTS, audit_publication
from duonen_stats.results import Results

POWERS = {"design.power.hr0.667", "design.power.hr0.50", "design.power.hr0.43"}


@pytest.fixture(scope="module")
def audit(results, study):
    return audit_publication(load_ledger(), results, study, INTERIM)


def rows(audit, **wanted):
    return [row for row in audit.rows if all(getattr(row, name) == value for name, value in wanted.items())]


def test_the_shipped_cohort_regenerates_the_publication(audit):
    """557 reproduced, 17 impossible, each with its finding and proof; nothing differs, nothing is unexplained."""
    results = [row for row in audit.rows if row.entry.kind == "result"]
    assert len(results) == 574
    assert audit.count("reproduced", kind="result") == 557
    assert audit.count("differs") == 0
    assert audit.count("not regenerable", kind="result") == 0
    impossible = rows(audit, verdict="impossible")
    assert len(impossible) == 17
    assert {row.finding for row in impossible} == {
        "A01",
        "A02",
        "A03",
        "A04",
        "A05",
        "A06",
        "A07",
        "A08",
        "A14",
    }
    assert all(row.detail and row.regenerated != row.entry.text for row in impossible)


def test_every_entry_has_a_verdict_of_its_kind(audit):
    assert len(audit.rows) == 745
    assert sum(audit.counts().values()) == 745
    assert list(audit.counts()) == list(VERDICTS)
    assert (audit.counts()["design"], audit.counts()["claim"], audit.counts()["not regenerable"]) == (
        116,
        46,
        9,
    )
    assert {row.answer for row in rows(audit, verdict="design")} == {
        "agrees",
        "not reproduced",
        "not checkable",
    }
    assert {row.answer for row in rows(audit, verdict="claim")} <= {"true", "false", "not evaluable"}


def test_numbers_read_off_figures_are_shown_beside_and_not_judged(audit):
    read_off = [row for row in audit.rows if row.entry.kind == "figure_alt"]
    assert len(read_off) == 7
    assert all(row.regenerated and row.verdict == "not regenerable" for row in read_off)


def test_the_printed_power_is_not_reproduced(audit):
    lost = {row.entry.id for row in rows(audit, answer="not reproduced")}
    assert lost == POWERS | {"design.pfs20.high"}
    assert {row.finding for row in audit.rows if row.entry.id in POWERS} == {"A15"}


def test_design_numbers_that_the_dictionary_has_all_agree(audit):
    told = [row for row in audit.rows if row.detail.startswith("data dictionary") and row.verdict == "design"]
    assert len(told) > 40
    assert {row.answer for row in told} == {"agrees"}


def test_claims_that_the_printed_numbers_contradict_are_false_in_data_that_give_them(audit):
    answers = {row.entry.id: row.answer for row in rows(audit, verdict="claim")}
    for name in ("sec2.claim.completed", "sec3_8.claim.D_within_bounds", "sec4_2.claim.approach_not_exceed",
                 "sec4_2.claim.no_between_arm"):  # fmt: skip
        assert answers[name] == "false"


def test_a_number_that_no_finding_excuses_differs(results, study):
    shifted = Results(
        replace(row, stat=row.stat + 1) if row.analysis_id == "table1.age.all.median" else row
        for row in results
    )
    audit = audit_publication(load_ledger(), shifted, study, INTERIM)
    differing = {row.entry.id for row in rows(audit, verdict="differs")}
    assert differing == {"table1.age.all.median", "sec2_1.age.median"}


def test_a_contradiction_excuses_no_number_whose_proof_rests_on_others_that_differ(results, study):
    """Other data may have other women: then the printed total differs, and 11 + 11 + 5 + 3 = 30 proves nothing."""
    other = {"table1.sex.female.A.n", "table1.sex.female.all.pct", "table1.sex.male.all.n"}
    changed = Results(replace(row, stat=row.stat + 1) if row.analysis_id in other else row for row in results)
    audit = audit_publication(load_ledger(), changed, study, INTERIM)
    verdicts = {row.entry.id: row.verdict for row in audit.rows}
    assert verdicts["table1.sex.female.all.n"] == verdicts["table1.sex.female.A.n"] == "differs"
    assert verdicts["table1.bmi.all.median"] == "impossible"


def test_a_number_that_could_not_be_estimated_has_its_reason(results, study):
    lost = Results(
        replace(row, stat=None, note="too few") if row.analysis_id == "table1.age.all.median" else row
        for row in results
    )
    audit = audit_publication(load_ledger(), lost, study, INTERIM)
    assert {row.detail for row in rows(audit, verdict="not regenerable") if row.entry.kind == "result"} == {
        "too few"
    }


def test_a_contradicted_number_that_is_reproduced_stays_reproduced(audit):
    """A finding alone makes nothing impossible: most cells of a contradiction are right."""
    by_id = {row.entry.id: row for row in audit.rows}
    assert by_id["table2.B.n_unchanged"].verdict == "reproduced"
    assert by_id["table2.B.n_unchanged"].finding == "A09"
    assert by_id["table1.sex.female.all.pct"].verdict == "reproduced"


def test_another_publication_is_audited_as_well(results, study):
    other = ledger(*counted("other", "drug", 5, 16, "31.5"), entry("d", 7, kind="design"))
    audit = audit_publication(_with_design(other), results, study, INTERIM)
    assert {row.entry.id: row.verdict for row in audit.rows}["other.drug.n"] == "not regenerable"
    assert [finding.check for finding in audit.findings] == ["percentage of a count"]


def _with_design(other):
    design = [entry for entry in load_ledger() if entry.kind == "design" and not entry.same_as]
    return ledger(*other, *(e for e in design if not e.id.startswith("design.power")))


_ABSENT = "no analysis gives this number"


@pytest.mark.parametrize("kept", [0, 10, 19])
def test_a_number_that_no_analysis_gives_is_a_row_that_says_so(audit, results, study, kept):
    """Of every twenty rows of the results table some are kept; the claims that need another one have no answer."""
    fewer = Results(row for place, row in enumerate(results) if place % 20 < kept)
    found = audit_publication(load_ledger(), fewer, study, INTERIM)
    lost = [
        row
        for before, row in zip(audit.rows, found.rows, strict=True)
        if row.entry.kind == "result" and before.result_ids[0] not in fewer
    ]
    assert len(lost) > 10
    assert {(row.verdict, row.detail, row.regenerated) for row in lost} == {("not regenerable", _ABSENT, "")}
    assert any(_ABSENT in row.detail for row in rows(found, answer="not evaluable"))


def test_a_trial_without_an_arm_or_an_analyte_of_the_publication_is_audited(results, study):
    fewer = replace(
        study, arms=study.arms[:3], analytes=tuple(one for one in study.analytes if one.code != "WBC"),
        visits=tuple(visit for visit in study.visits if visit.code != "V4"), eligibility_rules=(),
    )  # fmt: skip
    found = audit_publication(load_ledger(), results, fewer, INTERIM)
    by_id = {row.entry.id: row for row in found.rows}
    assert by_id["table1.age.D.median"].detail == "not computed under this plan"
    assert by_id["table4.WBC.delta.median"].detail == "not computed under this plan"
    assert by_id["design.activity.D.177Lu_c1"].answer == "not checkable"
    assert by_id["design.eligibility.hb"].answer == "not checkable"
    assert by_id["design.activity.A.177Lu"].answer == "agrees"
    assert by_id["fig7.claim.C_largest"].detail == "the data dictionary has no arm D"
    assert by_id["fig7.claim.C_largest"].answer == "not evaluable"
