"""The decisions of how times to an event are compared and shown: control arm, curves, small samples, sensitivity."""

from duonen_stats.plan.decision import above, decision, from_to

_MONTHS = from_to(0, 1200)

CONTROL_ARM = decision(
    "A",
    "The arm of fixed activity; the other arms together are compared with it.",
    "§4.4",
    names="arm",
    primary="test",
)
STRATIFICATION_FACTORS = decision(
    ("GRADEH",),
    "Variables of ADSL that make the strata of the sensitivity analysis. The publication names no factor of "
    "the randomisation; with 23 patients in arm A more than one factor leaves strata without a comparison.",
    "not stated; ICH E9, §5.7",
    choices={
        "GRADEH": "histological grade",
        "SITEID": "centre",
        "SEX": "sex",
        "RACE": "race",
        "PRIMSITE": "site of the primary tumour",
        "KPS80FL": "Karnofsky status of 80 or more",
        "METLIVFL": "liver metastases",
        "METLNFL": "lymph node metastases",
        "METBONFL": "bone metastases",
        "METOTHFL": "other metastases",
    },
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
)
RMST_TAU = decision(
    "smallest_last_time",
    "Restricted means reach to the smaller of the two groups' last observed times; no curve is extended.",
    "Uno et al. (2014) J Clin Oncol 32:2380-2385",
    choices={
        "smallest_last_time": "up to the smaller of the two groups' last times",
        "fixed": "up to a month fixed in the plan",
    },
)
RMST_MONTHS = decision(
    60.0,
    "Where the restricted means end if rmst_tau is fixed.",
    "not stated",
    within=above(0, 1200),
    unit="months",
)
PERMUTATIONS = decision(
    9999,
    "Random permutations of the arms: with 3 to 1 arms of this size the log-rank test does not hold its "
    "level in each tail.",
    "decision 0007",
    within=from_to(1, 1_000_000),
)
SEED = decision(2022, "Seed of permutations and imputations.", "any number", within=from_to(0, 2**32 - 1))
FIRTH = decision(
    "fallback",
    "The penalised hazard ratio stands in where the likelihood has no maximum (no event in an arm).",
    "Heinze & Schemper (2001) Biometrics 57:114-119",
    choices={"fallback": "where the likelihood has no maximum", "always": "throughout"},
    primary="estimate",
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
)
SUBGROUP_AGE = decision(
    65,
    "Subgroups of age: below, and this or older.",
    "not stated; ICH E7",
    within=from_to(1, 120),
    unit="years",
)
DOSE_LANDMARK_MONTHS = decision(
    8.0,
    "Doses given up to here are compared among patients still free of the event and observed: four cycles "
    "8 to 10 weeks apart are over after 30 weeks.",
    "§2.1; Anderson et al. (1983) J Clin Oncol 1:710-719",
    within=above(0, 1200),
    unit="months",
)
TIPPING_DELTAS = decision(
    (1.0, 1.5, 2.0, 3.0, 5.0, 10.0),
    "Factors by which the hazard of experimental patients rises once they are censored.",
    "Lipkovich et al. (2016) Pharm Stat 15:216-229",
    within=above(0, 1000),
    least=1,
    most=20,
    rising=True,
)
IMPUTATIONS = decision(
    50,
    "Imputed data sets a factor, combined by Rubin's rules.",
    "Rubin (1987)",
    within=from_to(2, 10_000),
)
