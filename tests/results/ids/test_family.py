import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.results import ids
from duonen_stats.results.ids.family import family, words


def test_a_block_names_its_statistics_and_refuses_others():
    block = ids.lab_change("HGB", "V1", "A")
    assert block == "labs.HGB.V1.A.change"
    assert block.stat("median") == "labs.HGB.V1.A.change.median"
    with pytest.raises(ValueError, match="no statistic 'p'; it has n, n_missing, mean"):
        block.stat("p")


def test_blocks_build_on_blocks_with_statistics_of_their_own():
    visit = ids.lab_visit("HGB", "V1")
    assert ids.between(visit, "kruskal_wallis").stats == ("p", "statistic")
    assert ids.between(visit, "routed").stats == ("p",)
    assert ids.pair(visit, "dunn", "B", "A").stat("holm") == "labs.HGB.V1.between.dunn.B_vs_A.holm"
    assert ids.modification("B", "partition", "decreased").stat("mean_pct").endswith("decreased.mean_pct")
    assert "mean_pct" not in ids.modification("B", "partition", "unchanged").stats


@pytest.mark.law
@given(st.text(), st.text())
def test_codes_of_the_data_stay_apart_and_hold_no_dot(one: str, other: str):
    try:
        parts = ids.part(one), ids.part(other)
    except UnicodeEncodeError:  # half a surrogate pair is no text that a file can hold
        return
    assert (parts[0] == parts[1]) == (one == other)
    assert all(set(part) <= set("%-_") or part.isascii() for part in parts)
    assert "." not in "".join(parts)


def test_a_centre_of_any_name_is_one_part_of_its_id():
    assert ids.site_findings("03") == "quality.site.03"
    assert ids.site_findings("Łódź 1.2") == "quality.site.%C5%81%C3%B3d%C5%BA%201%2E2"


@pytest.mark.law
@given(st.floats(min_value=0, allow_infinity=False), st.floats(min_value=0, allow_infinity=False))
def test_numbers_of_the_plan_stay_apart(one: float, other: float):
    assert (ids.number(one) == ids.number(other)) == (one == other)


def test_a_family_declares_a_level_for_each_part():
    with pytest.raises(TypeError, match=r"levels of .'arm'. are not declared"):

        @family("n", group=words("x"))
        def wrong(group: str, arm: str) -> str:
            return f"{group}.{arm}"


def test_blocks_of_a_list_have_the_statistics_of_their_family():
    curve = ids.km("pfs", "A")
    table = {"pfs.km.A.step": ("pfs.km.A.step.0", "pfs.km.A.step.31_2")}
    first, second = ids.listed(lambda text: table.get(text, ()), ids.km_step, curve)
    assert (first, second.stat("survival")) == ("pfs.km.A.step.0", "pfs.km.A.step.31_2.survival")
    with pytest.raises(ValueError, match="no statistic 'value'"):
        first.stat("value")
    assert ids.listed(lambda text: table.get(text, ()), ids.km_mark, curve) == ()
