import pickle

from duonen_stats.errors import DataError, DuonenError, FaultyCutError, NotEstimable


def test_a_verdict_says_what_and_why():
    verdict = NotEstimable("group_too_small", {"A": 1}, "Arm A has one value.")
    assert str(verdict) == "not estimable (group_too_small): Arm A has one value."
    assert isinstance(verdict, DuonenError)


def test_a_verdict_survives_a_process_pool():
    sent = pickle.dumps(NotEstimable("all_tied", {"all": 3}, "All values are equal."))
    verdict = pickle.loads(sent)  # noqa: S301 - our own bytes
    assert (verdict.reason, verdict.n, verdict.detail) == ("all_tied", {"all": 3}, "All values are equal.")


def test_a_faulty_cut_carries_its_findings():
    fault = FaultyCutError("one error", ["finding"])
    assert fault.findings == ("finding",)
    assert isinstance(fault, DataError)
