from dataclasses import replace

from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.display import lay_out
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.displays.safety.repeated_values import REPEATED_VALUES
from duonen_stats.results import Results
from duonen_stats.results.analyses.safety.repeated_values import analyse_repeated_values


def test_each_analyte_has_a_row_a_visit(shown, study):
    rows = shown["table_s16"].content.rows
    assert len(rows) == len(study.analytes) * 5
    assert plain(rows[0].cells[0]).startswith("Hemoglobin, g/dL: 56 patients, 210 values")
    assert [plain(row.cells[0]) for row in rows[1:5]] == ["V1", "V2", "V3", "V4"]


def test_what_stood_in_for_the_planned_matrix_is_said(material):
    few = material.data.adsl.groupby("TRT01P", observed=True)["USUBJID"].head(2)
    data = replace(material.data, adlb=material.data.adlb[material.data.adlb["USUBJID"].isin(few)])
    look = Lookup.of_plan(
        Results(analyse_repeated_values(data, material.study, material.plan)), material.plan
    )
    found = lay_out(REPEATED_VALUES, replace(material, look=look, data=data))
    assert "covariance matrix: compound symmetry" in plain(found.content.rows[0].cells[0])


def test_the_columns_follow_the_control_arm(material):
    plan = replace(material.plan, control_arm="D")
    rows = analyse_repeated_values(material.data, material.study, plan)
    found = lay_out(REPEATED_VALUES, replace(material, look=Lookup.of_plan(Results(rows), plan), plan=plan))
    assert [column.header for column in found.content.columns[1:]] == [
        "Arm D", "Arm A − D", "Arm B − D", "Arm C − D",
    ]  # fmt: skip


def test_without_a_model_the_reason_stands_in_place_of_a_number_of_patients(material):
    without = material.data.adlb["PARAMCD"].ne("HGB")
    data = replace(material.data, adlb=material.data.adlb[without])
    rows = Results(analyse_repeated_values(data, material.study, material.plan))
    found = lay_out(
        REPEATED_VALUES, replace(material, look=Lookup.of_plan(rows, material.plan), data=data)
    ).content.rows
    assert plain(found[0].cells[0]) == "Hemoglobin, g/dL: no model could be fitted: There is no value."
    assert plain(found[1].cells[0]).startswith("Platelets")
    assert rows.row("labs.HGB.model.n").note == "There is no value."
