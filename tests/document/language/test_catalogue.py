"""The catalogue of Polish terms: what it holds is printed, its places match, and its texts are chosen soundly."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

from duonen_stats.displays.drawings import style
from duonen_stats.displays.model.content import Number, plain
from duonen_stats.document.language.catalogue import (
    LANGUAGES,
    Term,
    fixed_words,
    load_catalogue,
    plural,
    require_language,
)
from duonen_stats.document.pdf import TEMPLATE_WORDS
from duonen_stats.errors import DuonenError, OptionError
from duonen_stats.plan import decisions, rule_of
from duonen_stats.study.shipped_files import templates_path

PACKAGE = Path(__file__).parents[3] / "duonen_stats"
POLISH = load_catalogue("pl")


def translated(*line):
    return [(ok, plain(piece)) for ok, piece in POLISH.pieces(line)]


def test_a_citation_is_a_name_and_a_year_in_brackets_is_none():
    cited = "Barone et al. (2005) J Nucl Med 46:99S-106S"
    assert POLISH.phrase(cited) == cited
    assert POLISH.phrase(f"assumption, customary after {cited}") == f"założenie, zwyczajowe za {cited}"
    assert POLISH.phrase("Rubin (1987)") == "Rubin (1987)"
    assert POLISH.phrase("Riddles (1987)") is None


def test_words_in_place_of_a_number_are_translated():
    (piece,) = POLISH.pieces(("Median: ", Number("a.median", "not reached")))
    assert piece == (True, ("Mediana: ", Number("a.median", "nieosiągnięta")))


def test_numbers_keep_their_ids_and_get_the_comma():
    (piece,) = POLISH.pieces((Number("a.median", "15.6"), " Gy in arm ", "A"))
    assert piece == (True, (Number("a.median", "15,6"), " Gy w ramieniu A"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Arm B", "Ramię B"),
        ("arm B", "ramię B"),
        ("Median, days", "Mediana, dni"),
        ("hemoglobin", "hemoglobina"),
        ("¹⁷⁷Lu", "¹⁷⁷Lu"),
        ("mL/min/1.73 m²", "mL/min/1,73 m²"),
        ("Source: ADSL, ADLB; ICH E3 number 14.1.2.", "Źródło: ADSL, ADLB; numer według ICH E3 14.1.2."),
        ("Hemoglobin, grade 2 or higher", "Hemoglobina, stopień 2 lub wyższy"),
        ("n\u00a0=\u00a014", "n\u00a0=\u00a014"),
        ("not stated; 42 CFR 11.48(a)(4)(iii)", "nie podano; 42 CFR 11.48(a)(4)(iii)"),
        (
            "B + C + D (n = 68): events 44, median 63.5 (27.5 to –) months",
            "B + C + D (n = 68): zdarzenia 44, mediana 63,5 (27,5 do –) miesięcy",
        ),
    ],
)
def test_a_text_is_translated_as_a_whole(text, said):
    assert POLISH.phrase(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "Arm of an unknown kind of treatment",
        "Median of something unheard of",
        "Source: somebody told us; ICH E3 number 14.1.",
        "Table S1 is not a place for a riddle",
    ],
)
def test_a_text_with_an_unknown_word_is_not_translated_in_part(text):
    assert POLISH.phrase(text) is None
    assert translated(text) == [(False, text)]


def test_of_a_paragraph_each_sentence_is_translated_or_left():
    line = ("A patient counts once in a row. Here is a riddle, 1.5 long. A dot: nobody.",)
    assert translated(*line) == [
        (True, "Pacjent liczony jest raz w wierszu."),
        (False, " Here is a riddle, 1,5 long."),
        (True, " Kropka: nikt."),
    ]


def test_no_place_takes_in_a_second_sentence():
    said = translated("Table S1 shows the patients and the p of every visit. Nobody knows the rest.")
    assert [ok for ok, _ in said] == [True, False]


@pytest.mark.parametrize("count", [1, 2, 5, 12, 22, 25])
def test_a_noun_has_the_form_that_its_number_asks_for(count):
    form = {1: "ostrzeżenie", 2: "ostrzeżenia", 22: "ostrzeżenia"}.get(count, "ostrzeżeń")
    line = ("The data check found ", Number("e", "1"), " errors, ", Number("w", str(count)), " warnings and ",
            Number("n", "3"), " notes.")  # fmt: skip
    (said,) = translated(*line)
    assert said == (True, f"Kontrola danych wykazała 1 błąd, {count} {form} i 3 uwagi.")


@pytest.mark.parametrize(("shown", "said"), [("62", "62 lata"), ("62.0", "62,0 roku"), ("62.5", "62,5 roku")])
def test_a_number_with_decimals_takes_the_form_of_a_fraction(shown, said):
    """Unicode CLDR, rules of Polish: few and one ask for a number that is shown without decimals."""
    assert translated(Number("age", shown), " years") == [(True, said)]


@given(st.integers(min_value=0, max_value=10_000))
def test_plural_forms_follow_the_last_digits(number):
    """A second programming, by the digits as written: one alone; 2 to 4 unless 12 to 14; all else."""
    digits = f"{number:02d}"
    few = digits[-1] in "234" and digits[-2] != "1"
    assert plural(number, "abc") == ("a" if number == 1 else "b" if few else "c")


def test_text_of_data_that_looks_like_a_token_is_left_as_it_is():
    line = ("Arm \ue0007\ue001", Number("x", "1.5"))
    assert POLISH.pieces(line) == ((False, line),)


def test_a_long_text_of_data_is_given_up_quickly():
    text = "Arm A: 1, 2; 3 of 4 (5) " * 400
    assert POLISH.phrase(f"{text}riddle") is None


def test_places_have_to_match():
    with pytest.raises(ValueError, match="places"):
        Term("{n} patients", "{t} pacjentów", "s", "s", "reviewed")


def test_every_term_is_documented_and_has_a_status():
    assert {term.status for term in POLISH.terms} == {"reviewed", "proposed"}
    assert all(term.subject.strip() and term.source.strip() and term.other.strip() for term in POLISH.terms)


def test_a_noun_with_forms_has_three_or_four():
    for term in POLISH.terms:
        for forms in re.findall(r"\{n\d*:([^{}]+)\}", term.other):
            assert forms.count("|") in {2, 3}, term.english


def test_every_letter_has_a_glyph_in_figures_and_print():
    """The PDF sets words in DejaVu Serif where its first face lacks a letter, figures in DejaVu Sans."""
    said = {letter for term in POLISH.terms for letter in term.other} | set("ąćęłńóśźżĄĆĘŁŃÓŚŹŻᵉⁿ")
    for family in (style.FONT, "DejaVu Serif"):
        known = FT2Font(font_manager.findfont(family)).get_charmap()
        assert {letter for letter in said if ord(letter) not in known} == set(), family


def sources():
    """The package's own texts: its modules and its templates."""
    files = [*PACKAGE.rglob("*.py"), *templates_path().rglob("*.j2")]
    return {path: path.read_text(encoding="utf-8") for path in files}


def test_every_fixed_word_of_the_page_is_used():
    texts = "\n".join(sources().values())
    script = (templates_path() / "report.js").read_text(encoding="utf-8")
    special = {"language account", "phrase|phrases", "In English in the drawing:", "Language"}
    unused = {words for words in {*POLISH.interface} - special if f'"{words}"' not in texts}
    assert unused == set()
    missing = {source for source in POLISH.script if source not in script}
    assert missing == set()


def test_every_fixed_word_that_a_page_asks_for_is_there():
    texts = sources().values()
    asked = {words for text in texts for words in re.findall(r'(?:document|frame)\.fixed\("([^"]+)"\)', text)}
    assert asked
    assert asked - {*POLISH.interface} == set()
    assert all(fixed_words("en", words) == words for words in asked)


def test_every_word_of_a_decision_has_a_term():
    """The panel of a number shows them under every plan."""
    rules = [rule_of(item.name) for item in decisions()]
    said = {words for rule in rules for words in (*rule.choices.values(), rule.unit) if words}
    assert len(said) > 80
    assert {words for words in said if POLISH.phrase(words) is None} == set()


def test_the_printed_page_has_no_words_of_its_own():
    text = "\n".join(path.read_text(encoding="utf-8") for path in templates_path().glob("*.typ"))
    code = re.sub(r"//.*", "", text)
    assert {*re.findall(r"report\.words\.(\w+)", code)} == {*TEMPLATE_WORDS}
    assert {*TEMPLATE_WORDS.values()} <= {*POLISH.interface}
    assert re.findall(r"\[[A-Za-z][A-Za-z ]*[.:]?\]", code) == []


def test_a_language_that_is_not_there_is_refused():
    with pytest.raises(OptionError, match="en, pl"):
        require_language("de")
    with pytest.raises(DuonenError, match="no catalogue"):
        load_catalogue("en")
    assert LANGUAGES[0] == "en"
