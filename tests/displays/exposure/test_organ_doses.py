from dataclasses import replace

import pytest

from duonen_stats.displays.exposure.organ_doses import comparison_note
from duonen_stats.displays.model.content import Number, plain
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.plan import INTERIM


def test_arms_without_yttrium_say_so(cells):
    rows = cells("table_3")
    assert rows["A"][4] == rows["D"][7] == "not given"
    assert rows["B"][4] != "not given"


def test_patients_above_a_limit_are_shown_beside_the_medians(cells):
    rows = cells("table_3")
    assert rows["A"][2] == "15.6 (11.1–20.4)"
    assert rows["A"][8] == "0 (0%)"  # none of arm A above 23 Gy, section 4.1
    assert all(row[10] == "0 (0%)" for row in rows.values())


def test_the_footnotes_name_test_route_and_pairs(shown):
    notes = " ".join(plain(note) for note in shown["table_3"].footnotes).replace("\u00a0", " ")
    assert "Kruskal" in notes
    assert "routing" in notes
    assert "C against A p = 0.028" in notes
    assert "C against A p = 0.033" in notes


@pytest.mark.parametrize(
    ("test", "name", "pair"),
    [
        ("kruskal_wallis", "Dunn, unadjusted", "dunn"),
        ("anova", "Tukey", "tukey_hsd"),
        ("welch_anova", "Games–Howell", "games_howell"),
        ("routed", "Tukey", "tukey_hsd"),  # the routing leads to ANOVA here
    ],
)
def test_pairs_are_compared_by_the_test_that_follows(material, results, test, name, pair):
    """``posthoc_after_rank`` is of rank tests alone: §2.6 has Tukey after ANOVA and Games–Howell after Welch."""
    plan = replace(INTERIM, between_arm_test=test, posthoc_after_rank="dunn", alpha=0.5)
    note = comparison_note(replace(material, look=Lookup.of_plan(results, plan), plan=plan), "kidney")
    assert f"Pairs, by {name}: " in plain(note)
    ids = [part.id for part in note if isinstance(part, Number)]
    assert [one for one in ids if "_vs_" in one] == [
        f"dose.kidney.between.{pair}.{arm}_vs_A.p" for arm in "BCD"
    ]


def test_every_comparison_of_arms_is_listed_with_its_path(shown):
    rows = shown["table_s12"].content.rows
    assert len(rows) == 2 + 10 * 5
    assert all("→" in plain(row.cells[7]) for row in rows)


def test_only_signals_have_pairs_six_each(shown):
    rows = shown["table_s13"].content.rows
    signals = [plain(row.cells[0]) for row in rows if row.kind == "group"]
    assert {"Kidney dose", "Marrow dose", "Hemoglobin, V1", "eGFR, V4"} <= set(signals)
    assert len(rows) == 7 * len(signals)
