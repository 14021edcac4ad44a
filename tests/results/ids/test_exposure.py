from duonen_stats.plan import INTERIM
from duonen_stats.results import ids


def test_limits_are_those_of_the_dictionary_with_one_for_what_is_not_known(study):
    scope = ids.Scope(study=study, plan=INTERIM, report="interim")
    assert ids.limit_names(scope) == ("kidney_course", "marrow_course", "marrow_cycle", "unknown")


def test_an_isotope_has_ids_in_its_arms_only(study):
    known = ids.known_ids(study, INTERIM, "interim")
    assert ids.dose_intensity("B", "Y90", "set").stat("median") in known
    assert "exposure.intensity.A.Y90.set.median" not in known
    assert ids.kidney_grid(2.5, 2.8, "all").stat("max") in known
