"""From a raw data cut to analysis datasets: what is in them, and what is not."""

from duonen_stats import INTERIM, build_datasets, check_cut, load_study, read_cut
from duonen_stats.datasets import accounting
from duonen_stats.raw import findings_frame

study = load_study()

# The simulated cohort; a real data cut is a folder: read_cut(study, "path/to/cut").
cut = read_cut(study)
print(cut.label, "- SIMULATED" if cut.simulated else "")

# Is anything wrong with it? Errors would stop a report, warnings ask for an answer from the site.
findings = findings_frame(check_cut(cut, study))
print(findings.groupby(["severity", "rule"], observed=True).size())

# ADSL, ADEX, ADDOS, ADLB, ADAE, ADRS, ADTTE: a row for each patient, activity, dose, value, event, response, time.
datasets = build_datasets(cut, study, INTERIM)
for name, frame in datasets:
    print(name, frame.shape)

# Nothing is lost: every record is used or set aside with a reason.
print(accounting(cut, datasets))
