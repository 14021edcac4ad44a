from duonen_stats.plan import FINAL, INTERIM
from duonen_stats.results import ids


def test_they_are_of_the_final_report_only(study):
    for block in (ids.interval_model("weibull"), ids.adjusted(), ids.on_schedule()):
        assert block.stat("hr") in ids.known_ids(study, FINAL, "final")
        assert block.stat("hr") not in ids.known_ids(study, INTERIM, "interim")


def test_a_term_may_have_any_name(study):
    assert ids.adjusted_term("liver metastases Y").stat("hr") in ids.known_ids(study, FINAL, "final")
