"""Listings of the final report: estimands, which analysis was planned, and each patient's times. Text only."""

from duonen_stats.datasets import Datasets
from duonen_stats.displays.model.format import fixed
from duonen_stats.document.content_model import Listing
from duonen_stats.plan import Plan, Status, preset_of
from duonen_stats.results.ids import arm_factors
from duonen_stats.results.rows.times import experimental_arms, pooled_level
from duonen_stats.study import Study

_POPULATION = "All randomised patients, as randomised"


def experimental_name(study: Study, plan: Plan) -> str:
    """Name the arms compared with the control arm: ``B + C + D``."""
    return pooled_level(experimental_arms(study, plan))


def estimands(study: Study, plan: Plan, status: Status) -> Listing:
    """List the attributes of every estimand of a time to an event.

    Source: ICH E9(R1), section A.3.
    """
    treatment = f"Arms {experimental_name(study, plan)} against arm {plan.control_arm}"
    primary = "PFS (primary)" if status.same_test else "PFS, treatment policy"
    progression = (
        f"Randomisation to progression (RECIST 1.1, {plan.words('new_lesion_is_progression')}) or death"
    )
    gone = f"{plan.missed_assessments} or more assessments missed"
    rows = (
        (
            primary, treatment, _POPULATION, progression,
            "Another antitumour treatment, end of treatment, missed assessments: treatment policy. Death: composite.",
            "Hazard ratio; log-rank test",
        ),
        (
            "PFS, hypothetical", treatment, _POPULATION, progression,
            f"Another antitumour treatment; {gone} before the event: hypothetical, as if they had not happened, taking "
            "those censored then to fare like those of their arm who are still observed (weighted: like those alike in "
            f"arm and {plan.words('censoring_covariates')}). Death: composite.",
            "Hazard ratio; log-rank test",
        ),
        (
            "OS", treatment, _POPULATION, "Randomisation to death of any cause",
            "All: treatment policy.", "Hazard ratio; log-rank test",
        ),
        (
            "First event of grade 3 or higher", "Each arm", "Treated patients, as randomised",
            "First administration to the first such event", f"Death without it: competing. {_end_of_reporting(plan)}",
            "Cumulative incidence",
        ),
    )  # fmt: skip
    return Listing(
        key="estimands",
        title="Estimands",
        columns=("Estimand", "Treatment", "Population", "Variable", "Intercurrent events", "Summary"),
        rows=rows,
        weights=(1.2, 1.4, 1.4, 1.8, 3.2, 1.3),
    )


def _end_of_reporting(plan: Plan) -> str:
    if plan.ae_reporting == "as_collected":
        return "Events count as long as they were collected."
    return "End of event reporting: censored."


def analyses(study: Study, plan: Plan, status: Status) -> Listing:
    """List every efficacy analysis with its method and its status.

    Source: CONSORT 2025, items 10 and 21: analyses that were not prespecified are named.
    """
    pooled, control = experimental_name(study, plan), plan.control_arm
    preset = preset_of(plan)
    planned = experimental_name(study, preset)
    arms = " and ".join(experimental_arms(study, plan))
    rows = (
        (f"PFS, {pooled} against {control}", "Log-rank test", status.test),
        (f"PFS, {pooled} against {control}", _cox(plan), status.estimate),
        (f"OS, {pooled} against {control}", "Log-rank test, Cox model", "Exploratory"),
        (f"PFS and OS, {arms} each against {control}", "Log-rank test, Cox model; no adjustment", "Exploratory"),
        ("PFS and OS, all arms", "Log-rank test of all arms", "Exploratory"),
        (f"PFS and OS, {arms} among themselves", "Log-rank test", "Exploratory"),
        (
            "PFS and OS, what the arms differ in",
            f"Cox model with {' and '.join(words for words, _ in arm_factors(study).values())}; arms that differ in "
            "dosimetry guidance alone",
            "Exploratory",
        ),
        (f"PFS under the hypothetical estimand, {pooled} against {control}", "As the primary", "Sensitivity"),
        (
            "PFS under the hypothetical estimand, weighted",
            f"Inverse probability of censoring, by arm and {plan.words('censoring_covariates')}", "Sensitivity",
        ),
        _stratified(plan),
        ("Primary comparison, permutation", f"{plan.permutations} random permutations of the arms", "Sensitivity"),
        ("Restricted mean survival time", f"Difference {plan.words('rmst_tau')}{_horizon(plan)}", "Sensitivity"),
        ("Proportional hazards", "Scaled Schoenfeld residuals", "Check of an assumption"),
        ("Censored patients", _imputed(plan), "Sensitivity"),
        (
            "Subgroups", f"By {plan.words('subgroups')}: Cox model in each; test of interaction", "Exploratory",
        ),
        ("Tumour response", _responses(plan), "Exploratory"),
        ("Duration of response", "Kaplan–Meier in responders", "Exploratory, no comparison"),
        ("First adverse event of grade 3 or higher", "Aalen–Johansen, Gray's test", "Exploratory"),
        ("PFS and dose", "Cox model: time-dependent dose, landmark", "Exploratory, not randomised"),
    )  # fmt: skip
    return Listing(
        key="analyses",
        title="Efficacy analyses: method and status",
        columns=("Analysis", "Method", "Status"),
        rows=rows,
        note=f"Status by the publication (§2.6, §4.4): it plans one comparison, PFS of arms {planned} together against "
        f"arm {preset.control_arm}. All safety analyses are exploratory.",
        weights=(2.2, 2.0, 1.3),
    )


def _stratified(plan: Plan) -> tuple[str, str, str]:
    factors = plan.words("stratification_factors")
    if not factors:
        return (
            "Primary comparison, stratified",
            "Not made: the plan names no factor to stratify by",
            "Sensitivity",
        )
    return (
        f"Primary comparison, stratified by {factors}",
        "Stratified log-rank test and Cox model",
        "Sensitivity",
    )


def _imputed(plan: Plan) -> str:
    return f"Worst and best case; tipping point by multiple imputation {plan.words('imputation_end')}"


def _responses(plan: Plan) -> str:
    return f"Rates with {plan.words('proportion_limits')} limits; {plan.words('response_confirmation')}"


def _horizon(plan: Plan) -> str:
    return f" (month {plan.rmst_months:g})" if plan.rmst_tau == "fixed" else ""


def _cox(plan: Plan) -> str:
    penalised = "penalised by Firth" if plan.firth == "always" else "Firth as fallback"
    return f"Cox model, ties by Efron; {penalised}"


def individual_efficacy(data: Datasets) -> Listing:
    """List each patient's PFS under both estimands and OS: months, and the event or why it is censored.

    Source: ICH E3, section 16.2.6.
    """
    times = data.adtte
    wide = {
        code: times[times["PARAMCD"].eq(code)].set_index("SUBJID")[["AVAL", "CNSR", "EVNTDESC"]]
        for code in ("PFS", "PFSHYP", "OS")
    }
    patients = data.adsl[data.adsl["RANDFL"].eq("Y")].sort_values("SUBJID")
    rows = []
    for patient, arm in zip(patients["SUBJID"], patients["TRT01P"], strict=True):
        cells = [str(patient), str(arm)]
        for frame in wide.values():
            if patient in frame.index:
                found = frame.loc[patient]
                mark = "" if found["CNSR"] == 0 else "+"
                cells += [f"{fixed(float(found['AVAL']), 1)}{mark}", str(found["EVNTDESC"])]
            else:
                cells += ["", ""]
        rows.append(tuple(cells))
    return Listing(
        key="individual_efficacy",
        title="Times to progression and death, patient by patient",
        columns=(
            "Patient",
            "Arm",
            "PFS",
            "Event or reason",
            "PFS hyp.",
            "Event or reason",
            "OS",
            "Event or reason",
        ),
        rows=tuple(rows),
        note="Months from randomisation; + censored.",
        landscape=True,
        weights=(0.8, 0.5, 0.7, 2.4, 0.8, 2.4, 0.7, 2.0),
    )
