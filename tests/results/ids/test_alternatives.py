"""Under other plans the families know every id, and no display, claim or printed number asks for another."""

from dataclasses import replace

import pytest

from duonen_stats.datasets import build_datasets
from duonen_stats.displays.catalogue import INTERIM_DISPLAYS
from duonen_stats.displays.display import Material, lay_out
from duonen_stats.displays.lookup import Lookup
from duonen_stats.publication import load_ledger
from duonen_stats.publication.audit import audit_publication
from duonen_stats.results import ids, run_analysis
from duonen_stats.sap import INTERIM

pytestmark = pytest.mark.law


@pytest.mark.parametrize(
    "changes",
    [
        {"between_arm_test": "routed", "correlation": "pearson"},
        {"between_arm_test": "anova", "paired_test": "paired_t", "quantile_type": 7},
        {"between_arm_test": "welch_anova", "posthoc_after_rank": "dunn", "convention": "r"},
        {"follow_up_visits": ("V1", "V4"), "nadir_scope": "on_treatment", "min_group": 20},
        {"control_arm": "D", "modification_counting": "any_cycle", "baseline_rule": "last_before_treatment"},
    ],
    ids=", ".join,
)
def test_every_id_that_is_asked_for_exists(cut, study, changes):
    plan = replace(INTERIM, **changes)
    data = build_datasets(cut, study, plan)
    results = run_analysis(data, study, plan)
    known = ids.known_ids(study, plan, "interim")
    made = {row.analysis_id for row in results}
    assert made - set(known.exact) == set()
    assert {name for name in known.exact if not name.startswith(("quality.", "audit."))} - made == set()
    material = Material(look=Lookup(results), data=data, study=study, plan=plan)
    for display in INTERIM_DISPLAYS.values():
        assert lay_out(display, material).key == display.key
    audit = audit_publication(load_ledger(), results, study, plan)
    assert len(audit.rows) == len(load_ledger())
    assert all(name in results for row in audit.rows for name in row.result_ids)
