"""The sliders of a design as a reader meets them: numbers are Python's; by keyboard, on a telephone, without script."""

import json
import random
from dataclasses import replace
from math import isfinite

import pytest
from browser_contrast import CONTRAST
from small_design import small_findings

from duonen_stats.design import Accrual, SurvivalAssumptions
from duonen_stats.design_report.answer import share
from duonen_stats.design_report.answer_files import answer_document
from duonen_stats.design_report.fixed_answers import power_answer, sample_size_answer
from duonen_stats.design_report.planning.power_sliders import planned_size
from duonen_stats.design_report.planning_report import design_document
from duonen_stats.design_report.planning_results import design_results
from duonen_stats.design_report.planning_tables import design_displays
from duonen_stats.design_report.question_inputs import assumptions_from
from duonen_stats.displays.model.format import fixed
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.document.html import render_html
from duonen_stats.errors import PlanError
from duonen_stats.study import load_study

pytestmark = pytest.mark.browser

# Type values, choose a formula, and read what the page shows: all settings in one visit.
SET = """(settings) => settings.map(([formula, values]) => {
  const panel = document.querySelector("section.sliders");
  const choice = panel.querySelector("select");
  choice.value = formula;
  choice.dispatchEvent(new Event("change"));
  for (const [name, value] of Object.entries(values)) {
    const typed = panel.querySelector(`[data-slider=${name}] [type=number]`);
    typed.value = value;
    typed.dispatchEvent(new Event("input"));
  }
  const cells = [...panel.querySelectorAll("[data-result]")];
  return {
    found: JSON.parse(panel.dataset.found),
    shown: Object.fromEntries(cells.map((cell) => [cell.dataset.result, cell.textContent])),
    level: panel.querySelector("[data-label=limits]").textContent,
    trouble: panel.querySelector(".trouble").textContent,
  };
})"""


def only_with_sliders(document):
    """Return the document without its other sections: no figure has to be drawn."""
    left = tuple(
        replace(one, blocks=()) if one.key == "result" else one for one in document.sections if one.sliders
    )
    return replace(document, sections=left)


@pytest.fixture(scope="module")
def design_page(tmp_path_factory):
    found = small_findings()
    results = design_results(found)
    document = only_with_sliders(
        design_document(found, results, design_displays(found, Lookup(results)), load_study(), "1.2.3")
    )
    path = tmp_path_factory.mktemp("design") / "report.html"
    path.write_text(render_html(document, {}), encoding="utf-8")
    return path, document


def page_of(answer, folder):
    path = folder / "report.html"
    path.write_text(
        render_html(only_with_sliders(answer_document(answer, load_study(), "1.2.3")), {}), "utf-8"
    )
    return path


@pytest.fixture
def opened(tab):
    page, heard = tab

    def open_page(path, width=1400):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(media="screen", color_scheme="light", reduced_motion="no-preference")
        heard.forget()
        page.goto(path.as_uri())
        return page

    return open_page


def settings_of(sliders, formulas):
    """Each slider at its ends, all at their ends, and settings by chance: every formula at several of each."""
    start = {one.key: one.start for one in sliders}
    ends = [{**start, one.key: one.values[end]} for one in sliders for end in (0, -1)]
    ends += [{one.key: one.values[end] for one in sliders} for end in (0, -1)]
    rng = random.Random(7)  # noqa: S311 - settings, no secrets
    chance = [{one.key: rng.choice(one.values) for one in sliders} for _ in range(25)]
    return [(formula, one) for one in (start, *ends, *chance) for formula in formulas]


def by_python(formula, values, constants, entry=None):
    """Compute the same by the package; None where it has no answer."""
    accrual, followup = values["accrual"], values["followup"]
    shape = accrual if entry is None else Accrual.intensities(*entry(accrual))
    try:
        plan = SurvivalAssumptions(
            control_hazard_per_month=values["control_hazard"], hazard_ratio=values["hazard_ratio"],
            allocation_ratio=values["allocation"], accrual=shape, total_months=accrual + followup,
            max_followup_months=constants["max_followup"], dropout_hazard_per_month=values["dropout"],
        )  # fmt: skip
        return planned_size(
            plan, values["patients"], method=formula, alpha=values["alpha"], sides=constants["sides"],
            target_power=constants["target_power"], null_hazard_ratio=constants["null_hazard_ratio"],
        )  # fmt: skip
    except PlanError:
        return None


def texts(found):
    """Write what Python finds as the page should show it."""
    needed = "–"
    if found.events_needed is not None:
        needed = f"{found.events_needed} events, {found.patients_needed} patients"
    arms = " + ".join(fixed(one, 1) for one in (found.events_experimental, found.events_control))
    return {
        "power": share(found.power),
        "events": f"{fixed(found.n_events, 1)} ({arms})",
        "limits": "–" if found.lower is None else f"{fixed(found.lower, 3)} to {fixed(found.upper, 3)}",
        "needed": needed,
    }


def hold_to_python(page, sliders, formulas, constants, entry=None):
    """Compare page and Python at every setting; return how many had numbers and how many had none."""
    settings = settings_of(sliders, formulas)
    answers = page.evaluate(
        SET, [[formula, {k: repr(v) for k, v in values.items()}] for formula, values in settings]
    )
    counted = [0, 0]
    for (formula, values), answer in zip(settings, answers, strict=True):
        wanted = by_python(formula, values, constants, entry)
        counted[wanted is None] += 1
        where = f"{formula} {json.dumps(values)}"
        if wanted is None:
            # The page says nothing about the limits where an arm has no events, and nothing at all before the opening.
            assert answer["shown"]["limits"] == "–", where
            continue
        found = answer["found"]
        assert found["power"] == pytest.approx(wanted.power, rel=1e-9, abs=1e-13), where
        assert found["events"] == pytest.approx(wanted.n_events, rel=1e-11), where
        if wanted.lower is not None:
            assert found["lower"] == pytest.approx(wanted.lower, rel=1e-9), where
            assert found["upper"] == pytest.approx(wanted.upper, rel=1e-9), where
        assert answer["shown"] == texts(wanted), where
        assert answer["trouble"] == "", where
    return counted


def test_every_formula_gives_the_numbers_of_python_at_all_ends_and_between(design_page, opened):
    path, document = design_page
    panel = document.sections[0].sliders
    page = opened(path)
    formulas = [key for key, _, _ in panel.formulas]
    assert len(formulas) == 8
    with_numbers, without = hold_to_python(page, panel.sliders, formulas, panel.constants)
    assert with_numbers > 300
    assert without < 30


def test_a_pattern_of_accrual_a_longest_follow_up_and_one_side(tmp_path, opened):
    plan = assumptions_from(
        accrual=40,
        accrual_starts=(0, 10),
        accrual_intensities=(1, 3),
        max_followup=50,
        dropout=0.004,
        total=90,
    )
    answer = power_answer(plan, patients=130, alpha=0.025, sides=1, null_hazard_ratio=1.2, method="wald")
    page = opened(page_of(answer, tmp_path))
    panel = answer.sliders
    assert panel.formulas[0][0] == "wald"
    formulas = [key for key, _, _ in panel.formulas]
    assert "freedman" not in formulas
    stretched = lambda accrual: ((0, accrual / 4), accrual, (1, 3)) if accrual else ((0,), 1e-9, (1,))  # noqa: E731
    with_numbers, _ = hold_to_python(page, panel.sliders, formulas, panel.constants, stretched)
    assert with_numbers > 150


@pytest.mark.parametrize(
    "make",
    [
        lambda: power_answer(assumptions_from(hazard_ratio=(1.7,), total=30), patients=61, method="lakatos"),
        lambda: sample_size_answer(
            assumptions_from(allocation=1), method="bernstein_lagakos", target_power=0.8
        ),
        lambda: power_answer(assumptions_from(hazard_ratio=(1.0,)), patients=92),
        lambda: power_answer(assumptions_from(), patients=92, far_tail=True),
    ],
    ids=["worse, while patients enter", "sample size", "no effect", "both tails"],
)
def test_the_page_starts_with_the_numbers_of_the_report(make, tmp_path, opened):
    answer = make()
    page = opened(page_of(answer, tmp_path))
    rows = page.locator("section.sliders tbody tr")
    assert rows.count() == len(answer.sliders.results) == (3 if answer.sliders.constants["far_tail"] else 4)
    for place in range(rows.count()):
        now, planned = rows.nth(place).locator("td").all_text_contents()
        expected = "–" if planned.startswith("– events") else planned
        assert now == expected
    found = json.loads(page.locator("section.sliders").get_attribute("data-found"))
    assert found["power"] == pytest.approx(answer.data["planned"].power, rel=1e-10)
    assert isfinite(found["lower"])


def test_the_design_report_starts_with_its_own_numbers(design_page, opened):
    path, _ = design_page
    page = opened(path)
    for row in page.locator("section.sliders tbody tr").all():
        now, planned = row.locator("td").all_text_contents()
        assert now == planned
    assert (
        page.locator("section.sliders [data-ard='design.planned.schoenfeld.power']").text_content() == "67.4%"
    )
    assert page.locator("#planned [data-ard='design.planned.schoenfeld.power']").text_content() == "67.4%"


def test_keyboard_words_and_the_way_back(design_page, opened, heard):
    path, _ = design_page
    page = opened(path)
    panel = page.locator("section.sliders")
    ratio = panel.locator("[data-slider=hazard_ratio] [type=range]")
    ratio.focus()
    page.keyboard.press("ArrowRight")
    assert panel.locator("[data-slider=hazard_ratio] [type=number]").input_value() == "0.51"
    assert ratio.get_attribute("aria-valuetext") == "0.51"
    assert panel.locator("[data-result=power]").text_content() != "67.4%"
    page.keyboard.press("Tab")
    page.keyboard.type("0.513")  # Tab has chosen what stood there
    assert panel.locator("[data-slider=hazard_ratio] [type=number]").input_value() == "0.513"
    assert ratio.get_attribute("aria-valuetext") == "0.513"
    hazard = panel.locator("[data-slider=control_hazard] [type=range]")
    assert hazard.get_attribute("aria-valuetext") == "0.0235 per month, median 29.5 months"
    panel.locator("[role=status]").filter(has_text="Power: ").wait_for(state="attached")
    for control in panel.locator("input, select, button").all():
        name = control.evaluate("e => e.labels?.[0]?.textContent ?? e.ariaLabel ?? e.textContent")
        assert name.strip()
        box = control.bounding_box()
        assert min(box["width"], box["height"]) >= 24, name
    panel.locator(".back").click()
    assert panel.locator("[data-result=power]").text_content() == "67.4%"
    assert heard.complaints == []
    assert heard.requests == [path.as_uri()]


def test_a_value_that_is_none_gives_no_numbers_and_says_what_is_possible(design_page, opened):
    page = opened(design_page[0])
    panel = page.locator("section.sliders")
    typed = panel.locator("[data-slider=patients] [type=number]")
    for wrong in ("", "0", "-5", "1e9"):
        typed.fill(wrong)
        assert set(panel.locator("[data-result]").all_text_contents()) == {"–"}
        assert panel.locator(".trouble").text_content() == "Patients: give a number from 10 to 300."
        assert typed.get_attribute("aria-invalid") == "true"
    typed.fill("120")
    assert panel.locator(".trouble").text_content() == ""
    assert typed.get_attribute("aria-invalid") is None
    for name in ("accrual", "followup"):
        panel.locator(f"[data-slider={name}] [type=number]").fill("0")
    assert "before the first patient" in panel.locator(".trouble").text_content()
    assert set(panel.locator("[data-result]").all_text_contents()) == {"–"}


def test_it_says_which_formula_it_is_and_that_it_is_no_simulation(design_page, opened):
    page = opened(design_page[0])
    panel = page.locator("section.sliders")
    assert "simulated" in panel.locator(".prose").first.text_content()
    said = {}
    for formula in panel.locator("option").all():
        panel.locator("select").select_option(formula.get_attribute("value"))
        said[formula.text_content()] = panel.locator(".formula-words").text_content()
    assert len(set(said.values())) == 8
    assert "√(d π₁ π₀)" in said["Schoenfeld"]


@pytest.mark.parametrize("width", [375, 1400])
def test_it_can_be_read_on_a_telephone_and_in_the_dark(design_page, opened, width):
    page = opened(design_page[0], width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(CONTRAST) == []
    inside = page.evaluate(
        "[...document.querySelectorAll('.sliders *')].every((e) => e.closest('.unseen') || "
        "e.getBoundingClientRect().right <= innerWidth + 1)"
    )
    assert inside


def test_without_the_script_there_are_no_sliders_and_on_paper_neither(design_page, opened, chromium):
    context = chromium.new_context(java_script_enabled=False)
    bare = context.new_page()
    bare.goto(design_page[0].as_uri())
    assert not bare.locator("section.sliders").is_visible()
    assert not bare.get_by_text("What another design would give").first.is_visible()
    assert bare.locator("#planned").get_by_text("67.4%").first.is_visible()
    context.close()
    page = opened(design_page[0])
    assert page.locator("section.sliders").is_visible()
    page.emulate_media(media="print")
    assert not page.locator("section.sliders").is_visible()
