from dataclasses import replace

import pytest

from duonen_stats.plan import INTERIM
from duonen_stats.results.analyses.exposure.organ_doses import analyse_organ_doses
from duonen_stats.results.rows.table import Results


def test_only_complete_dosimetry_is_analysed(results):
    assert [results.value(f"table3.kidney_total.{arm}.n") for arm in "ABCD"] == [14, 14, 8, 12]
    assert [results.value(f"table3.{arm}.N") for arm in "ABCD"] == [16, 16, 12, 12]


def test_limits_are_counted_of_the_analysed(results):
    for organ in ("kidney", "marrow"):
        arms = sum(results.value(f"limit.{organ}.course.{arm}.n") for arm in "ABCD")
        assert arms == results.value(f"limit.{organ}.course.all.n")
        assert results.row(f"limit.{organ}.course.all.n").n == 48


def test_every_treated_patient_is_known_not_known_or_without_dosimetry(results):
    for block in ("limit.kidney.course", "limit.marrow.course", "limit.marrow.cycle"):
        for group, treated in {"A": 16, "B": 16, "C": 12, "D": 12, "all": 56}.items():
            parts = [
                results.value(f"{block}.{group}.{name}") for name in ("n_known", "n_unknown", "n_without")
            ]
            assert sum(parts) == treated
    assert [results.value(f"limit.kidney.course.all.{name}") for name in ("n_known", "n_unknown", "n_without")] == [
        48, 7, 1
    ]  # fmt: skip


def test_arms_without_yttrium_have_no_yttrium_rows(results):
    assert "table3.kidney_90Y.A.median" not in results
    assert "table3.kidney_90Y.B.median" in results


def test_the_published_comparison(results):
    assert results.value("dose.kidney.between.kruskal_wallis.p") == pytest.approx(0.043, abs=5e-4)
    assert results.value("dose.kidney.between.games_howell.C_vs_A.p") == pytest.approx(0.028, abs=5e-4)
    assert results.value("dose.marrow.between.games_howell.C_vs_A.p") == pytest.approx(0.033, abs=5e-4)
    assert results.value("dose.kidney.between.games_howell.C_vs_A.difference") > 0


def test_who_is_above_a_limit_already_counts_with_incomplete_dosimetry(datasets, study):
    """The missing part could only add to it; who is below so far is in neither count."""
    doses = datasets.addos
    total = doses[
        doses["PARAMCD"].eq("KIDTOT") & doses["AVISIT"].eq("CUMULATIVE") & doses["DOSCMPFL"].eq("Y")
    ]
    above, below = (
        total.loc[chosen, "USUBJID"].iloc[0] for chosen in (total["AVAL"] > 23, total["AVAL"] <= 23)
    )
    spoilt = doses.copy()
    spoilt.loc[spoilt["USUBJID"].isin([above, below]), "DOSCMPFL"] = None
    before = Results(analyse_organ_doses(datasets, study, INTERIM))
    after = Results(analyse_organ_doses(replace(datasets, addos=spoilt), study, INTERIM))
    name = "limit.kidney.course.all"
    assert after.value(f"{name}.n") == before.value(f"{name}.n")
    assert after.row(f"{name}.n").n == before.row(f"{name}.n").n - 1
    assert after.value(f"{name}.n_unknown") == before.value(f"{name}.n_unknown") + 1


def test_binary_noise_at_a_limit_is_not_above_it(datasets, study):
    """The count and the flags of the dataset judge a dose in one way."""
    doses = datasets.addos.copy()
    at_limit = doses["PARAMCD"].eq("KIDTOT") & doses["AVISIT"].eq("CUMULATIVE") & doses["AVAL"].gt(23)
    doses.loc[at_limit, "AVAL"] = 23.000000000000004
    rows = Results(analyse_organ_doses(replace(datasets, addos=doses), study, INTERIM))
    assert rows.value("limit.kidney.course.all.n") == 0


def test_bounds_take_every_unknown_patient_as_no_case_and_as_a_case(datasets, study):
    """Of the 56 treated, 7 are incomplete and below so far, and 1 has no dose at all."""
    doses = datasets.addos
    total = doses[doses["PARAMCD"].eq("KIDTOT") & doses["AVISIT"].eq("CUMULATIVE")]
    cases = int((total["AVAL"] > 23).sum())
    rows = Results(analyse_organ_doses(datasets, study, INTERIM))
    name = "limit.kidney.course.all"
    assert rows.value(f"{name}.n_treated") == 56
    assert rows.value(f"{name}.bound_low") == pytest.approx(100 * cases / 56)
    assert rows.value(f"{name}.bound_high") == pytest.approx(100 * (cases + 8) / 56)
    assert rows.value(f"{name}.bound_low") <= rows.value(f"{name}.pct") <= rows.value(f"{name}.bound_high")


@pytest.mark.independent
@pytest.mark.parametrize(
    ("organ", "span", "limit"), [("KIDNEY", "course", 23), ("MARROW", "course", 2), ("MARROW", "cycle", 0.5)]
)
def test_patients_above_a_limit_from_the_raw_tables(results, cut, organ, span, limit):
    """Second programming: doses of the raw table, added by patient and cycle; a cycle needs every isotope given."""
    given = cut.tables["administrations"]
    isotopes = given.assign(wanted=(given[["LU177_MBQ", "Y90_MBQ"]] > 0).sum(axis=1))
    isotopes = isotopes.set_index(["SUBJID", "CYCLE"])["wanted"]
    doses = cut.tables["dosimetry"]
    doses = doses[doses["ORGAN"].eq(organ) & doses["DOSE_GY"].notna()]
    cycles = doses.groupby(["SUBJID", "CYCLE"])["DOSE_GY"].agg(["sum", "size"]).join(isotopes, how="inner")
    whole = cycles[cycles["size"] == cycles["wanted"]]["sum"]
    patient = whole.groupby("SUBJID")
    highest = (patient.sum() if span == "course" else patient.max()).round(9)
    complete = patient.size().eq(isotopes.groupby("SUBJID").size().reindex(patient.size().index))
    arms = cut.tables["subjects"].set_index("SUBJID")["ARM"]
    treated = arms[arms.index.isin(given["SUBJID"])]
    for group in ("all", *"ABCD"):
        own = treated.index if group == "all" else treated.index[treated == group]
        cases = {one for one in own if highest.get(one, 0) > limit}
        known = cases | {one for one in own if complete.get(one, False)}
        block = f"limit.{organ.lower()}.{span}.{group}"
        assert results.value(f"{block}.n") == len(cases)
        assert results.value(f"{block}.n_known") == len(known)
        assert results.value(f"{block}.bound_low") == pytest.approx(100 * len(cases) / len(own))
        unknown = len(own) - len(known)
        assert results.value(f"{block}.bound_high") == pytest.approx(100 * (len(cases) + unknown) / len(own))
