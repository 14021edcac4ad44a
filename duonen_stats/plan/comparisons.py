"""The decisions of how times to an event are compared and shown: control arm, curves, small samples, sensitivity."""

from duonen_stats.plan.decision import above, decision, from_to

_MONTHS = from_to(0, 1200)

# Words of the baseline variables that may be strata and covariates alike.
_GRADE, _SEX = "histological grade", "sex"
_TUMOUR_AND_STATUS = {
    "PRIMSITE": "site of the primary tumour",
    "KPS80FL": "Karnofsky status of 80 or more",
    "METLIVFL": "liver metastases",
    "METLNFL": "lymph node metastases",
    "METBONFL": "bone metastases",
    "METOTHFL": "other metastases",
}

CONTROL_ARM = decision(
    "A",
    "The arm of fixed activity; the other arms together are compared with it.",
    "§4.4",
    names="arm",
    primary="comparison",
)
STRATIFICATION_FACTORS = decision(
    ("GRADEH",),
    "Variables of ADSL that make the strata of the sensitivity analysis. The publication names no factor of "
    "the randomisation; with 23 patients in arm A more than one factor leaves strata without a comparison.",
    "not stated; ICH E9, §5.7",
    choices={"GRADEH": _GRADE, "SITEID": "centre", "SEX": _SEX, "RACE": "race", **_TUMOUR_AND_STATUS},
    final_only=True,
)
CURVE_LIMITS = decision(
    "log-log",
    "Limits of a survival curve that stay between 0 and 1.",
    "Kalbfleisch & Prentice (2002), §1.4",
    choices={
        "log-log": "on the log(−log) scale",
        "log": "on the log scale",
        "plain": "on the scale of the probability itself",
        "logit": "on the logit scale",
        "arcsin": "on the arcsine square-root scale",
    },
    final_only=True,
)
LANDMARK_MONTHS = decision(
    (12.0, 20.0, 24.0, 36.0, 60.0),
    "Months at which survival is stated.",
    "§4.4 plans with 20 months",
    within=_MONTHS,
    least=1,
    most=12,
    rising=True,
    unit="months",
    final_only=True,
)
GRID_MONTHS = decision(
    tuple(12.0 * year for year in range(11)),
    "Months at which numbers at risk and censored stand below a curve.",
    "120 months: recruitment 2022-2027, follow-up to 2032",
    within=_MONTHS,
    least=1,
    most=24,
    rising=True,
    unit="months",
    final_only=True,
)
RMST_TAU = decision(
    "fixed",
    "The horizon of the restricted means is fixed before the data are seen. The last observed time of a group "
    "depends on the outcome, and one patient may be left there.",
    "Royston & Parmar (2013) BMC Med Res Methodol 13:152; Uno et al. (2014) J Clin Oncol 32:2380-2385",
    choices={
        "fixed": "up to a month fixed in the plan",
        "smallest_last_time": "up to the smaller of the two groups' last times",
    },
    final_only=True,
)
RMST_MONTHS = decision(
    48.0,
    "Where the restricted means end if rmst_tau is fixed. Every patient can be followed that long (recruitment to "
    "2027, follow-up to 2032). With a median of 20 months 19 % of the control arm are expected to be at risk then, "
    "at 60 months only 12 %.",
    "§4.4; not stated in the publication",
    within=above(0, 1200),
    unit="months",
    only_if={"rmst_tau": "fixed"},
    final_only=True,
)
RMST_MIN_AT_RISK = decision(
    0.10,
    "No restricted mean up to a time at which a smaller part of an arm is still at risk: the curve there is that "
    "of a few patients.",
    "Pocock et al. (2002) Lancet 359:1686-1689: 10 to 20 % at risk",
    within=from_to(0, 1),
    unit="a fraction of the patients of an arm",
    final_only=True,
)
PERMUTATIONS = decision(
    9999,
    "Random permutations of the arms: with 3 to 1 arms of this size the log-rank test does not hold its "
    "level in each tail.",
    "decision 0007",
    within=from_to(1, 1_000_000),
    final_only=True,
)
SEED = decision(
    2022, "Seed of permutations and imputations.", "any number", within=from_to(0, 2**32 - 1), final_only=True
)
FIRTH = decision(
    "fallback",
    "The penalised hazard ratio stands in where the likelihood has no maximum (no event in an arm).",
    "Heinze & Schemper (2001) Biometrics 57:114-119",
    choices={"fallback": "where the likelihood has no maximum", "always": "throughout"},
    primary="estimate",
    final_only=True,
)
HAZARDS_TRANSFORM = decision(
    "km",
    "Scale of time on which a hazard ratio might change.",
    "Grambsch & Therneau (1994); R's default",
    choices={
        "km": "the Kaplan–Meier estimate",
        "rank": "the rank of the time",
        "identity": "the time itself",
        "log": "the logarithm of the time",
    },
    final_only=True,
)
SUBGROUPS = decision(
    ("SEX", "AGE", "PRIMSITE", "GRADEH", "METLIVFL"),
    "Baseline variables that make the subgroups of PFS and OS. A measured one is followed by the points at which it is "
    "cut, KI67BL:10 or AGE:50:65; AGE by itself is cut at subgroup_age. They are named before the arms are compared, "
    "and are few, since each further one is another chance to see a difference that is none.",
    "not stated; ICH E9, §5.7; EMA (2019) Guideline on subgroups in confirmatory clinical trials",
    choices={
        "SEX": _SEX,
        "AGE": "age",
        "RACE": "race",
        "BMIBL": "body mass index",
        "PRIMSITE": _TUMOUR_AND_STATUS["PRIMSITE"],
        "GRADEH": _GRADE,
        "KI67BL": "Ki-67",
        "METLIVFL": _TUMOUR_AND_STATUS["METLIVFL"],
        "METLNFL": _TUMOUR_AND_STATUS["METLNFL"],
        "METBONFL": _TUMOUR_AND_STATUS["METBONFL"],
        "METOTHFL": _TUMOUR_AND_STATUS["METOTHFL"],
        "KARNOFBL": "Karnofsky status",
        "DXDUR": "time since diagnosis",
    },
    measured={"AGE": "subgroup_age", "BMIBL": 25.0, "KI67BL": 10.0, "KARNOFBL": 90.0, "DXDUR": 12.0},
    least=1,
    final_only=True,
)
SUBGROUP_AGE = decision(
    65,
    "Subgroups of age if AGE stands by itself in subgroups: below, and this or older.",
    "not stated; ICH E7",
    within=from_to(1, 120),
    unit="years",
    only_if={"subgroups": "AGE"},
    final_only=True,
)
DOSE_LANDMARK_MONTHS = decision(
    8.0,
    "Doses given up to here are compared among patients still free of the event and observed: four cycles "
    "8 to 10 weeks apart are over after 30 weeks.",
    "§2.1; Anderson et al. (1983) J Clin Oncol 1:710-719",
    within=above(0, 1200),
    unit="months",
    final_only=True,
)
TIPPING_DELTAS = decision(
    (1.0, 1.5, 2.0, 3.0, 5.0, 10.0),
    "Factors by which the hazard of experimental patients rises once they are censored.",
    "Lipkovich et al. (2016) Pharm Stat 15:216-229",
    within=above(0, 1000),
    least=1,
    most=20,
    rising=True,
    final_only=True,
)
IMPUTATIONS = decision(
    50,
    "Imputed data sets a factor, combined by Rubin's rules.",
    "Rubin (1987)",
    within=from_to(2, 10_000),
    final_only=True,
)
IMPUTATION_END = decision(
    "cut",
    "What is missing is the time from censoring to the data cut; nobody was to be observed longer. Where most are "
    "censored at an assessment shortly before the cut the factors act on little time: patients and person-months "
    "are shown next to each.",
    "ICH E9(R1), A.5.2; Lipkovich et al. (2016) Pharm Stat 15:216-229",
    choices={
        "cut": "up to the data cut",
        "horizon": "up to a month fixed in the plan, whenever the data cut was",
    },
    final_only=True,
)
IMPUTATION_MONTHS = decision(
    120.0,
    "Months from randomisation up to which is imputed if imputation_end is horizon: the whole of the trial, "
    "recruitment 2022-2027 and follow-up to 2032.",
    "§2.4",
    within=above(0, 1200),
    unit="months",
    only_if={"imputation_end": "horizon"},
    final_only=True,
)
CENSORING_COVARIATES = decision(
    ("AGE", "GRADEH", "METLIVFL"),
    "Baseline variables by which, beside the arm, those who left under the hypothetical estimand may differ from "
    "those still observed. With more than a few the model of leaving has too few patients.",
    "Robins & Finkelstein (2000) Biometrics 56:779-788; ICH E9(R1), A.5.1",
    choices={
        "AGE": "age",
        "BMIBL": "body mass index",
        "KI67BL": "Ki-67",
        "GRADEH": _GRADE,
        "SEX": _SEX,
        **_TUMOUR_AND_STATUS,
    },
    least=1,
    final_only=True,
)


# What stands beside the primary comparison of the final report.


INTERVAL_CUTPOINTS = decision(
    (12.0, 24.0),
    "Months at which the baseline hazard of the piecewise exponential model may change, where progression is taken to "
    "have happened between two assessments. Few pieces, since each needs events of its own.",
    "not stated; Friedman (1982) Ann Stat 10:101-113",
    within=from_to(0.1, 1200),
    least=1,
    most=6,
    rising=True,
    unit="months",
    final_only=True,
)
ADJUSTMENT_COVARIATES = decision(
    ("AGE", "GRADEH", "METLIVFL"),
    "Baseline variables in the Cox model of PFS beside the comparison of the arms. They are named here, so that none "
    "is chosen after its effect was seen; with few events more would not be carried.",
    "EMA (2015) Guideline on adjustment for baseline covariates, section 4; not stated in the publication",
    choices=CENSORING_COVARIATES.metadata["rule"].choices,
    least=1,
    final_only=True,
)
