from duonen_stats import plan, sap


def test_the_earlier_name_offers_the_same_things():
    assert all(getattr(sap, name) is getattr(plan, name) for name in sap.__all__)
