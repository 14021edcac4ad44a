from dataclasses import replace
from statistics import mean

import pytest

from duonen_stats.datasets import build_datasets
from duonen_stats.plan import INTERIM
from duonen_stats.results.analyses.safety.laboratory import analyse_laboratory
from duonen_stats.results.rows.table import Results


def test_the_nadir_is_at_least_as_low_as_any_visit(results):
    for code in ("HGB", "PLAT", "WBC"):
        for visit in INTERIM.follow_up_visits:
            assert results.value(f"labs.{code}.nadir.all.change.min") <= results.value(
                f"labs.{code}.{visit}.all.change.min"
            )


def test_for_creatinine_the_worst_is_the_highest(results):
    highest = max(results.value(f"labs.CREAT.{visit}.all.change.max") for visit in INTERIM.follow_up_visits)
    assert results.value("labs.CREAT.nadir.all.change.max") == highest


def test_arms_add_up_to_all(results):
    for visit in INTERIM.follow_up_visits:
        arms = sum(results.value(f"labs.HGB.{visit}.{arm}.change.n") for arm in "ABCD")
        assert arms == results.value(f"labs.HGB.{visit}.all.change.n")


def test_change_either_way_is_compared_with_no_change(results):
    row = results.row("labs.HGB.nadir.modification.D.changed.kruskal_wallis.p")
    assert row.stat is not None
    assert results.row("labs.HGB.nadir.modification.D.kruskal_wallis.p").note


def test_without_a_visit_there_are_reasons(datasets, study):
    """Nobody has a value after the first cycle: every change is a reason, and nothing stops."""
    labs = datasets.adlb
    only_baseline = replace(datasets, adlb=labs[labs["AVISIT"].eq("T1") & labs["DTYPE"].isna()])
    rows = Results(analyse_laboratory(only_baseline, study, INTERIM))
    assert rows.row("labs.HGB.largest.visit").note == "no change from baseline at any visit"
    assert rows.row("labs.HGB.V1.between.kruskal_wallis.p").stat is None
    assert rows.row("labs.HGB.V1_V2.paired.wilcoxon.p").note


def test_holm_stands_beside_the_planned_p_and_is_never_below_it(results):
    for code in ("HGB", "EGFR"):
        plain = [
            results.value(f"labs.{code}.{visit}.between.kruskal_wallis.p")
            for visit in INTERIM.follow_up_visits
        ]
        holm = [results.value(f"labs.{code}.{visit}.between.holm") for visit in INTERIM.follow_up_visits]
        assert all(one >= other for one, other in zip(holm, plain, strict=True))
        assert min(holm) == pytest.approx(min(1.0, 4 * min(plain)))


def test_percent_changes_are_of_each_patients_own_baseline(results, datasets):
    labs = datasets.adlb[datasets.adlb["PARAMCD"].eq("WBC") & datasets.adlb["ANL01FL"].eq("Y")]
    at = labs[labs["AVISIT"].eq("V4") & labs["DTYPE"].isna()]
    by_hand = (100 * (at["AVAL"] - at["BASE"]) / at["BASE"]).dropna()
    row = results.row("labs.WBC.V4.all.percent_change.median")
    assert row.stat == pytest.approx(by_hand.median())
    assert (row.n, row.unit) == (len(by_hand), "%")


@pytest.mark.independent
@pytest.mark.parametrize("scope", ["follow_up", "on_treatment"])
def test_looks_are_counted_in_the_values_of_each_patient(cut, study, scope):
    """The worst change is the worst of as many values as the row says: counted again in ADLB, patient by patient."""
    plan = replace(INTERIM, nadir_scope=scope)
    data = build_datasets(cut, study, plan)
    rows = Results(analyse_laboratory(data, study, plan))
    for arm in ("A", "D"):
        looks = []
        for _, one in data.adlb[data.adlb["PARAMCD"].eq("HGB") & data.adlb["TRT01P"].eq(arm)].groupby(
            "USUBJID"
        ):
            values = [
                record["CHG"]
                for record in one.to_dict("records")
                if record["AVISIT"] != "NADIR" and record["CHG"] == record["CHG"]
                and (record["ONTRTFL"] == "Y" if scope == "on_treatment"
                     else record["ANL01FL"] == "Y" and record["AVISIT"] in plan.follow_up_visits)
            ]  # fmt: skip
            if values:
                looks.append(len(values))
                assert one.loc[one["AVISIT"].eq("NADIR"), "CHG"].item() == min(values)
        block = f"labs.HGB.nadir.{arm}"
        assert rows.value(f"{block}.looks.n") == len(looks) == rows.value(f"{block}.change.n")
        assert (rows.value(f"{block}.looks.min"), rows.value(f"{block}.looks.max")) == (
            min(looks),
            max(looks),
        )
        assert rows.value(f"{block}.looks.mean") == pytest.approx(sum(looks) / len(looks))


@pytest.mark.independent
@pytest.mark.parametrize("code", ["HGB", "PLAT", "CREAT", "ALT"])
def test_paired_differences_by_second_programming(results, cut, study, code):
    """From the raw values of patients with both visits: later minus earlier, and which rank sum is larger."""
    raw = cut.tables["labs"]
    factor = study.analyte(code).factor
    values = {}
    for row in raw[raw["ANALYTE"].eq(code) & raw["VALUE"].notna()].to_dict("records"):
        values.setdefault((row["SUBJID"], row["VISIT"]), []).append(row["VALUE"] * factor(row["UNIT"]))
    treated = set(cut.tables["administrations"]["SUBJID"])
    repeated = {
        patient for (patient, visit), found in values.items() if len(found) > 1 and visit in "T1V1V2V3V4"
    }
    assert not repeated  # else the plan's rule for repeats decides
    for earlier, later in (("T1", "V1"), ("T1", "V4"), ("V1", "V2"), ("V2", "V3"), ("V3", "V4")):
        pairs = [
            values[patient, later][0] - values[patient, earlier][0]
            for patient in sorted(treated)
            if (patient, later) in values and (patient, earlier) in values
        ]
        block = f"labs.{code}.{earlier}_{later}.paired"
        assert results.row(f"{block}.paired_t.difference").n == len(pairs)
        assert results.value(f"{block}.paired_t.difference") == pytest.approx(mean(pairs), rel=1e-9)
        signed = [round(one, INTERIM.difference_decimals) for one in pairs]
        larger = sum(
            (1 if one > 0 else -1)
            * (sum(abs(x) < abs(one) for x in signed if x) + sum(abs(x) <= abs(one) for x in signed if x))
            for one in signed
            if one
        )
        assert larger * results.value(f"{block}.wilcoxon.z") > 0
