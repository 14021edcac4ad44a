from duonen_stats.plan import INTERIM
from duonen_stats.results import ids
from duonen_stats.results.ids.scope import Scope


def _blocks(name: str, study) -> set[str]:
    family = next(family for family in ids.families() if family.name == name)
    return set(family.blocks(Scope(study=study, plan=INTERIM, report="interim")))


def test_doses_of_an_isotope_exist_where_it_is_given(study):
    doses = _blocks("organ_dose", study)
    assert {"table3.kidney_90Y.B", "table3.kidney_177Lu.A", "table3.kidney_total.all"} <= doses
    assert not {"table3.kidney_90Y.A", "table3.kidney_90Y.D", "table3.kidney_177Lu.all"} & doses


def test_a_limit_of_a_cycle_exists_where_the_protocol_has_one(study):
    assert "limit.marrow.cycle.all" in _blocks("limit", study)
    assert "limit.kidney.cycle.all" not in _blocks("limit", study)


def test_levels_of_a_characteristic_are_its_own(study):
    assert "table1.sex.male.all" in _blocks("baseline_level", study)
    assert "table1.sex.g1.all" not in _blocks("baseline_level", study)
