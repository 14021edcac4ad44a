import re
import shutil
import subprocess
from dataclasses import replace

import pytest
from degenerate_cuts import CUTS, arms_of, cut_from, patient
from patients import lab
from verification.recomputed_folders import folder_of, needs_r

from duonen_stats.commands.make_report import analyse_cut
from duonen_stats.datasets import build_datasets
from duonen_stats.errors import DataError, OptionError
from duonen_stats.plan import FINAL, INTERIM
from duonen_stats.raw.blinded_view import blinded_view, check_blinded_cut
from duonen_stats.report.data_files import record_files
from duonen_stats.report.verification_files import verification_files
from duonen_stats.results import FINAL_ANALYSES, run_analysis
from duonen_stats.simulated.cut.simulation import simulate_cut
from duonen_stats.verification.r_engine import R_COLUMNS, R_ROWS, r_program, run_r

pytestmark = pytest.mark.whole_report

WITHOUT_R = re.compile(
    r"exposure\.delay_reason\.|pfs\.(interval\.(curve|piecewise\.(hr|ci_low|ci_high|p)$)|per_protocol)"
)
"""Analyses that the program in R does not have."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory, cut, datasets, results, study):
    return folder_of(tmp_path_factory.mktemp("report"), cut, datasets, results, study, INTERIM)


def test_the_program_needs_nothing_but_r_and_its_recommended_packages():
    lines = r_program().decode().splitlines()
    program = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    asked = set(re.findall(r"(?:library|require|requireNamespace)\(\"?(\w+)", program)) - {"package"}
    named = set(re.findall(r"\b(\w+)::", program))
    assert asked | named <= {"survival", "splines", "stats", "utils"}
    assert not re.search(r"https?://|download\.file|install\.packages\((?!\\)", program)


@needs_r
def test_the_program_is_r(tmp_path):
    (tmp_path / "recompute.R").write_bytes(r_program())
    parsed = subprocess.run(
        ["Rscript", "--vanilla", "-e", 'invisible(parse("recompute.R"))'],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert parsed.returncode == 0, parsed.stderr.decode()


@needs_r
def test_of_a_cut_of_one_patient_nothing_differs(tmp_path, study):
    cut = CUTS["one patient"]()
    data = build_datasets(cut, study, FINAL)
    found = run_r(folder_of(tmp_path, cut, data, run_analysis(data, study, FINAL), study, FINAL))
    assert tuple(found.rows[0]) == R_COLUMNS
    assert [row for row in found.rows if row["verdict"] == "differs"] == []


@needs_r
def test_where_arms_are_followed_without_an_event_to_the_end_of_the_window_nothing_differs(tmp_path, study):
    seen = (84, 700, 1400, 1900)
    cut = cut_from(
        [
            *arms_of(3, "BCD", seen=seen, last=1990),
            *arms_of(3, "A", event_on=500, seen=seen),
            patient(4, "A", seen=seen, last=1990),
        ],
        cut_day=2000,
    )
    data = build_datasets(cut, study, FINAL)
    results = run_analysis(data, study, FINAL, analyses=FINAL_ANALYSES)
    assert results.row("pfs.B_vs_A.rmst.experimental").stat == 48
    assert results.row("os.B_vs_A.rmst.experimental").stat is None
    found = run_r(folder_of(tmp_path, cut, data, results, study, FINAL))
    assert [row for row in found.rows if row["verdict"] == "differs"] == []


@needs_r
def test_of_a_final_report_a_changed_number_alone_differs(
    tmp_path, final_cut, final_datasets, final_results, study
):
    spoilt = folder_of(tmp_path / "final", final_cut, final_datasets, final_results, study, FINAL)
    lines = (spoilt / "results.csv").read_text(encoding="utf-8").splitlines()
    place = next(i for i, line in enumerate(lines) if line.startswith("pfs.primary.cox.hr,"))
    number = re.search(r",hr,[^,]*,([\d.]+),", lines[place])[1]
    lines[place] = lines[place].replace(f",{number},", f",{float(number) + 1e-6},")
    (spoilt / "results.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = run_r(spoilt, tmp_path / "out")
    assert found.differs
    assert (tmp_path / "out" / R_ROWS).is_file()
    assert tuple(found.rows[0]) == R_COLUMNS
    within = [row for row in found.rows if not WITHOUT_R.match(row["analysis_id"])]
    agreed = [row for row in within if row["verdict"] in {"agrees", "explained"}]
    assert len(agreed) >= 0.997 * len(within) > 49000
    assert [row["analysis_id"] for row in found.rows if row["verdict"] == "differs"] == ["pfs.primary.cox.hr"]
    assert "pfs.primary.cox.hr" in found.text
    assert not (spoilt / "verification" / R_ROWS).exists()


@needs_r
def test_of_a_dry_run_nothing_differs_and_treatment_is_said_to_be_withheld(tmp_path, study):
    plan = replace(FINAL, permutations=99, imputations=2)
    cut = simulate_cut(5, patients=16, stage="FINAL", study=study)
    seen = check_blinded_cut(blinded_view(cut, study), study, plan)
    made = analyse_cut(cut, seen, study, plan, blinded=3)
    files = {**record_files(made), **verification_files(made), "manifest.json": b"{}"}
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    found = run_r(tmp_path)
    assert [row["analysis_id"] for row in found.rows if row["verdict"] == "differs"] == []
    assert sum(row["verdict"] == "agrees" for row in found.rows) > 0.5 * len(found.rows)
    withheld = {row["analysis_id"] for row in found.rows if "withheld in a dry run" in row["reason"]}
    assert "exposure.interval.T2.all.n_missing" in withheld


@needs_r
def test_where_the_control_arm_is_another_and_groups_are_small_nothing_differs(tmp_path, study):
    """Arm A has too few for a comparison, arm C has two isotopes, and at V2 no arm has two baselines."""
    members = [
        patient(number, arm, event_on=None if number else 100 + ord(arm))
        for arm in "ABCD"
        for number in range(2 if arm == "A" else 3)
    ]
    for place, one in enumerate(members):
        subjid = one["subjects"][0]["SUBJID"]
        seen = {"T1": -1, "V1": 20} | ({"V2": 80} if subjid[1] == "0" else {})
        one["labs"] = [
            lab(subjid, visit, on, 12 + place**2 % 7 / 2 - abs(on) * place % 5 / 10)
            for visit, on in seen.items()
        ]
    cut = cut_from(members)
    plan = replace(FINAL, control_arm="C", repeated_baseline="by_visit")
    data = build_datasets(cut, study, plan)
    results = run_analysis(data, study, plan, analyses=FINAL_ANALYSES)
    assert results.row("os.A_vs_C.rmst.tau").note == "a compared group has fewer than 3 patients"
    assert results.row("pfs.factor.y90.hr").note.endswith("with or without dosimetry guidance")
    assert results.row("labs.HGB.model.V1.D.mean").stat is not None
    assert results.row("labs.HGB.model.V2.D.mean").note.startswith("no slope at V2")
    assert results.row("activity.fixed_course.total").stat is not None
    found = run_r(folder_of(tmp_path, cut, data, results, study, plan))
    assert [row for row in found.rows if row["verdict"] == "differs"] == []


def _of_the_program(names: tuple[str, ...], asked: str, before: str = "") -> list[str]:
    """Run parts of the program by the names they assign, then ``asked``; what it prints."""
    wanted = ", ".join(f'"{name}"' for name in names)
    picked = (
        f"for (e in parse('recompute.R')) if (is.call(e) && identical(e[[1]], as.name('<-')) && "
        f"is.name(e[[2]]) && as.character(e[[2]]) %in% c({wanted})) eval(e)"
    )
    return [before, picked, asked]


@needs_r
def test_edges_of_correlations_ranks_and_zero_agree_with_the_report(tmp_path):
    (tmp_path / "recompute.R").write_bytes(r_program())
    names = (
        "signed_rank",
        "ranked",
        "perfect_p",
        "limits_of_correlation",
        "correlated",
        "judge",
        "AGREES",
        "NOISE",
        "FIRTH_UNIT",
        "OF_DIFFERENCES",
        "cox_fit",
        "block_of",
        "is",
        "median_of",
        "firth_logistic",
    )
    before = (
        "at_precision <- identity; constant <- function(x) length(unique(x)) < 2; MIN_GROUP <- 2; CONFIDENCE <- 0.95;"
        "CONVENTION <- 'r'; library(survival); conventions <- new.env(); MONTE_CARLO <- list(); accuracy <- list();"
        "keep_all <- function(block, values) for (n in names(values)) cat(block, n, values[[n]], '\\n')"
    )
    asked = (
        "correlated('four', c(1, 2, 3, 4), c(9, 7, 5, 1)); correlated('three', c(1, 2, 3), c(1, 3, 9));"
        "correlated('tied', c(1, 1, 2, 2), c(3, 3, 5, 5));"
        "cat('z', signed_rank(c(1, 2, 3, 4, 5, -6))[['z']], '\\n');"
        "cat('zeros', signed_rank(c(0, 1, 2, 3, 4, 5, -6))[['z']], '\\n');"
        "cat('coef', judge('os.primary.firth.coef', 3.8e-13, 2.2e-12)$verdict, '\\n');"
        "cat('far', judge('os.primary.firth.coef', 1e-5, 2e-5)$verdict, '\\n');"
        "ids <- paste0('kidney.slope.total.B.ci_', c('low', 'high'));"
        "results <- data.frame(analysis_id = ids, number = c(-4, -0.03));"
        "cat('limit', judge(results$analysis_id[2], -0.03, -0.03 - 6e-10)$verdict, '\\n');"
        "results$analysis_id <- paste0('labs.NEUT.V3.between.games_howell.D_vs_A.ci_', c('low', 'high'));"
        "cat('pair', judge(results$analysis_id[2], -0.03, -0.03 - 6e-10)$verdict, '\\n');"
        "cat('other', judge('os.primary.cox.ci_high', -0.03, -0.03 - 6e-10)$verdict, '\\n');"
        "time <- c(8.18, 11, 15.67, 16.46, 19.25, 20.76, 21.85, 44.1, 60, 71.6, 102, 103, 104);"
        "fit <- survfit(Surv(time, c(1,1,1,1,1,1,1,1,0,1,0,0,0)) ~ 1, conf.int = 0.99, conf.type = 'log-log');"
        "cat('rises', median_of(fit)$lower, '\\n'); cat('reached', median_of(fit)$quantile, '\\n');"
        "CONFIDENCE <- 0.99; dose <- c(-1.023103, 0.6897619, -0.345578, 1.6832793, -1.216416, 0.2120557);"
        "turning <- firth_logistic(c(0, 0, 0, 1, 0, 1), cbind(dose, c(1, 1, 1, 2, 1, 2)));"
        "cat('turning', turning[['ci_low']] < 1e-3, '\\n');"
        "fails <- data.frame(from = 0, to = c(5, 6, 7, 8), event = c(1, 0, 1, 0), dose = c(0.3, 0.1 + 0.2, 3, 3),"
        "arm = c('A', 'A', 'D', 'D'));"
        "cat('rounding', is.null(cox_fit(Surv(from, to, event) ~ dose + strata(arm), fails)), '\\n');"
        "fails$dose <- c(0.3, 0.4, 3, 1); cat('apart', is.null(cox_fit(Surv(from, to, event) ~ dose, fails)), '\\n')"
    )
    lines = "\n".join(_of_the_program(names, asked, before))
    (tmp_path / "edges.R").write_text(lines, encoding="utf-8")
    ran = subprocess.run(
        ["Rscript", "--vanilla", "edges.R"], cwd=tmp_path, capture_output=True, check=False, text=True
    )
    assert ran.returncode == 0, ran.stderr
    said = dict(line.strip().rsplit(" ", 1) for line in ran.stdout.splitlines())
    assert (said["four.spearman p"], said["three.spearman p"]) == ("0.08333333", "0.3333333")
    assert (said["tied.spearman p"], said["four.spearman ci_low"]) == ("0.3333333", "NA")
    assert float(said["z"]) == pytest.approx(4.5 / 22.75**0.5, abs=1e-6)
    assert float(said["zeros"]) == pytest.approx(4 / 22.75**0.5, abs=1e-6)
    assert (said["coef"], said["far"]) == ("agrees", "differs")
    # Half the width of the interval is the unit of a limit near 0 of a difference, and of no ratio.
    assert (said["limit"], said["pair"], said["other"]) == ("agrees", "agrees", "differs")
    assert (said["rises"], said["reached"]) == ("8.18", "21.85")
    assert (said["rounding"], said["apart"]) == (
        "TRUE",
        "FALSE",
    )  # doses at risk that differ by rounding alone
    assert said["turning"] == "TRUE"  # far out the steps of the profile go to and fro over its maximum


@needs_r
def test_the_maximum_of_few_values_is_found_where_the_first_way_leads_to_the_edge(tmp_path):
    """SIMULATED changes of 17 patients at three visits; R 4.2.2, nlme 3.1.162: gls has sigma 0.418332 (first visit)."""
    (tmp_path / "recompute.R").write_bytes(r_program())
    asked = (
        "p <- c(1,1,1,2,2,2,3,3,3,4,5,6,7,7,8,8,9,9,10,11,12,13,13,13,14,15,16,16,17);"
        "v <- c(1,2,3,1,2,3,1,2,3,1,1,1,1,3,1,3,1,2,1,1,1,1,2,3,2,1,1,2,2);"
        "a <- c(1,1,1,2,2,2,3,3,3,3,2,3,3,3,3,3,2,2,2,1,3,2,2,2,2,3,2,2,3);"
        "y <- -c(53,43,14,98,38,10,55,8,40,6,78,111,135,76,69,31,132,106,138,184,80,177,56,91,25,49,116,89,73) / 100;"
        "b <- c(157,157,157,157,157,157,177,177,177,192,161,200,175,175,122,122,270,270,215,246,169,261,261,261,158,"
        "191,326,326,390) / 100; cell <- paste(a, v); X <- outer(cell, unique(cell), `==`) * 1;"
        "fit <- reml(y, cbind(X, b - mean(b)), p, v, 3, FALSE);"
        "cat('sd', sqrt(fit$theta[1]), '\\n'); cat('mean', fit$beta[which(unique(cell) == '1 1')], '\\n')"
    )
    (tmp_path / "maximum.R").write_text("\n".join(_of_the_program(("reml",), asked, "")), encoding="utf-8")
    ran = subprocess.run(
        ["Rscript", "--vanilla", "maximum.R"], cwd=tmp_path, capture_output=True, check=False, text=True
    )
    assert ran.returncode == 0, ran.stderr
    said = dict(line.split() for line in ran.stdout.splitlines())
    assert float(said["sd"]) == pytest.approx(0.418332, abs=2e-6)
    assert float(said["mean"]) == pytest.approx(-1.2015619, abs=2e-6)


@needs_r
def test_an_error_of_r_is_said_although_an_earlier_run_left_its_file(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "copy")
    (tmp_path / "copy" / "datasets" / "adlb.csv").write_text("USUBJID\n", encoding="utf-8")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / R_ROWS).write_text("analysis_id\n", encoding="utf-8")
    with pytest.raises(DataError, match="R could not recompute"):
        run_r(tmp_path / "copy", tmp_path / "out")


def test_what_is_no_report_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"not the folder of a report"):
        run_r(tmp_path)


def test_a_report_of_aggregates_is_refused(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "copy")
    shutil.rmtree(tmp_path / "copy" / "datasets")
    with pytest.raises(DataError, match=r"aggregates only"):
        run_r(tmp_path / "copy")


def test_a_report_without_settings_is_refused(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "copy")
    (tmp_path / "copy" / "verification" / "settings.csv").unlink()
    with pytest.raises(DataError, match=r"earlier version"):
        run_r(tmp_path / "copy")


def test_without_r_a_sentence_says_how_to_install_it(folder, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(OptionError, match=r"Rscript was not found.*r-base-core"):
        run_r(folder)


@needs_r
def test_a_folder_that_r_cannot_read_is_said_in_r_s_words(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "copy")
    (tmp_path / "copy" / "datasets" / "adlb.csv").unlink()
    with pytest.raises(DataError, match=r"There is no datasets/adlb\.csv"):
        run_r(tmp_path / "copy")
