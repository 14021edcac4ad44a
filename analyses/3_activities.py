"""Section 3.2: how dosimetry changed the activities (Table 2, Figure 1)."""

from dataclasses import replace

from duonen_stats import INTERIM, build_datasets, load_study, produce, read_cut
from duonen_stats.displays.exposure import modifications
from duonen_stats.displays.exposure import modifications as exposure

study = load_study()
datasets = build_datasets(read_cut(study), study, INTERIM)

# Both countings: one category a patient, and the one that fits the publication.
print(produce(modifications.TABLE_2, datasets, study, INTERIM))

# Cumulative activity, for comparison with four fixed cycles.
print(produce(exposure.EXPOSURE, datasets, study, INTERIM))

# "Unchanged" needs a tolerance, which the publication does not state. Does it matter?
strict = replace(INTERIM, modification_tolerance=0.05)
print(produce(modifications.TABLE_2, build_datasets(read_cut(study), study, strict), study, strict))
