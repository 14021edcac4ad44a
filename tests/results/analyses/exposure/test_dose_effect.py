import pytest


def test_the_published_correlations(results):
    for code, rho, p in (("HGB", -0.40, 0.0047), ("WBC", -0.37, 0.010), ("LYMPH", -0.49, 0.0006)):
        block = f"dose_effect.marrow.{code}"
        assert results.value(f"{block}.spearman.rho") == pytest.approx(rho, abs=0.005)
        assert results.value(f"{block}.spearman.p") == pytest.approx(p, rel=0.1)


def test_arm_c_has_eight_pairs(results):
    assert results.value("dose_effect.modification.C.n") == 8
    assert results.value("dose_effect.modification.C.spearman.rho") == pytest.approx(-0.74, abs=0.005)


def test_pairs_by_arm_add_up(results):
    arms = sum(results.value(f"dose_effect.marrow.HGB.arm.{arm}.n") for arm in "ABCD")
    assert arms == results.value("dose_effect.marrow.HGB.n")


def test_limits_embrace_the_estimate(results):
    block = "dose_effect.marrow.HGB.spearman"
    assert (
        results.value(f"{block}.ci_low") < results.value(f"{block}.rho") < results.value(f"{block}.ci_high")
    )
