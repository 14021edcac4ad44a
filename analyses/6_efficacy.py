"""The question of the trial: does activity guided by dosimetry prolong progression-free survival?"""

from dataclasses import replace

from duonen_stats import FINAL, build_datasets, load_study, produce, simulate_cut
from duonen_stats.displays.efficacy import response, sensitivity, survival_tables

study = load_study()

# The shipped cohort stops at the interim, so this is a simulated final cut; a real one: read_cut(study, "path").
cut = simulate_cut(2032, stage="FINAL")
print(cut.label)
datasets = build_datasets(cut, study, FINAL)

# Who had an event, who was censored, and why: each time has its source record.
print(datasets.adtte.groupby(["PARAMCD", "EVNTDESC"], observed=True).size())

# The primary comparison stands in the first column; single arms are exploratory.
print(produce(survival_tables.PFS_TABLE, datasets, study, FINAL))

# The other estimand asks what PFS would have been without another antitumour treatment.
print(produce(survival_tables.PFS_HYPOTHETICAL_TABLE, datasets, study, FINAL))

# At 3 to 1 and this size the permutation test is the one to believe; how wrong would censoring have to be?
print(produce(sensitivity.SENSITIVITY, datasets, study, replace(FINAL, permutations=1999)))

# Response needs a threshold and a confirmation rule; progression is counted without either.
print(produce(response.RESPONSE_TABLE, datasets, study, FINAL))
