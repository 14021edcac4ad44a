from dataclasses import replace

from duonen_stats.datasets.patients.profiles import ProfileDecision, build_profile
from duonen_stats.displays.model.content import plain
from duonen_stats.displays.patients.profile import lay_out_profile


def test_a_page_says_who_and_what(material):
    data, study = material.data, material.study
    patient = data.adae.loc[data.adae["AETOXGR"].ge(3), "USUBJID"].iloc[0]
    shown = lay_out_profile(build_profile(data, study, patient), data, study)
    assert (patient in shown.label, patient in shown.title) == (True, False)
    assert "Arm: " in plain(shown.population)
    assert "grade 3, from day" in shown.content.alt
    drawing = shown.content.draw()
    texts = [text.get_text() for axes in drawing.axes for text in axes.texts]
    assert any("grade 3" in text for text in texts)
    assert any("SIMULATED" in text.get_text() for text in drawing.texts)


def test_a_patient_without_anything_is_drawn_and_said(material):

    data, study = material.data, material.study
    profile = build_profile(data, study, data.adsl["USUBJID"].iloc[0])
    bare = replace(
        profile, cycles=(), doses=(), events=(), values=tuple((code, ()) for code, _ in profile.values)
    )
    shown = lay_out_profile(bare, data, study)
    assert "Cycles: none. 0 laboratory values" in shown.content.alt
    shown.content.draw()


def test_undated_events_are_counted(material):

    data, study = material.data, material.study
    patient = data.adae["USUBJID"].iloc[0]
    profile = build_profile(data, study, patient)
    undated = replace(profile, events=tuple(replace(event, start=None) for event in profile.events))
    notes = " ".join(plain(note) for note in lay_out_profile(undated, data, study).footnotes)
    assert "without a date of onset" in notes


def test_decisions_after_the_axis_are_said_below(material):
    data, study = material.data, material.study
    profile = build_profile(data, study, data.adsl["USUBJID"].iloc[0])
    decisions = (
        ProfileDecision(words="Growth factor", days=((5, 9),)),
        ProfileDecision(words="Death", days=((9000, 9000),)),
    )
    shown = lay_out_profile(replace(profile, decisions=decisions), data, study)
    assert "Growth factor on day 5; Death on day 9000" in shown.content.alt
    assert "After the end of the axis: death, day 9000." in [plain(note) for note in shown.footnotes]
    texts = [text.get_text() for axes in shown.content.draw().axes for text in axes.texts]
    assert "Growth factor" in texts
    assert "Death" not in texts


def test_what_began_before_the_axis_and_goes_on_is_drawn_on_it_and_said_below(material):
    data, study = material.data, material.study
    profile = build_profile(data, study, data.adsl["USUBJID"].iloc[0])
    decisions = (
        ProfileDecision(words="Transfusion", days=((-400, -390),)),
        ProfileDecision(words="Growth factor", days=((-300, None),)),
    )
    shown = lay_out_profile(replace(profile, decisions=decisions), data, study)
    notes = [plain(note) for note in shown.footnotes]
    assert "Began before the axis: growth factor, day −300." in notes
    assert "Began before the axis: transfusion, day −400." in notes
    axes = shown.content.draw().axes[-2]
    assert [text.get_text() for text in axes.texts] == ["Growth factor"]
    low, high = axes.get_xlim()
    (box,) = axes.patches
    assert low <= box.get_x() < low + 1
    assert box.get_x() + box.get_width() == high
