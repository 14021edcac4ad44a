def test_every_randomised_patient_has_a_lane(final_shown, final_results):
    axes = final_shown["figure_e2"].content.draw().axes[0]
    lanes = [bars for bars in axes.containers if str(bars.get_label()).startswith("lanes")]
    assert sum(len(bars.patches) for bars in lanes) == final_results.value("disposition.randomised.all.n")


def test_deaths_and_progressions_drawn_are_those_of_the_results(final_shown, final_results, final_datasets):
    axes = final_shown["figure_e2"].content.draw().axes[0]
    drawn = [line.get_label() for line in axes.lines for _ in line.get_xdata()]
    assert drawn.count("death") == final_results.value("os.km.all.events")
    pfs = final_datasets.adtte[final_datasets.adtte["PARAMCD"].eq("PFS") & final_datasets.adtte["CNSR"].eq(0)]
    assert drawn.count("progression") == int(pfs["SRCDOM"].eq("tumour_assessments").sum())


def test_no_patient_is_named(final_shown, final_datasets):
    alt = final_shown["figure_e2"].content.alt
    assert not any(str(patient) in alt for patient in final_datasets.adsl["SUBJID"])
