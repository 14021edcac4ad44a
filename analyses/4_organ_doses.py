"""Sections 3.3 and 3.4: organ doses by arm (Table 3, Figures 2 and 3)."""

from dataclasses import replace

from duonen_stats import INTERIM, build_datasets, load_study, produce, read_cut
from duonen_stats.displays.exposure import dose_effect, organ_doses

study = load_study()
datasets = build_datasets(read_cut(study), study, INTERIM)

# Medians, quartiles and patients above the limits of the protocol.
print(produce(organ_doses.TABLE_3, datasets, study, INTERIM))

# The p-values above are of the plan's test; here is what the routing of section 2.6 would have said.
print(produce(organ_doses.TABLE_3, datasets, study, replace(INTERIM, between_arm_test="routed")))

# Does more 177Lu mean more kidney dose, where 90Y is fixed?
print(produce(dose_effect.FIGURE_3, datasets, study, INTERIM))
