"""The decisions of late safety: blood counts, kidney function, and how long a value has to last to count."""

from duonen_stats.plan.decision import between, decision, from_to

LOWEST_VALUE_DAYS = decision(
    84,
    "Days after the last administration up to which the lowest value of the treatment is looked for: counts are lowest "
    "4 to 6 weeks after a cycle. A later fall is another event.",
    "not stated; twelve weeks, the interval of late follow-up",
    within=from_to(0, 3650),
    unit="days",
)
GRADE_LANDMARK_MONTHS = decision(
    (2.0, 4.0, 8.0, 12.0),
    "Months from the first administration at which the incidence of a low blood count is stated, and months from the "
    "first such value at which recovery is.",
    "§2.1: four cycles 8 to 10 weeks apart",
    within=from_to(0, 1200),
    least=1,
    most=12,
    rising=True,
    unit="months",
    final_only=True,
)
LATE_LANDMARK_MONTHS = decision(
    (12.0, 24.0, 36.0, 60.0),
    "Months from the first administration at which the incidence of a decline of kidney function is stated: patients "
    "are followed for five years.",
    "protocol: follow-up of five years",
    within=from_to(0, 1200),
    least=1,
    most=12,
    rising=True,
    unit="months",
    final_only=True,
)
RECOVERY_SUPPORT = decision(
    "unsupported",
    "How a growth factor or a transfusion counts in the recovery of a blood count. Either is given because the count "
    "is low, and raises it: a value soon after says little of the marrow, and one that is good without help says that "
    "it has recovered. To count it as observed calls a transfused patient recovered; to end recovery with it leaves "
    "out those who recover later by themselves.",
    "ICH E9(R1), A.3.2 (intercurrent events); not in the publication",
    choices={
        "as_observed": "recovery as observed, whatever support was given",
        "unsupported": "recovery at a value without support in the days before",
        "not_recovered": "no recovery once support is given, which competes with it",
    },
)
RECOVERY_SUPPORT_DAYS = decision(
    28,
    "Days after a growth factor or a transfusion during which a value owes something to it: the longer of the two "
    "customary windows, since transfused red cells last for weeks.",
    "not stated; 14 or 28 days are customary",
    within=from_to(0, 365),
    only_if={"recovery_support": "unsupported"},
    unit="days",
)
EGFR_SLOPE = decision(
    "total",
    "Yearly change of kidney function from baseline on; without the first three months it is the chronic slope, which "
    "an early effect on filtration does not touch. The other one stands beside it.",
    "Levey et al. (2020) Am J Kidney Dis 75:84-104",
    choices={"total": "total slope", "chronic": "chronic slope, without the first three months"},
)
DECLINE_FRACTIONS = decision(
    (0.30, 0.40),
    "Falls of eGFR from baseline that count as events: 30 % is accepted in some circumstances, 40 % more widely.",
    "Levey et al. (2014) Am J Kidney Dis 64:821-835",
    within=between(0, 1),
    least=1,
    most=4,
    rising=True,
    unit="a fraction of the baseline",
    final_only=True,
)
DECLINE_CONFIRMATION_DAYS = decision(
    28,
    "Days after which the next value has to show the fall, too. A fall at a patient's last value counts, and is said "
    "not to be confirmed.",
    "not stated; four weeks are customary",
    within=from_to(0, 365),
    unit="days",
    final_only=True,
)
PERSISTENT_DAYS = decision(
    183,
    "Days for which a cytopenia has to last to make the patient a candidate for persistent haematological dysfunction: "
    "more than half a year. Whether it is explained otherwise is a clinical judgement.",
    "Bergsma et al. (2018) J Nucl Med 59:452-458",
    within=from_to(1, 3650),
    unit="days",
    datasets=True,
)
PERSISTENT_GRADE = decision(
    2,
    "Grade from which a blood count counts as cytopenia in it.",
    "not stated there",
    within=from_to(1, 4),
    datasets=True,
)
