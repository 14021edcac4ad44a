from duonen_stats.plan import INTERIM
from duonen_stats.results import ids


def test_a_term_stands_below_its_class():
    block = ids.event_term(ids.event_class("any", "Blood disorders"), "Anaemia")
    assert ids.line_patients(block, "A").stat("n") == "ae.terms.any.Blood%20disorders.term.Anaemia.by.A.n"


def test_products_have_lines_of_their_own_in_the_overview(study):
    scope = ids.Scope(study=study, plan=INTERIM)
    assert {"related_lu177", "related_y90"} <= {*ids.overview_lines(scope)}


def test_rates_are_of_treatment_and_follow_up_alone(study):
    known = ids.known_ids(study, INTERIM, "interim")
    assert "ae.terms.any.Blood.rate.A.rate" in known
    assert "ae.terms.follow_up.Blood.term.Anaemia.rate.A.rate" in known
    assert "ae.terms.serious.Blood.rate.A.rate" not in known
    assert "ae.terms.serious.Blood.worst.3.A.n" not in known
