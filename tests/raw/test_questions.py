from duonen_stats.raw import questions
from duonen_stats.raw.checks.check import catalogue, question_of

SENTENCES = {name: text for name, text in vars(questions).items() if name.isupper() and name != "WHO_ANSWERS"}


def test_a_question_is_a_request_and_is_used():
    assert all(
        text.startswith(("Please ", "Data management: ")) and text.endswith(".")
        for text in SENTENCES.values()
    )
    assert {rule.question for rule in catalogue()} == set(SENTENCES.values())


def test_no_question_is_written_twice():
    assert len(set(SENTENCES.values())) == len(SENTENCES)


def test_the_question_of_a_rule_is_found_by_its_id():
    assert question_of("DD-RANGE") == questions.CORRECT_ENTRY
