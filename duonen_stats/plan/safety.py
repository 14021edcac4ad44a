"""The decisions of safety: how long adverse events are reported, and so counted as treatment-emergent."""

from duonen_stats.plan.decision import decision, from_to

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
