from dataclasses import replace

import numpy as np
import pytest

from duonen_stats import FINAL
from duonen_stats.results.rows.compare_times import hazard_ratio_rows
from duonen_stats.results.rows.table import About
from duonen_stats.results.rows.times import Times, two_groups
from duonen_stats.verification.coverage import family_of, why_not


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("pfs.primary.permutation.p", "random permutations"),
        ("os.D_vs_A.firth.hr", "Firth's penalised likelihood"),
        ("pfs.primary.ph.smooth.0.value", "a spline through the residuals"),
        ("ae3.gray.primary.p", "Gray's test"),
        ("pfs.sensitivity.delta.2.hr", "random imputations"),
        ("audit.result.reproduced.n", "the publication"),
        ("table1.N.all.n", "does not compute it for these data"),
    ],
)
def test_the_reason_fits_the_number(name, words):
    assert words in why_not(records=True, outcomes=True)(name, "")


def ratio_without_an_event_in_one_arm():
    arm = np.repeat(["A", "B"], 6)
    event = (arm == "A").astype(int)
    times = Times(
        subject=arm.astype(object), time=np.arange(12) + 1.0, event=event, reason=1 - event, arm=arm
    )
    about = About(id="pfs.B_vs_A.hr", display="", population="")
    return hazard_ratio_rows(two_groups(times, ("B",), FINAL), about, replace(FINAL, min_group=5))[0]


def test_a_row_by_the_penalised_likelihood_says_so_unless_another_reason_was_found():
    of = why_not(records=True, outcomes=True)
    row = ratio_without_an_event_in_one_arm()
    assert row.stat < 1
    assert "Firth's penalised likelihood" in of("pfs.B_vs_A.hr", row.method)
    assert "does not compute it" in of("pfs.B_vs_A.hr", "Cox model, Efron ties, Wald limits")
    assert "Gray's test" in of("ae3.gray.primary.p", row.method)
    assert "open session" in why_not(records=True, outcomes=False)("disposition.died.all.n", row.method)


def test_what_the_folder_lacks_is_the_reason():
    assert "open session" in why_not(records=True, outcomes=False)("disposition.died.all.n", "")
    assert "open session" in why_not(records=True, outcomes=False)("ae.worst_grade.5.all.n", "")
    for name in (
        "protocol.set.per_protocol.A.n",
        "ae.overview.fatal.treatment.A.n",
        "ae.outcome.all.recovered",
        "ae.terms.any.X.term.Y.worst.5.A.n",
    ):
        assert "open session" in why_not(records=True, outcomes=False)(name, "")
    # An open session looks for the lowest count without what ends the search elsewhere.
    assert "open session" not in why_not(records=True, outcomes=False)("course.HGB.lowest.A.mean", "")
    assert "no records of patients" in why_not(records=False, outcomes=False)("pfs.primary.permutation.p", "")


def test_every_part_of_a_report_is_named():
    assert family_of("limit.kidney.course.A.pct") == "Organ doses"
    assert family_of("labs.HGB.model.V1.A.mean") == "Laboratory values, repeated"
    assert family_of("labs.HGB.late.F4.A.mean") == "Laboratory values, repeated"
    assert family_of("ae.outside.n") == "Adverse events"
    assert family_of("ae.terms.any.by.all.n") == "Adverse events by term"
    assert family_of("pfs.per_protocol.hr") == "Beside the primary analysis"
    assert family_of("something.else") == "Other"
