"""The families against what the analyses make: no id that no family knows, and no family without its rows."""

import pytest

from duonen_stats.plan import FINAL, INTERIM
from duonen_stats.results import ids

pytestmark = pytest.mark.law


def _of_analyses(known: ids.KnownIds) -> set[str]:
    return {name for name in known.exact if not name.startswith(("quality.", "audit."))}


def test_the_interim_analyses_make_every_id_of_the_families_and_no_other(results, study):
    known = ids.known_ids(study, INTERIM, "interim")
    made = {row.analysis_id for row in results}
    assert [name for name in made if name not in known] == []
    assert _of_analyses(known) - made == set()


def test_the_final_analyses_make_every_id_of_the_families_and_no_other(final_results, study):
    known = ids.known_ids(study, FINAL, "final")
    made = {row.analysis_id for row in final_results}
    assert [name for name in made if name not in known] == []
    assert _of_analyses(known) - made == set()


def test_an_id_of_another_study_or_report_is_not_known(study):
    known = ids.known_ids(study, INTERIM, "interim")
    assert "labs.HGB.V4.between.kruskal_wallis.p" in known
    assert "labs.HGB.V9.between.kruskal_wallis.p" not in known
    assert "pfs.primary.hr.hr" not in known
    assert "pfs.primary.hr.hr" in ids.known_ids(study, FINAL, "final")
    assert "quality.site.03.patients" in known
    assert "quality.site.0.3.patients" not in known
