from duonen_stats.plan import FINAL, INTERIM
from duonen_stats.results import ids


def test_a_table_that_the_dictionary_does_not_have_has_no_codes(study):
    scope = ids.Scope(study=study, plan=INTERIM, report="interim")
    assert ids.codes_if_known(scope, "no_such_table", "CATEGORY") == ()
    assert ids.codes_if_known(scope, "subjects", "SEX") == ("M", "F")


def test_therapies_without_a_class_have_a_level(study):
    assert ids.therapy_classes(ids.Scope(study=study, plan=FINAL))[-1] == "not_recorded"


def test_intercurrent_events_by_arm_are_of_the_final_report_only(study):
    name = ids.intercurrent("death", "A").stat("n")
    assert name in ids.known_ids(study, FINAL, "final")
    assert name not in ids.known_ids(study, INTERIM, "interim")
