"""Section 3.9: adverse events (Table 5), and the patients behind them."""

from duonen_stats import INTERIM, build_datasets, load_study, produce, read_cut
from duonen_stats.displays.safety import adverse_events, toxicity

study = load_study()
datasets = build_datasets(read_cut(study), study, INTERIM)

# Events and percentages of events, as published; beside them patients.
print(produce(adverse_events.TABLE_5, datasets, study, INTERIM))

# By arm and worst grade.
print(produce(toxicity.EVENTS_BY_ARM, datasets, study, INTERIM))

# Grades derived from laboratory values are another matter, and never merged with what was reported.
print(produce(toxicity.LAB_GRADES, datasets, study, INTERIM))
