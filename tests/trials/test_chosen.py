import pytest

from duonen_stats.errors import OptionError
from duonen_stats.plan import FINAL, INTERIM
from duonen_stats.trials.chosen import PRIMARY, choose


def names(found):
    return [one.__name__ for one in found.analyses]


def test_ids_blocks_and_patterns(study):
    one = choose(["pfs.primary.log_rank.p"], study, FINAL, "final")
    assert (one.ids, one.survival) == (("pfs.primary.log_rank.p",), True)
    block = choose(["pfs.primary.log_rank"], study, FINAL, "final")
    assert [name.rpartition(".")[2] for name in block.ids] == ["statistic", "df", "p", "z"]
    usual = choose([PRIMARY], study, FINAL, "final")
    assert set(block.ids) < set(usual.ids)
    assert not [name for name in usual.ids if ".residual." in name]  # which there are, only the data know
    assert names(usual) == ["analyse_primary"]
    both = choose(["os.primary.hr.hr", "*.log_rank.p"], study, FINAL, "final")
    assert names(both) == ["analyse_primary", "analyse_survival", "analyse_arm_factors"]


def test_what_needs_more_than_survival(study):
    assert not choose(["dor.km.all.median"], study, FINAL, "final").survival
    assert not choose(["table1.age.all.median"], study, INTERIM, "interim").survival
    assert choose(["os.km.A.step.12.time"], study, FINAL, "final").survival


@pytest.mark.parametrize(
    ("name", "report", "words"),
    [
        ("pfs.primary.logrank.p", "final", r"Near to it: .*pfs\.primary\.log_rank\.p"),
        ("nothing.*", "final", "Ids begin with"),
        ("pfs.primary.*", "interim", "the interim report has no result"),
        ("quality.findings.error.n", "final", "no result of an analysis"),
    ],
)
def test_a_name_that_names_nothing_is_refused(study, name, report, words):
    with pytest.raises(OptionError, match=words) as caught:
        choose([name], study, FINAL if report == "final" else INTERIM, report)
    assert caught.value.option == "analyse"
