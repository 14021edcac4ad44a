from displays.legibility import assert_legible, assert_traceable


def test_liver_values_are_a_point_a_patient_between_guides(shown):
    content = shown["figure_s15"].content
    figure = content.draw()
    assert_traceable(content)
    assert_legible(figure)
    points = sum(len(one.get_offsets()) for one in figure.axes[0].collections)
    assert points == 56


def test_grades_are_a_row_a_patient_and_a_column_a_visit(shown):
    content = shown["figure_s16"].content
    figure = content.draw()
    assert len(figure.axes) == 7
    assert figure.axes[0].collections[0].get_array().size % 56 == 0
    assert "56 patients in 4 arms" in content.alt
