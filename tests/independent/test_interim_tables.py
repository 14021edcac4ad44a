"""Second programming of the interim tables: from the raw CSV files, with none of the package's derivations."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from duonen_stats.study.shipped_files import cohort_path

pytestmark = pytest.mark.independent

ARMS = "ABCD"


@pytest.fixture(scope="module")
def raw():
    return {path.stem: pd.read_csv(path) for path in cohort_path().glob("*.csv")}


@pytest.fixture(scope="module")
def arm_of(raw):
    return raw["subjects"].set_index("SUBJID")["ARM"]


@pytest.fixture(scope="module")
def doses(raw):
    """Cumulative dose per patient, organ and isotope of patients with every dose of every delivered cycle."""
    given, dosimetry = raw["administrations"], raw["dosimetry"]
    due = {}
    for record in given.itertuples():
        isotopes = (record.LU177_MBQ > 0) + (record.Y90_MBQ > 0)
        due[record.SUBJID] = due.get(record.SUBJID, 0) + 2 * isotopes
    have = dosimetry.groupby("SUBJID").size()
    complete = [patient for patient, number in due.items() if have.get(patient, 0) == number]
    own = dosimetry[dosimetry["SUBJID"].isin(complete)]
    return own.pivot_table(index="SUBJID", columns=["ORGAN", "ISOTOPE"], values="DOSE_GY", aggfunc="sum")


@pytest.fixture(scope="module")
def change(raw):
    """Change from T1 by patient, analyte and visit, rounded to six decimals."""
    wide = raw["labs"].pivot_table(index=["ANALYTE", "SUBJID"], columns="VISIT", values="VALUE")
    return wide.sub(wide["T1"], axis=0)[["V1", "V2", "V3", "V4"]].round(6)


def weibull(values, share):
    return np.quantile(values, share, method="weibull")


def test_table_1(raw, results):
    subjects = raw["subjects"]
    for code in ("all", *ARMS):
        own = subjects if code == "all" else subjects[subjects["ARM"] == code]
        assert results.value(f"table1.N.{code}") == len(own)
        assert results.value(f"table1.age.{code}.median") == own["AGE"].median()
        assert results.value(f"table1.bmi.{code}.max") == own["BMI"].max()
        assert results.value(f"table1.sex.female.{code}.n") == (own["SEX"] == "F").sum()
        assert results.value(f"table1.mets.bone.{code}.pct") == pytest.approx(
            100 * (own["METBON"] == "Y").mean()
        )
        assert results.value(f"table1.kps80.{code}.n") == (own["KPS"] >= 80).sum()


def test_table_2(raw, results, arm_of):
    """Mean activity of cycles 2 to k against cycle 1; beyond 10 % of the nominal first activity."""
    given = raw["administrations"]
    for code, column, nominal in (("B", "Y90_MBQ", 1850), ("C", "LU177_MBQ", 3700), ("D", "LU177_MBQ", 7400)):
        own = given[given["SUBJID"].map(arm_of) == code].pivot_table(
            index="SUBJID", columns="CYCLE", values=column
        )
        mean_change = own[["T2", "T3", "T4"]].mean(axis=1) - own["T1"]
        up, down = mean_change > 0.1 * nominal, mean_change < -0.1 * nominal
        block = f"table2.{code}.partition"
        assert results.value(f"{block}.increased.n") == up.sum()
        assert results.value(f"{block}.decreased.n") == down.sum()
        assert results.value(f"{block}.not_evaluable.n") == own["T2"].isna().sum()
        parts = ("increased", "decreased", "unchanged", "not_evaluable")
        assert sum(results.value(f"{block}.{part}.n") for part in parts) == len(own)
        if up.any():
            assert results.value(f"{block}.increased.mean_mbq") == pytest.approx(mean_change[up].mean())
            assert results.value(f"{block}.increased.mean_pct") == pytest.approx(
                100 * mean_change[up].mean() / nominal
            )
        cycles = own[["T2", "T3", "T4"]].sub(own["T1"], axis=0)
        assert (
            results.value(f"table2.{code}.any_cycle.increased.n")
            == (cycles > 0.1 * nominal).any(axis=1).sum()
        )
        assert (
            results.value(f"table2.{code}.any_cycle.decreased.n")
            == (cycles < -0.1 * nominal).any(axis=1).sum()
        )


def test_table_3(doses, results, arm_of):
    for organ, name, limit in (("KIDNEY", "kidney", 23), ("MARROW", "marrow", 2)):
        total = doses[organ].sum(axis=1, min_count=1)
        groups = [total[total.index.map(arm_of) == code] for code in ARMS]
        for code, values in zip(ARMS, groups, strict=True):
            assert results.value(f"table3.{name}_total.{code}.n") == len(values)
            assert results.value(f"table3.{name}_total.{code}.median") == pytest.approx(values.median())
            assert results.value(f"table3.{name}_total.{code}.q1") == pytest.approx(weibull(values, 0.25))
            assert results.value(f"limit.{name}.course.{code}.n") == (values > limit).sum()
        assert results.value(f"dose.{name}.between.kruskal_wallis.p") == pytest.approx(
            stats.kruskal(*(values.round(6) for values in groups)).pvalue, rel=1e-9
        )


def test_table_4(change, results, arm_of):
    for analyte in ("HGB", "PLAT", "WBC", "NEUT", "LYMPH", "CREAT", "EGFR", "ALT", "AST", "BILI"):
        own = change.loc[analyte]
        arms = own.index.map(arm_of)
        medians = {}
        for visit in own.columns:
            values = own[visit].dropna()
            medians[visit] = values.median()
            block = f"labs.{analyte}.{visit}"
            assert results.value(f"{block}.all.change.n") == len(values)
            assert results.value(f"{block}.all.change.median") == pytest.approx(medians[visit], abs=1e-9)
            assert results.value(f"{block}.all.change.q3") == pytest.approx(weibull(values, 0.75), abs=1e-9)
            groups = [own.loc[arms == code, visit].dropna() for code in ARMS]
            assert results.value(f"{block}.between.kruskal_wallis.p") == pytest.approx(
                stats.kruskal(*groups).pvalue, rel=1e-9
            )
        largest = max(medians, key=lambda visit: abs(medians[visit]))
        assert results.row(f"labs.{analyte}.largest.visit").variable_level == largest


def test_paired_visits(change, results):
    for analyte, first, second in (("HGB", "V1", "V2"), ("PLAT", "V3", "V4"), ("CREAT", "V3", "V4")):
        pair = change.loc[analyte, [first, second]].dropna()
        difference = (pair[second] - pair[first]).round(6)
        expected = stats.wilcoxon(
            difference[difference != 0], zero_method="wilcox", correction=False, method="asymptotic"
        ).pvalue
        found = results.row(f"labs.{analyte}.{first}_{second}.paired.wilcoxon.p")
        assert found.stat == pytest.approx(expected, rel=1e-9)
        assert found.n == len(pair)


def test_dose_effect(change, doses, results):
    marrow = doses["MARROW"].sum(axis=1, min_count=1)
    for analyte in ("HGB", "PLAT", "WBC", "NEUT", "LYMPH"):
        nadir = change.loc[analyte].min(axis=1)
        pairs = pd.concat([marrow, nadir], axis=1, join="inner").dropna().round(6)
        rho, p = stats.spearmanr(pairs.iloc[:, 0], pairs.iloc[:, 1])
        block = f"dose_effect.marrow.{analyte}"
        assert results.value(f"{block}.n") == len(pairs)
        assert results.value(f"{block}.spearman.rho") == pytest.approx(rho, rel=1e-9)
        assert results.value(f"{block}.spearman.p") == pytest.approx(p, rel=1e-9)


def test_table_5(raw, results):
    events = raw["adverse_events"]
    assert results.value("table5.total.any.n") == len(events)
    assert results.value("table5.total.grade_ge3.n") == (events["GRADE"] >= 3).sum()
    anemia = events[events["CATEGORY"] == "ANEMIA"]
    assert results.value("table5.anemia.any.pct") == pytest.approx(100 * len(anemia) / len(events))
    assert results.value("table5.anemia.any.patients.all.n") == anemia["SUBJID"].nunique()
    worst = events.groupby("SUBJID")["GRADE"].max()
    assert results.value("ae.worst_grade.2.all.n") == (worst == 2).sum()
