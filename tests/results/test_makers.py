from duonen_stats.datasets.build import SURVIVAL_TABLES, build_survival
from duonen_stats.plan import FINAL
from duonen_stats.results.ids import known_ids
from duonen_stats.results.makers import FROM_SURVIVAL, analyses_of
from duonen_stats.results.run import FINAL_ANALYSES, analyse_primary, analyse_survival, run_analysis
from duonen_stats.simulated.cut.simulation import simulate_cut


def test_every_result_is_traced_to_the_analysis_that_makes_it(final_rows, study):
    known = known_ids(study, FINAL, "final")
    assert [*final_rows] == [*FINAL_ANALYSES]
    for analysis, rows in final_rows.items():
        blocks = {block.families[0]: block for row in rows if (block := known.block(row.analysis_id))}
        for block in blocks.values():
            assert analysis in analyses_of([block]), (analysis, block)
    pfs, other = (known.exact[f"{endpoint}.primary.hr.hr"] for endpoint in ("pfs", "os"))
    assert (analyses_of([pfs]), analyses_of([other])) == ((analyse_primary,), (analyse_survival,))


def test_survival_alone_gives_the_same_results(final_rows, study):
    cut = simulate_cut(2032, stage="FINAL", study=study, only=SURVIVAL_TABLES)
    data = build_survival(cut, study, FINAL)
    for analysis in FROM_SURVIVAL:
        alone = run_analysis(data, study, FINAL, analyses=(analysis,))
        wanted = [row for row in final_rows[analysis] if not row.analysis_id.startswith("dor.")]
        assert [row for row in alone if not row.analysis_id.startswith("dor.")] == wanted
