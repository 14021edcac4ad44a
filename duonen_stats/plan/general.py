"""The decisions that all analyses share: levels, quartiles, visits, tests between groups."""

from duonen_stats.plan.decision import above, between, decision, from_to

ALPHA = decision(
    0.05,
    "Two-sided level at which a p-value is marked; exploratory.",
    "§2.6",
    within=between(0, 1),
    primary="level",
)
CONFIDENCE = decision(0.95, "Level of every interval.", "§4.4", within=between(0, 1), primary="limits")
PROPORTION_LIMITS = decision(
    "clopper_pearson",
    "Exact limits of a percentage of patients cover at least as often as they say, also where there is no event at "
    "all: at 95 %, 0 of 92 go up to 3.9 %, 0 of 23 up to 14.8 %.",
    "Clopper & Pearson (1934) Biometrika 26:404-413; Wilson (1927) JASA 22:209-212",
    choices={"clopper_pearson": "exact (Clopper–Pearson)", "wilson": "score (Wilson)"},
)
QUANTILE_TYPE = decision(
    6,
    "Definition 6 (SPSS HAVERAGE) is the only common one that gives arm D's printed activity quartile.",
    "§4.1; §2.6 names SPSS 23",
    choices={
        2: "definition 2 (averages at steps)",
        6: "definition 6 (SPSS HAVERAGE)",
        7: "definition 7 (R's default)",
    },
)
DIFFERENCE_DECIMALS = decision(
    6,
    "Values are ranked, and compared with a fence or a tolerance, at this precision, so that binary noise "
    "breaks no tie. Nothing else is rounded.",
    "§3.5",
    within=from_to(0, 12),
    datasets=True,
)
BASELINE_VISIT = decision(
    "T1",
    "The last value before the first cycle.",
    "Table 4",
    names="visit",
    which="one before the first cycle",
    datasets=True,
)
FOLLOW_UP_VISITS = decision(
    ("V1", "V2", "V3", "V4"),
    "The visit about two weeks after each cycle.",
    "§2.4, §3",
    names="visit",
    which="all after a cycle, in their order, with the last of these",
    least=2,
    datasets=True,
)
BASELINE_RULE = decision(
    "visit_then_last",
    "The record of visit T1; if there is none, the last value on or before the first administration.",
    "Table 4, §2.4",
    choices={
        "visit_then_last": "or the last value before the first cycle",
        "last_before_treatment": "taken as the last value before the first cycle",
    },
    datasets=True,
)
VISIT_RECORD_RULE = decision(
    "scheduled_then_closest",
    "One record per visit: the scheduled one; of several, the closest to the target day, then the later.",
    "§2.4",
    choices={
        "scheduled_then_closest": "the scheduled one, then the closest to the target day",
        "closest": "the closest to the target day",
    },
    datasets=True,
)
CENSORED_RESULTS = decision(
    "limit",
    "A laboratory result that is known only to lie below or above a bound counts as the bound: the nearest value that "
    "it may have. So no change is larger than what was seen, and no patient is lost because a value is good, as an "
    "eGFR above 90 is. A grade is never taken from it: a censored result has every grade that a value beyond its bound "
    "may have, and counts as undecided if these are several.",
    "not stated; Helsel (2012) Statistics for Censored Environmental Data, §1.3 and §4, on what substitution does",
    choices={
        "limit": "count as their bound",
        "half": "count as half their bound if they are below it, as the bound if they are above it",
        "excluded": "do not count as values",
    },
    datasets=True,
)
NADIR_SCOPE = decision(
    "follow_up",
    "Worst change over the follow-up visits V1-V4 that are available.",
    "§3.5, §3.6",
    choices={"follow_up": "the available follow-up visits", "on_treatment": "all values on treatment"},
    datasets=True,
)
NADIR_TIE = decision(
    "first",
    "A nadir reached twice is dated at the first visit.",
    "not stated; affects dates only",
    choices={"first": "the first visit that reaches it", "last": "the last visit that reaches it"},
    datasets=True,
)
MODIFICATION_TOLERANCE = decision(
    0.10,
    "Mean change within 10 % of the nominal first activity counts as unchanged.",
    "not stated; Table 2",
    within=from_to(0, 0.99),
    unit="a fraction of the nominal activity",
    datasets=True,
)
MODIFICATION_COUNTING = decision(
    "partition",
    "One category per patient. The other counting, which may count a patient twice, stands beside it.",
    "Table 2: 2 + 9 + 6 = 17 of 16",
    choices={
        "partition": "one category per patient, by the mean over the cycles after the first",
        "any_cycle": "any cycle up, any cycle down; a patient may count in two categories",
    },
)
CONVENTION = decision(
    "spss23",
    "Ties, zeros, continuity and centring as the publication's software has them.",
    "§2.6",
    choices={"spss23": "as SPSS 23", "r": "as R", "default": "as this package's functions have them"},
)
BETWEEN_ARM_TEST = decision(
    "kruskal_wallis",
    "The publication names Kruskal-Wallis for every dose and laboratory comparison; what the routing of "
    "§2.6 would have chosen, and its p, stand beside each.",
    "§2.6, §3.4, §3.5",
    choices={
        "kruskal_wallis": "Kruskal–Wallis",
        "routed": "the test to which normality and variance lead",
        "anova": "ANOVA",
        "welch_anova": "Welch",
    },
)
ASSUMPTION_ALPHA = decision(
    0.05,
    "Level of Shapiro-Wilk and Levene in the routing; apart from alpha, so that it moves no test.",
    "§2.6",
    within=between(0, 1),
)
POSTHOC_AFTER_RANK = decision(
    "games_howell",
    "After a rank test. §2.6 names Tukey, after ANOVA, and Games-Howell, after Welch, only; Dunn, unadjusted and "
    "adjusted, is shown next to these.",
    "§2.6, §3.4",
    choices={"games_howell": "Games–Howell", "dunn": "Dunn, unadjusted"},
    only_if={"between_arm_test": ("kruskal_wallis", "routed")},
)
PAIRED_TEST = decision(
    "wilcoxon",
    "Asymptotic, no continuity correction, zeros dropped; paired t beside it.",
    "not stated; §3.5",
    choices={"wilcoxon": "Wilcoxon's signed-rank test", "paired_t": "the paired t test"},
)
CORRELATION = decision(
    "spearman",
    "With the t approximation, the only one that fits the printed p.",
    "§3.3, §3.5",
    choices={"spearman": "Spearman's, with the t approximation", "pearson": "Pearson's"},
)
MIN_GROUP = decision(
    3,
    "No p-value if a compared group has fewer patients.",
    "groups of one exist",
    within=from_to(1, 1000),
    unit="patients",
    primary="test",
)

REPEATED_COVARIANCE = decision(
    "unstructured",
    "How values of one patient at several visits vary together, in the model for repeated values: every variance and "
    "covariance of its own assumes nothing. With so few patients that this matrix does not exist, one variance and "
    "one correlation stand in, and the table says so.",
    "Mallinckrodt et al. (2008) Drug Inf J 42:303-319",
    choices={
        "unstructured": "unstructured, or compound symmetry where that cannot be fitted",
        "compound_symmetry": "compound symmetry",
    },
)
REPEATED_DF = decision(
    "kenward_roger",
    "Limits of the model allow for the covariance matrix being estimated from few patients.",
    "Kenward & Roger (1997) Biometrics 53:983-997; Fai & Cornelius (1996) J Stat Comput Simul 54:363-378",
    choices={"kenward_roger": "Kenward–Roger", "satterthwaite": "Satterthwaite"},
)
REPEATED_BASELINE = decision(
    "common",
    "Values at all visits depend on the baseline by one slope, or by a slope of each visit, which costs as many "
    "degrees of freedom as there are visits.",
    "not stated; EMA guideline on baseline covariates (2015), §6.2",
    choices={"common": "one slope for all visits", "by_visit": "a slope for each visit"},
)
CTCAE_VERSION = decision(
    "5.0",
    "Laboratory values are graded by the version by which the protocol and the publication grade, and investigators "
    "graded events. Version 6.0 moves the bounds of neutrophils and platelets, and has no term for low lymphocytes: "
    "grades of the two cannot stand in one table.",
    "§2.4; NCI CTCAE 5.0 (2017); NCI CTCAE 6.0 (2025)",
    choices={"5.0": "CTCAE v5.0", "6.0": "CTCAE v6.0"},
    datasets=True,
)

PER_PROTOCOL = decision(
    "excluding",
    "Who is in the per-protocol population: randomised patients treated at least once, as the arm randomised to, "
    "without a deviation that is recorded to exclude. Whether a deviation excludes is judged before the arms are "
    "compared and recorded with it.",
    "ICH E9, §5.2.2",
    choices={
        "excluding": "without a deviation recorded to exclude from it",
        "important": "without any important deviation",
    },
    datasets=True,
)


# The decisions of safety: how long adverse events are reported, and so counted as treatment-emergent.


SAFETY_ARM = decision(
    "treated",
    "Harm and exposure follow from what was given, so that a patient treated as another arm than the one randomised to "
    "is shown in that. Efficacy and baseline are by the arm randomised to, whatever was given.",
    "not stated; ICH E9, §5.2.3",
    choices={
        "treated": "the arm as which they were treated",
        "randomised": "the arm to which they were randomised",
    },
)
AE_REPORTING = decision(
    "after_last_cycle",
    "Events are emergent, and patients at risk of a first one, up to some days after the last cycle, or up to the day "
    "on which treatment was discontinued if that is later. After that nobody asks for events, so not to hear of one "
    "is not to be free of it. Late harm that is named (events of interest) is counted without an end.",
    "not stated; 30 days are customary",
    choices={
        "after_last_cycle": "up to the end of reporting after the last cycle",
        "as_collected": "as long as they were collected",
    },
    datasets=True,
)
AE_REPORTING_DAYS = decision(
    30,
    "Days after the last cycle on which adverse events are still reported: the usual period. It can leave out harm "
    "of the last cycle, because blood counts are lowest 4 to 6 weeks after a cycle; with 60 days that is counted.",
    "not stated; 30 days are customary",
    within=from_to(0, 3650),
    unit="days",
    datasets=True,
    only_if={"ae_reporting": "after_last_cycle"},
)
AE_LANDMARK_MONTHS = decision(
    (3.0, 6.0),
    "Months from the first administration at which the incidence of a severe event is stated: after the second cycle, "
    "and during the fourth. Four cycles 8 to 10 weeks apart and 30 days more are over after 7 to 8 months.",
    "§2.1",
    within=from_to(0, 1200),
    least=1,
    most=12,
    rising=True,
    unit="months",
    final_only=True,
)
AE_GRID_MONTHS = decision(
    (0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0),
    "Months at which numbers at risk and censored stand below the curve of the first severe event.",
    "§2.1",
    within=from_to(0, 1200),
    least=1,
    most=24,
    rising=True,
    unit="months",
    final_only=True,
)
AE_TERM_PERCENT = decision(
    5.0,
    "Least percentage of the patients of an arm who have an event of a term, for the arms to be compared in it, and "
    "for a registry to list it among events that are not serious. It is of any arm, not of all together.",
    "42 CFR 11.48(a)(4)(iii)",
    within=from_to(0, 100),
    unit="% of the patients of an arm",
)
LATE_MONTHS = decision(
    (12.0, 24.0, 36.0, 48.0, 60.0),
    "Months from the first administration at which the incidence of late harm is stated: each year of the follow-up "
    "that the protocol asks for.",
    "protocol, follow-up of five years",
    within=from_to(0, 1200),
    least=1,
    most=24,
    rising=True,
    unit="months",
    final_only=True,
)
TOXICITY_BOUND = decision(
    0.30,
    "Share of patients with a treatment-emergent event of grade 3 or higher that should not be exceeded in an arm. The "
    "protocol states none; published trials of the treatment report up to a fifth to a third.",
    "assumption; Strosberg et al. (2017) N Engl J Med 376:125-135",
    within=between(0, 1),
    unit="a fraction of the patients of an arm",
)
TOXICITY_THRESHOLD = decision(
    0.90,
    "Probability of a rate above the bound at which the monitoring rule signals.",
    "assumption; Thall & Simon (1994) Biometrics 50:337-349",
    within=between(0, 1),
)
TOXICITY_PRIOR_EVENTS = decision(
    0.5,
    "Patients with a severe event that the prior of the monitored rate is worth: half a patient, so that the data "
    "speak.",
    "Jeffreys' prior",
    within=above(0, 1000),
)
TOXICITY_PRIOR_OTHERS = decision(
    0.5,
    "Patients without a severe event that the prior of the monitored rate is worth.",
    "Jeffreys' prior",
    within=above(0, 1000),
)
TOXICITY_RATES = decision(
    (0.1, 0.2, 0.3, 0.4, 0.5),
    "True rates at which the behaviour of the monitoring rule is stated.",
    "around the bound",
    within=between(0, 1),
    least=1,
    most=12,
    rising=True,
)
