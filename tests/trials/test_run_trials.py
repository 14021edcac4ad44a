import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pandas as pd
import pytest

from duonen_stats.errors import MissingLibraryError, OptionError, PlanError
from duonen_stats.folder.write import held
from duonen_stats.plan import FINAL
from duonen_stats.simulated.model.assume import assume
from duonen_stats.trials import run_trials
from duonen_stats.trials.one_trial import ABSENT
from duonen_stats.trials.run_trials import simulate_trials

WANTED = ("pfs.primary.log_rank", "pfs.primary.hr")
FEW = {"analyse": WANTED, "patients": 24, "seed": 3}


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Two trials a part, so that a few trials make several."""
    monkeypatch.setattr(run_trials, "PART_TRIALS", 2)


def content(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def rows(folder):
    return pd.concat([pd.read_parquet(path) for path in sorted((folder / "parts").iterdir())])


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A folder with five trials, for reading only."""
    out = tmp_path_factory.mktemp("trials") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_trials, "PART_TRIALS", 2)
        found = simulate_trials(out, trials=5, **FEW)
    return out, found


def test_a_trial_is_the_same_whatever_their_number_and_who_computes_it(whole, tmp_path):
    with ThreadPoolExecutor(2) as executor:
        simulate_trials(tmp_path / "out", trials=5, executor=executor, **FEW)
    assert content(tmp_path / "out") == content(whole[0])
    simulate_trials(tmp_path / "less", trials=3, **FEW)
    less, more = rows(tmp_path / "less"), rows(whole[0])
    pd.testing.assert_frame_equal(less, more[more["trial"] < 3])


def test_an_interrupted_run_goes_on_and_ends_the_same(whole, tmp_path, monkeypatch):
    made = []
    once = run_trials.run_part

    def stopping(*arguments):
        if len(made) == 2:
            raise KeyboardInterrupt
        made.append(arguments[2])
        return once(*arguments)

    monkeypatch.setattr(run_trials, "run_part", stopping)
    with pytest.raises(KeyboardInterrupt):
        simulate_trials(tmp_path / "out", trials=5, **FEW)
    left = content(tmp_path / "out")
    assert made == [0, 2]
    assert set(left) == {"run.json", "parts/trials_0000000.parquet", "parts/trials_0000002.parquet"}
    # Killed while it wrote: half a part under another name, and a part that the disk has damaged.
    (tmp_path / "out/parts/.trials_0000004.parquet.0123456789ab.new").write_bytes(b"half")
    damaged = bytearray(left["parts/trials_0000002.parquet"])
    damaged[40] ^= 255
    (tmp_path / "out/parts/trials_0000002.parquet").write_bytes(damaged)
    again = []
    monkeypatch.setattr(run_trials, "run_part", lambda *given: again.append(given[2]) or once(*given))
    told = []
    simulate_trials(tmp_path / "out", trials=5, progress=lambda done, of: told.append((done, of)), **FEW)
    assert again == [2, 4]
    assert told[-1] == (5, 5)
    assert content(tmp_path / "out") == content(whole[0])


def test_more_trials_are_added_to_a_finished_run(whole, tmp_path, monkeypatch):
    simulate_trials(tmp_path / "out", trials=4, **FEW)
    once, made = run_trials.run_part, []
    monkeypatch.setattr(run_trials, "run_part", lambda *given: made.append(given[2]) or once(*given))
    simulate_trials(tmp_path / "out", trials=5, **FEW)
    assert made == [4]
    assert content(tmp_path / "out") == content(whole[0])
    with pytest.raises(OptionError, match="more than 4 trials"):
        simulate_trials(tmp_path / "out", trials=4, **FEW)


@pytest.mark.parametrize(
    ("other", "named"),
    [
        ({"seed": 4}, "seeds is"),
        ({"patients": 25}, "patients is"),
        ({"analyse": ["pfs.primary.log_rank"]}, "analyse, ids are"),
        ({"plan": replace(FINAL, alpha=0.01)}, "plan is"),
        ({"assumptions": assume(hazard_ratios=["0.7"])}, "assumptions is"),
    ],
)
def test_a_folder_of_another_run_is_refused(whole, other, named):
    before = content(whole[0])
    with pytest.raises(OptionError, match=named):
        simulate_trials(whole[0], trials=5, **(FEW | other))
    assert content(whole[0]) == before


def test_a_folder_that_holds_something_else_or_is_in_use_is_refused(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/notes.txt").write_text("mine")
    with pytest.raises(OptionError, match=r"notes\.txt"):
        simulate_trials(tmp_path / "out", trials=2, **FEW)
    (tmp_path / "busy").mkdir()
    with held(tmp_path / "busy"), pytest.raises(OptionError, match="another run is writing"):
        simulate_trials(tmp_path / "busy", trials=2, **FEW)
    simulate_trials(tmp_path / "new", trials=2, **FEW)
    (tmp_path / "new/notes.txt").write_text("mine")
    with pytest.raises(OptionError, match=r"notes\.txt"):
        simulate_trials(tmp_path / "new", trials=3, **FEW)


def test_what_makes_no_sense_is_refused_before_anything_is_written(tmp_path, monkeypatch):
    for given, error, words in (
        ({"trials": 0}, OptionError, "0 makes no sense; it is a whole number from 1 on"),
        ({"trials": 2, "seed": -1}, OptionError, "-1 makes no sense; it is a whole number from 0 on"),
        ({"trials": 2, "stage": "final"}, OptionError, "'final' is no stage; there are INTERIM and FINAL"),
        ({"trials": 2, "analyse": "pfs.primary.log_rank"}, OptionError, "is no list of results"),
        ({"trials": 2, "analyse": ()}, OptionError, "is no list of results"),
        ({"trials": 2, "analyse": ["pfs.nothing"]}, OptionError, "no result 'pfs.nothing'"),
        ({"trials": 2, "patients": 0}, PlanError, "patients is 0"),
        ({"trials": 2, "plan": replace(FINAL, control_arm="Z")}, PlanError, "control_arm"),
    ):
        with pytest.raises(error, match=words):
            simulate_trials(tmp_path / "out", **({"seed": 1} | given))
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(MissingLibraryError, match="pip install"):
        simulate_trials(tmp_path / "out", trials=2)
    assert not (tmp_path / "out").exists()


def test_a_result_that_a_trial_has_not_has_the_reason(tmp_path):
    wanted = ["pfs.primary.hr.hr", "pfs.km.A.step.123456.time"]
    found = simulate_trials(tmp_path / "out", trials=1, patients=2, analyse=wanted)
    kept = rows(tmp_path / "out").set_index("analysis_id")
    assert kept["value"].isna().all()
    assert kept.loc[wanted[1], "reason"] == ABSENT
    assert "patient" in kept.loc[wanted[0], "reason"]
    one = found.of(wanted[0])
    assert (one.trials, one.estimable, one.mean) == (1, 0, None)


def test_any_result_of_the_report_can_be_wanted(tmp_path):
    """The baseline is not only of survival: all datasets are built."""
    found = simulate_trials(
        tmp_path / "out", trials=1, patients=6, stage="INTERIM", analyse=["table1.age.all.median"]
    )
    assert found.characteristics[0].trials == 1


def test_the_manifest_accounts_for_every_file(whole):
    out, found = whole
    manifest = json.loads((out / "manifest.json").read_text())
    assert {one["name"] for one in manifest["outputs"]} | {"manifest.json"} == set(content(out))
    assert (manifest["kind"], manifest["trials"], manifest["simulated"]) == ("simulated trials", 5, True)
    table = pd.read_csv(out / "characteristics.csv")
    assert table["analysis_id"].tolist() == [*found.ids]
    p = table.set_index("analysis_id").loc["pfs.primary.log_rank.p"]
    values = rows(out).query("analysis_id == 'pfs.primary.log_rank.p'")["value"]
    assert p["mean"] == pytest.approx(values.mean(), rel=1e-12)
    assert p["rejected"] == (values < 0.05).sum()
