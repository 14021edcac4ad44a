"""The shipped cohort: unchanged, complete, and physically and medically possible."""

import hashlib
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest

from duonen_stats import load_study, read_cut
from duonen_stats.methods.inputs.bounds import meets
from duonen_stats.simulated.calibration import extended, freeze

COHORT = files("duonen_stats.simulated") / "cohort"
TABLES = (
    "data_cut",
    "subjects",
    "administrations",
    "dosimetry",
    "labs",
    "adverse_events",
    "disposition",
    "tumour_assessments",
    "follow_up",
    "vital_signs",
    "concomitant_therapies",
    "protocol_deviations",
)
NUMBERS = {"LU177_MBQ", "Y90_MBQ", "DOSE_GY", "VALUE", "LLN", "ULN", "KI67", "KPS", "SUMDIAM"}
NOMINAL = {"A": (7400, None), "B": (3700, 1850), "C": (3700, 1850), "D": (7400, None)}
# Gy per GBq within which an organ's dose is believable, from an isotope, in one cycle.
SPECIFIC_DOSE = {
    ("KIDNEY", "LU177"): (0.1, 1.5),
    ("KIDNEY", "Y90"): (1.0, 6.0),
    ("MARROW", "LU177"): (0.003, 0.06),
    ("MARROW", "Y90"): (0.02, 0.25),
}
# Values a treated but not critically ill patient can have; no patient of the cohort is outside.
PHYSIOLOGICAL = {
    "HGB": (8.0, 17.0),
    "PLAT": (25, 420),
    "WBC": (3.0, 12.0),
    "NEUT": (1.0, 8.0),
    "LYMPH": (0.5, 4.0),
    "CREAT": (0.4, 1.7),
    "EGFR": (30, 155),
    "ALT": (5, 99),
    "AST": (5, 93),
    "BILI": (0.1, 2.0),
}


@cache
def table(name):
    frame = pd.read_csv(str(COHORT / f"{name}.csv"), dtype=str, keep_default_na=False, na_values=[""])
    for column in frame.columns:
        if column.endswith("DT"):
            frame[column] = pd.to_datetime(frame[column], format="%Y-%m-%d")
        elif column in NUMBERS:
            frame[column] = pd.to_numeric(frame[column])
    return frame


@cache
def cycles():
    arms = table("subjects")[["SUBJID", "ARM", "RANDDT"]]
    frame = table("administrations").merge(arms, on="SUBJID")
    return frame.sort_values(["SUBJID", "CYCLE"], ignore_index=True)


@cache
def labs():
    every = table("labs")
    scheduled = every[every["VISIT"].str.fullmatch("[TV][1-4]")]
    given = cycles()[["SUBJID", "EXDT"]].assign(NUMBER=cycles()["CYCLE"].str[1])
    frame = scheduled.assign(NUMBER=scheduled["VISIT"].str[1])
    frame = frame.merge(given, on=["SUBJID", "NUMBER"], how="left")
    return frame.assign(DAY=(frame["LBDT"] - frame["EXDT"]).dt.days)


@cache
def doses():
    given = cycles().melt(
        ["SUBJID", "CYCLE", "ARM"], ["LU177_MBQ", "Y90_MBQ"], var_name="ISOTOPE", value_name="MBQ"
    )
    given = given.assign(ISOTOPE=given["ISOTOPE"].str.removesuffix("_MBQ")).dropna(subset="MBQ")
    organs = pd.DataFrame({"ORGAN": ["KIDNEY", "MARROW"]})
    keys = ["SUBJID", "CYCLE", "ORGAN", "ISOTOPE"]
    return given.merge(organs, how="cross").merge(table("dosimetry"), on=keys, how="outer", indicator=True)


def complete_dosimetry():
    whole = doses().groupby("SUBJID")["DOSE_GY"].apply(lambda dose: dose.notna().all())
    return set(whole[whole].index)


class TestFiles:
    def test_nothing_was_changed_since_it_was_frozen(self):
        recorded = [line.split() for line in (COHORT / "CHECKSUMS").read_text("utf-8").splitlines()]
        assert [name for _, name in recorded] == [f"{name}.csv" for name in TABLES]
        for digest, name in recorded:
            assert hashlib.sha256((COHORT / name).read_bytes()).hexdigest() == digest, name

    def test_it_calls_itself_simulated(self):
        cut = table("data_cut")
        assert len(cut) == 1
        assert cut.loc[0, "ORIGIN"] == "SIMULATED"
        assert "SIMULATED" in cut.loc[0, "LABEL"]
        assert (COHORT / "README.md").read_text("utf-8").startswith("# Data card: SIMULATED")

    @pytest.mark.parametrize("name", TABLES)
    def test_no_date_is_after_the_cut(self, name):
        cut_date = table("data_cut").loc[0, "CUTDT"]
        for column in table(name).columns:
            if column.endswith("DT"):
                assert (table(name)[column].dropna() <= cut_date).all(), column


class TestPatients:
    def test_arms_have_the_published_sizes(self):
        assert table("subjects")["ARM"].value_counts().to_dict() == {"A": 16, "B": 16, "C": 12, "D": 12}
        assert table("subjects")["SUBJID"].is_unique

    def test_four_centres_and_a_laboratory_each(self):
        subjects = table("subjects")
        assert sorted(subjects["SITEID"].unique()) == ["01", "02", "03", "04"]
        used = table("labs").merge(subjects[["SUBJID", "SITEID"]], on="SUBJID")
        assert (used["LABORATORY"] == "LAB-" + used["SITEID"]).all()

    def test_grade_follows_ki67(self):
        subjects = table("subjects").dropna(subset="KI67")
        assert (subjects.loc[subjects["GRADE"] == "G1", "KI67"] < 3).all()
        assert subjects.loc[subjects["GRADE"] == "G2", "KI67"].between(3, 20).all()

    def test_every_patient_meets_the_criteria_that_can_be_read(self):
        assert (table("subjects")["KPS"] >= 60).all()
        first = table("labs").query("VISIT == 'T1'")
        baseline = first.pivot_table(index="SUBJID", columns="ANALYTE", values="VALUE")
        assert len(baseline) == 56
        assert (baseline["HGB"] > 9).all()
        assert (baseline["WBC"] > 3).all()
        assert (baseline["PLAT"] > 100).all()
        assert ((baseline["EGFR"] > 45) | (baseline["CREAT"] < 120 / 88.42)).all()


class TestTreatment:
    def test_first_cycle_within_four_weeks_of_randomisation(self):
        first = cycles().query("CYCLE == 'T1'")
        assert (first["EXDT"] - first["RANDDT"]).dt.days.between(0, 28).all()

    def test_cycles_are_consecutive_and_six_to_ten_weeks_apart(self):
        number = cycles()["CYCLE"].str[1].astype(int)
        assert (number == cycles().groupby("SUBJID").cumcount() + 1).all()
        gap = cycles().groupby("SUBJID")["EXDT"].diff().dt.days.dropna()
        assert gap.between(42, 70).all()

    @pytest.mark.parametrize("arm", sorted(NOMINAL))
    def test_first_and_fixed_activities_are_nominal(self, arm):
        lutetium, yttrium = NOMINAL[arm]
        own = cycles().query("ARM == @arm")
        first = own[own["CYCLE"] == "T1"]
        isotopes = (("LU177_MBQ", lutetium, arm in "CD"), ("Y90_MBQ", yttrium, arm == "B"))
        for column, nominal, modified in isotopes:
            held = (first if modified else own)[column]
            if nominal is None:
                assert held.isna().all()
            else:
                assert held.between(0.95 * nominal, 1.05 * nominal).all()

    def test_an_activity_was_set_for_every_one_given_and_dispensed_within_the_tolerance(self):
        for isotope in ("LU177", "Y90"):
            given, ordered = (pd.to_numeric(cycles()[f"{isotope}{kind}_MBQ"]) for kind in ("", "_SET"))
            assert (given.isna() == ordered.isna()).all()
            assert (given / ordered - 1).abs().max() < 0.06
            assert ordered.dropna().mod(10).eq(0).all()

    def test_a_reason_of_dosimetry_goes_with_a_change_of_activity(self):
        nominal = cycles()["ARM"].map({"A": 7400, "B": 1850, "C": 3700, "D": 7400})
        activity = np.where(cycles()["ARM"] == "B", cycles()["Y90_MBQ"], cycles()["LU177_MBQ"])
        first = pd.Series(activity).groupby(cycles()["SUBJID"]).transform("first")
        change = (activity - first) / nominal
        reasons = ["DOSIMETRY_INCREASE", "DOSIMETRY_REDUCTION"]
        wanted = np.select([change > 0.1, change < -0.1], reasons, "PLANNED")
        assert (cycles()["REASON"] == wanted).all()

    def test_disposition_agrees_with_the_cycles(self):
        delivered = cycles().groupby("SUBJID").size()
        status = table("disposition").set_index("SUBJID")
        assert (status["STATUS"] == "COMPLETED").eq(delivered == 4).all()
        assert status.loc[status["STATUS"] == "DISCONTINUED", "REASON"].notna().all()
        last = cycles().groupby("SUBJID")["EXDT"].max()
        assert (status["DSDT"] >= last).all()


class TestDosimetry:
    def test_no_dose_of_a_cycle_or_isotope_that_was_not_given(self):
        assert not (doses()["_merge"] == "right_only").any()

    def test_complete_in_the_numbers_the_publication_implies(self):
        arms = table("subjects").set_index("SUBJID")["ARM"]
        counted = arms[sorted(complete_dosimetry())].value_counts().to_dict()
        assert counted == {"A": 14, "B": 14, "C": 8, "D": 12}

    def test_those_without_are_early_stoppers_first(self):
        status = table("disposition").set_index("SUBJID")["STATUS"]
        arms = table("subjects").set_index("SUBJID")["ARM"]
        without = sorted(set(status.index) - complete_dosimetry())
        completers = [patient for patient in without if status[patient] == "COMPLETED"]
        assert [arms[patient] for patient in completers] == ["C"] * 3

    @pytest.mark.parametrize(("organ", "isotope"), sorted(SPECIFIC_DOSE))
    def test_dose_per_activity_is_plausible(self, organ, isotope):
        own = doses().query("ORGAN == @organ and ISOTOPE == @isotope").dropna(subset="DOSE_GY")
        low, high = SPECIFIC_DOSE[organ, isotope]
        specific = own["DOSE_GY"] / (own["MBQ"] / 1000)
        assert len(specific) > 90
        assert specific.between(low, high).all(), specific.describe()

    def test_marrow_stays_within_its_limits(self):
        marrow = table("dosimetry").query("ORGAN == 'MARROW'")
        assert marrow.groupby(["SUBJID", "CYCLE"])["DOSE_GY"].sum().max() <= 0.5
        assert marrow.groupby("SUBJID")["DOSE_GY"].sum().max() <= 2

    def test_the_kidney_limit_is_passed_only_where_published_quartiles_force_it(self):
        arms = table("subjects").set_index("SUBJID")["ARM"]
        total = table("dosimetry").query("ORGAN == 'KIDNEY'").groupby("SUBJID")["DOSE_GY"].sum()
        total = total[sorted(complete_dosimetry())]
        assert (total > 23).groupby(arms).sum().to_dict() == {"A": 0, "B": 4, "C": 5, "D": 3}

    def test_no_kidney_dose_is_an_outlier_of_its_arm(self):
        arms = table("subjects").set_index("SUBJID")["ARM"]
        whole = table("dosimetry")[table("dosimetry")["SUBJID"].isin(complete_dosimetry())]
        total = whole[whole["ORGAN"] == "KIDNEY"].groupby("SUBJID")["DOSE_GY"].sum()
        for _, own in total.groupby(arms):
            low, high = np.quantile(own, [0.25, 0.75], method="weibull")
            assert own.max() <= high + 1.5 * (high - low)

    def test_dose_per_activity_goes_together_between_cycles(self):
        kidney = doses().query("ORGAN == 'KIDNEY' and ISOTOPE == 'LU177'").dropna(subset="DOSE_GY")
        specific = kidney.assign(G=kidney["DOSE_GY"] / kidney["MBQ"]).pivot_table(
            index="SUBJID", columns="CYCLE", values="G"
        )
        for one, after in (("T1", "T2"), ("T2", "T3"), ("T3", "T4")):
            assert specific[one].corr(specific[after]) > 0.7

    def test_activity_follows_the_dose_projected_from_the_first_cycle(self):
        kidney = doses().query("ORGAN == 'KIDNEY' and CYCLE == 'T1'")
        projected = 4 * kidney.groupby("SUBJID")["DOSE_GY"].sum(min_count=1).dropna()
        second = cycles().query("CYCLE == 'T2' and ARM != 'A'").set_index("SUBJID")["REASON"]
        seen = pd.concat([projected.rename("GY"), second], axis=1).dropna()
        assert len(seen) > 35
        reduced = seen["REASON"] == "DOSIMETRY_REDUCTION"  # at cycle 2, where only cycle 1 is known
        assert (reduced == (seen["GY"] > 23)).all()


class TestLaboratory:
    def test_every_scheduled_visit_has_its_cycle_and_lies_in_its_window(self):
        assert labs()["EXDT"].notna().all()
        first = labs()["VISIT"] == "T1"
        after = labs()["VISIT"].str.startswith("V")
        assert labs().loc[first, "DAY"].between(-28, -1).all()
        assert labs().loc[~first & ~after, "DAY"].between(-5, 0).all()
        assert labs().loc[after, "DAY"].between(10, 18).all()

    def test_follow_up_visits_of_delivered_cycles_only(self):
        seen = labs()[labs()["ANALYTE"] == "HGB"].groupby("VISIT").size()
        assert [seen[visit] for visit in ("V1", "V2", "V3", "V4")] == [56, 55, 51, 48]

    @pytest.mark.parametrize("analyte", sorted(PHYSIOLOGICAL))
    def test_values_are_physiological(self, analyte):
        every = table("labs")
        values = every[~every["VISIT"].str.startswith("F")].query("ANALYTE == @analyte")["VALUE"]
        low, high = PHYSIOLOGICAL[analyte]
        assert values.between(low, high).all(), values.describe()

    def test_platelets_below_50_only_in_the_five_who_stopped_for_them(self):
        low = set(labs().query("ANALYTE == 'PLAT' and VALUE < 50")["SUBJID"])
        events = table("adverse_events").query("CATEGORY == 'THROMBOCYTOPENIA'")
        severe = events[events["GRADE"].astype(int) >= 3]
        assert len(severe) == 5
        assert set(severe["SUBJID"]) == low
        assert (severe["ACTION"] == "DISCONTINUED").all()

    def test_neutrophils_and_lymphocytes_fit_into_the_white_cells(self):
        wide = labs().pivot_table(index=["SUBJID", "VISIT"], columns="ANALYTE", values="VALUE")
        wide = wide.dropna(subset=["NEUT", "LYMPH"])
        rest = 1 - (wide["NEUT"] + wide["LYMPH"]) / wide["WBC"]
        assert rest.between(0, 0.3).all(), rest.describe()

    @pytest.mark.parametrize("analyte", sorted(PHYSIOLOGICAL))
    def test_changes_of_successive_visits_go_together(self, analyte):
        wide = labs()[labs()["ANALYTE"] == analyte].pivot_table(
            index="SUBJID", columns="VISIT", values="VALUE"
        )
        change = wide.sub(wide["T1"], axis=0)
        for one, after in (("V1", "V2"), ("V2", "V3"), ("V3", "V4")):
            assert change[one].corr(change[after]) >= 0.5, (analyte, one)

    def test_values_before_a_cycle_lie_on_the_way_back(self):
        platelets = labs()[labs()["ANALYTE"] == "PLAT"].pivot_table(
            index="SUBJID", columns="VISIT", values="VALUE"
        )
        for after, before in (("V1", "T2"), ("V2", "T3"), ("V3", "T4")):
            assert (platelets[before] - platelets[after]).median() > 0

    def test_who_went_on_met_no_criterion_for_stopping(self):
        study = load_study()
        values = labs().assign(NEXT=labs()["NUMBER"].astype(int))
        delivered = cycles().groupby("SUBJID").size()
        went_on = values[
            (values["NEXT"] < values["SUBJID"].map(delivered)) | values["VISIT"].str.startswith("T")
        ]
        seen = 0
        for rule in study.stopping_rules:
            own = went_on[went_on["ANALYTE"] == rule.variable]
            bound = rule.value * own["ULN"] if rule.relative else study.threshold(rule)
            assert not meets(own["VALUE"], rule.comparator, bound).any(), rule.id
            seen += len(own)
        assert seen > 3000

    def test_units_are_one_per_analyte_and_limits_are_in_order(self):
        assert len(table("labs")[["ANALYTE", "UNIT"]].drop_duplicates()) == 12
        both = table("labs").dropna(subset=["LLN", "ULN"])
        assert (both["LLN"] < both["ULN"]).all()


class TestLateFollowUp:
    def test_visits_follow_the_last_cycle_within_their_windows_until_the_last_contact(self):
        late = table("labs")[table("labs")["VISIT"].str.startswith("F")]
        last = cycles().groupby("SUBJID")["EXDT"].max()
        seen = table("follow_up").set_index("SUBJID")["LASTDT"]
        off = (late["LBDT"] - late["SUBJID"].map(last)).dt.days - 84 * late["VISIT"].str[1:].astype(int)
        assert off.abs().max() <= 28
        assert (late["LBDT"] <= late["SUBJID"].map(seen)).all()
        assert not late.duplicated(["SUBJID", "VISIT", "ANALYTE"]).any()

    @pytest.mark.parametrize("analyte", PHYSIOLOGICAL)
    def test_values_stay_near_those_around_the_cycles(self, analyte):
        low, high = PHYSIOLOGICAL[analyte]
        late = table("labs")[table("labs")["VISIT"].str.startswith("F")].query("ANALYTE == @analyte")["VALUE"]
        assert late.between(0.7 * low, 1.5 * high).all()

    def test_nobody_has_a_myeloid_neoplasm(self):
        assert table("labs").query("ANALYTE == 'BLAST'")["VALUE"].eq(0).all()

    def test_late_follow_up_is_added_again_to_the_byte(self, tmp_path):
        study = load_study()
        freeze(extended(read_cut(study).tables, study, 20260101), tmp_path, study)
        assert {
            name: (COHORT / f"{name}.csv").read_bytes() == (tmp_path / f"{name}.csv").read_bytes()
            for name in TABLES
        } == dict.fromkeys(TABLES, True)


class TestEventsAndFollowUp:
    def test_38_events_five_of_them_severe_all_on_treatment(self):
        events = table("adverse_events")
        assert len(events) == 38
        assert (events["GRADE"].astype(int) >= 3).sum() == 5
        start = cycles().groupby("SUBJID")["EXDT"].min()
        end = cycles().groupby("SUBJID")["EXDT"].max() + pd.Timedelta(days=56)
        assert (events["STARTDT"] >= events["SUBJID"].map(start)).all()
        assert (events["STARTDT"] <= events["SUBJID"].map(end)).all()
        assert (events["ENDDT"].dropna() >= events.loc[events["ENDDT"].notna(), "STARTDT"]).all()

    def test_assessments_every_twelve_weeks_and_none_after_progression(self):
        scans = table("tumour_assessments").merge(table("subjects")[["SUBJID", "RANDDT"]], on="SUBJID")
        after = scans[scans["ASSESSDT"] > scans["RANDDT"]]
        gap = after.groupby("SUBJID")["ASSESSDT"].diff().dt.days.dropna()
        assert gap.median() == pytest.approx(84, abs=1)
        progression = scans[scans["RESPONSE"] == "PD"].set_index("SUBJID")["ASSESSDT"]
        assert progression.index.is_unique
        last = scans.groupby("SUBJID")["ASSESSDT"].max()
        assert (last[progression.index] == progression).all()

    def test_responses_follow_from_the_diameters(self):
        for _, scans in table("tumour_assessments").groupby("SUBJID"):
            sizes = scans.dropna(subset="SUMDIAM")
            baseline = smallest = sizes["SUMDIAM"].iloc[0]
            for scan in sizes.iloc[1:].itertuples():
                size, response = scan.SUMDIAM, scan.RESPONSE
                grown = size >= 1.2 * smallest and size - smallest >= 5
                partial = "PR" if size <= 0.7 * baseline else "SD"
                assert response == ("PD" if grown or scan.NEWLESION == "Y" else partial)
                smallest = min(smallest, size)

    def test_follow_up_reaches_as_far_as_everything_else(self):
        last = table("follow_up").set_index("SUBJID")
        dated = {"labs": "LBDT", "administrations": "EXDT", "tumour_assessments": "ASSESSDT"}
        for name, column in dated.items():
            latest = table(name).groupby("SUBJID")[column].max()
            assert (latest <= last["LASTDT"][latest.index]).all(), name
        dead = last["STATUS"] == "DEAD"
        assert (last.loc[dead, "DEATHDT"] == last.loc[dead, "LASTDT"]).all()
        assert last.loc[~dead, "DEATHDT"].isna().all()
