import pytest

pytestmark = pytest.mark.worked


def test_only_complete_dosimetry_is_analysed(results):
    assert [results.value(f"table3.kidney_total.{arm}.n") for arm in "ABCD"] == [14, 14, 8, 12]
    assert [results.value(f"table3.{arm}.N") for arm in "ABCD"] == [16, 16, 12, 12]


def test_limits_are_counted_of_the_analysed(results):
    for organ in ("kidney", "marrow"):
        arms = sum(results.value(f"limit.{organ}.course.{arm}.n") for arm in "ABCD")
        assert arms == results.value(f"limit.{organ}.course.all.n")
        assert results.row(f"limit.{organ}.course.all.n").n == 48


def test_arms_without_yttrium_have_no_yttrium_rows(results):
    assert "table3.kidney_90Y.A.median" not in results
    assert "table3.kidney_90Y.B.median" in results


def test_the_published_comparison(results):
    assert results.value("dose.kidney.between.kruskal_wallis.p") == pytest.approx(0.043, abs=5e-4)
    assert results.value("dose.kidney.between.games_howell.C_vs_A.p") == pytest.approx(0.028, abs=5e-4)
    assert results.value("dose.marrow.between.games_howell.C_vs_A.p") == pytest.approx(0.033, abs=5e-4)
    assert results.value("dose.kidney.between.games_howell.C_vs_A.difference") > 0
