def test_populations_nest(results):
    for arm in ("all", *"ABCD"):
        randomised, safety, completed = (
            results.value(f"disposition.{name}.{arm}.n") for name in ("randomised", "safety", "completed")
        )
        assert randomised >= safety >= completed


def test_completed_and_discontinued_are_the_treated(results):
    for arm in ("all", *"ABCD"):
        parts = results.value(f"disposition.completed.{arm}.n") + results.value(
            f"disposition.discontinued.{arm}.n"
        )
        assert parts == results.value(f"disposition.safety.{arm}.n")


def test_completion_is_as_published(results):
    assert results.value("disposition.completed.A.pct") == 81.25  # 13 of 16
    assert results.value("disposition.completed.D.n") == 10


def test_a_visit_is_due_only_after_its_cycle(results):
    due = [results.row(f"disposition.labs_at.V{cycle}.all.n").n for cycle in range(1, 5)]
    assert due == sorted(due, reverse=True)
    assert due[0] == 56
