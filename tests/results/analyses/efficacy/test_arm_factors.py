from dataclasses import replace

import numpy as np
import pytest
from made_times import spread, times

from duonen_stats.methods import cox_model, log_rank
from duonen_stats.plan import FINAL
from duonen_stats.results.analyses.efficacy.arm_factors import (
    analyse_arm_factors,
    factor_rows,
    heterogeneity_rows,
    isolated_rows,
)
from duonen_stats.results.rows.table import Results

SAMPLE = times(
    *spread("A", 8), *spread("B", 8, first=2, step=2), *spread("C", 8, first=1.5, step=3), *spread("D", 8, first=3),
)  # fmt: skip


def test_experimental_arms_among_themselves(study):
    found = Results(heterogeneity_rows(SAMPLE, "pfs", "PFS", study, FINAL))
    own = SAMPLE.arm != "A"
    test = log_rank(SAMPLE.time[own], SAMPLE.event[own], SAMPLE.arm[own])
    assert found.value("pfs.heterogeneity.p") == pytest.approx(test.p_value)
    assert found.value("pfs.heterogeneity.df") == 2
    other = Results(heterogeneity_rows(SAMPLE, "pfs", "PFS", study, replace(FINAL, control_arm="C")))
    assert "arms A + B + D" in other.row("pfs.heterogeneity.p").context


def test_two_factors_whatever_the_control_arm(study):
    guided, second = (np.isin(SAMPLE.arm, members).astype(float) for members in (("B", "C", "D"), ("B", "C")))
    terms = cox_model(SAMPLE.time, SAMPLE.event, np.column_stack((guided, second))).terms
    for plan in (FINAL, replace(FINAL, control_arm="B")):
        found = Results(factor_rows(SAMPLE, "pfs", "PFS", study, plan))
        ratios = [found.value(f"pfs.factor.{name}.hr") for name in ("guidance", "y90")]
        assert ratios == pytest.approx([term.hazard_ratio for term in terms])
        assert (found.value("pfs.factor.guidance.with"), found.value("pfs.factor.y90.without")) == (24, 16)


def test_factors_that_cannot_be_told_apart_have_reasons(study):
    """Without arm D every guided patient has the second isotope."""
    found = Results(factor_rows(SAMPLE.of(SAMPLE.arm != "D"), "pfs", "PFS", study, FINAL))
    assert "sum of the others" in found.row("pfs.factor.guidance.hr").note
    alone = Results(factor_rows(SAMPLE.of(SAMPLE.arm == "A"), "pfs", "PFS", study, FINAL))
    assert "fewer than 3 patients with or without dosimetry guidance" in alone.row("pfs.factor.y90.p").note


def test_two_arms_that_differ_in_guidance_alone():
    found = Results(isolated_rows(SAMPLE, ("D", "A"), "pfs", "PFS", FINAL))
    own = np.isin(SAMPLE.arm, ("A", "D"))
    term = cox_model(SAMPLE.time[own], SAMPLE.event[own], (SAMPLE.arm[own] == "D").astype(float)).terms[0]
    assert found.value("pfs.isolated.D_vs_A.hr.hr") == pytest.approx(term.hazard_ratio)
    empty = Results(isolated_rows(SAMPLE.of(SAMPLE.arm != "A"), ("D", "A"), "pfs", "PFS", FINAL))
    assert empty.row("pfs.isolated.D_vs_A.hr.hr").note == "no patient in arm A"


def test_all_of_it_is_exploratory(datasets, study):
    rows = analyse_arm_factors(datasets, study, FINAL)
    assert {row.analysis_id.split(".")[0] for row in rows} == {"pfs", "os"}
    assert all("exploratory, not adjusted" in row.context for row in rows)
