"""Section 2.1: who the patients are (Table 1), and how far they came."""

from duonen_stats import INTERIM, build_datasets, load_study, produce, read_cut
from duonen_stats.displays.patients import baseline, disposition

study = load_study()
datasets = build_datasets(read_cut(study), study, INTERIM)

# Randomisation should make the arms alike; with 12 to 16 patients an arm it can only do so roughly.
print(produce(baseline.TABLE_1, datasets, study, INTERIM))

# Who was treated, who stopped, and why.
print(produce(disposition.DISPOSITION, datasets, study, INTERIM))
