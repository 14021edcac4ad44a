"""The records that a number is said to be of, held against the number itself: as many patients, or as many records."""

from dataclasses import replace

import pytest

from duonen_stats.plan import FINAL, INTERIM
from duonen_stats.results import Results
from duonen_stats.results.analyses.efficacy.subgroups import analyse_subgroups
from duonen_stats.results.analyses.patients.deaths import analyse_deaths
from duonen_stats.results.record_rules import records_behind
from duonen_stats.results.records import Selections, read_filter

# Of these the row's n is of a denominator, of those still at risk or of two groups, and not of the records.
OTHER_N = {"pct", "ci_low", "ci_high", "events", "survival", "rate", "n_missing", "incidence", "ratio"}


def held(results, datasets, study):
    selections = Selections({name.upper(): frame for name, frame in datasets})
    sizes = {}
    compared = 0
    for row in results:
        chosen = records_behind(row, study)
        if chosen is None:
            continue
        if chosen not in sizes:
            assert read_filter(chosen.dataset, str(chosen)) == chosen
            records = selections.records(chosen)
            sizes[chosen] = (records["USUBJID"].nunique(), len(records))
        counted = row.stat_name == "n" or row.stat_name.startswith(("n_exp", "n_con", "events_"))
        wanted = row.stat if counted and row.stat is not None else row.n
        two_rates = row.analysis_id.startswith("ae.rate.") and ".ratio." in row.analysis_id
        if wanted is None or row.stat_name in OTHER_N or two_rates:
            continue
        assert wanted in sizes[chosen], (row.analysis_id, wanted, sizes[chosen], str(chosen))
        compared += 1
    return compared


@pytest.mark.independent
def test_numbers_of_the_interim_report_are_of_as_many_patients_as_they_say(results, datasets, study):
    assert held(results, datasets, study) > 5_000


@pytest.mark.independent
def test_numbers_of_the_final_report_are_of_as_many_patients_as_they_say(
    final_results, final_datasets, study
):
    assert held(final_results, final_datasets, study) > 6_000


def test_numbers_of_deaths_are_of_as_many_patients_as_they_say(datasets, study):
    assert held(analyse_deaths(datasets, study, INTERIM), datasets, study) > 30


def test_a_percentage_is_of_the_patients_of_its_numerator(results, datasets, study):
    row = results.row("limit.kidney.course.all.pct")
    chosen = records_behind(row, study)
    assert chosen is not None
    records = chosen.select({"ADDOS": datasets.addos, "ADSL": datasets.adsl})
    assert len(records) == results.value("limit.kidney.course.all.n")
    assert (records["AVAL"] > 23).all()


def test_what_is_of_no_record_has_no_selection(results, study):
    for name in ("disposition.planned.n", "activity.fixed_course.total", "monitoring.rule.10.signals"):
        assert records_behind(results.row(name), study) is None


def test_the_records_of_a_subgroup_are_of_its_patients(final_datasets, study):
    plan = replace(FINAL, subgroups=("AGE:50:65.5", "KI67BL:10", "METBONFL"))
    results = Results(analyse_subgroups(final_datasets, study, plan))
    assert held(results, final_datasets, study) > 100
    middle = records_behind(results.row("pfs.subgroup.age.50to65_5.events_control"), study)
    assert str(middle) == (
        'PARAMCD = "PFS" and AVAL is not missing and CNSR = 0 and TRT01P = "A" '
        'and USUBJID in (ADSL where RANDFL = "Y") and USUBJID in (ADSL where AGE >= 50 and AGE < 65.5)'
    )
    unknown = records_behind(results.row("os.subgroup.ki67.unknown.n_experimental"), study)
    assert "KI67BL is missing" in str(unknown)
    assert records_behind(results.row("os.subgroup.ki67.interaction.p"), study) is None
