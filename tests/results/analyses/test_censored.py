from duonen_stats.datasets.efficacy.survival_rules import SURVIVAL_REASONS
from duonen_stats.plan import FINAL
from duonen_stats.results.analyses.censored import analyse_reasons


def test_every_reason_is_a_row_and_they_add_up_to_the_censored(final_datasets, study, final_results):
    rows = {row.analysis_id: row for row in analyse_reasons(final_datasets, study, FINAL)}
    for endpoint in ("pfs", "pfshyp", "os"):
        for group in ("all", "BCD", "A", "B", "C", "D"):
            found = [rows[f"{endpoint}.censored.{code}.{group}.n"] for code in SURVIVAL_REASONS]
            assert sum(row.stat for row in found) == final_results.value(f"{endpoint}.km.{group}.censored")


def test_counts_are_those_of_adtte(final_datasets, study):
    rows = {row.analysis_id: row.stat for row in analyse_reasons(final_datasets, study, FINAL)}
    hypothetical = final_datasets.adtte[final_datasets.adtte["PARAMCD"].eq("PFSHYP")]
    for code in (1, 5):
        assert rows[f"pfshyp.censored.{code}.all.n"] == int(hypothetical["CNSR"].eq(code).sum())
