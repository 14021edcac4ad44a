from duonen_stats.plan import INTERIM
from duonen_stats.results import ids


def test_verdicts_are_written_without_spaces():
    assert ids.audit_answer("result", "not regenerable").stat("n") == "audit.result.not_regenerable.n"


def test_the_audit_stands_in_the_interim_report_alone(study):
    name = ids.audit_answer("result", "differs").stat("n")
    assert name in ids.known_ids(study, INTERIM, "interim")
    assert name in ids.known_ids(study, INTERIM, "audit")
    assert name not in ids.known_ids(study, INTERIM, "final")


def test_looks_of_a_boundary_stand_in_the_design_report(study):
    known = ids.known_ids(study, INTERIM, "design")
    assert ids.boundary_look(ids.boundary("obrien_fleming"), 2).stat("z") in known
    assert ids.design_power("schoenfeld", 0.6).stat("power") == "design.method.schoenfeld.hr0.6.power"
    assert "design.method.schoenfeld.hr0.6.power" in known


def test_numbers_of_a_planning_answer_go_by_their_path():
    assert ids.answer_value("sample_size", "result.power") == "design.sample_size.result.power"
