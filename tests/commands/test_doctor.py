import platform

from duonen_stats.commands import doctor
from duonen_stats.folder import provenance


def test_versions_are_those_in_use():
    found = provenance.software_versions()
    assert found["python"] == platform.python_version()
    assert {"numpy", "pandas", "scipy", "jinja2", "typst", "pyyaml"} <= {name.lower() for name in found}
    assert "missing" not in found.values()


def test_a_healthy_installation_has_no_fault():
    found = doctor.examine()
    assert found.healthy
    assert found.text().endswith("Everything needed is installed.")


def test_a_missing_library_is_named_with_its_cure(monkeypatch):
    monkeypatch.setattr(
        provenance, "requires", lambda _: ["numpy>=2", "no-such-library-9>=1", 'dask; extra == "distributed"']
    )
    found = doctor.examine()
    assert not found.healthy
    assert found.faults == ("no-such-library-9 is missing: pip install no-such-library-9",)
    assert "FAULT" in found.text()


def test_optional_parts_are_listed_or_told_how_to_install(monkeypatch):
    assert "openpyxl" in doctor.examine().text()
    monkeypatch.setattr(doctor, "_OTHER_FORMATS", ("no-such-library-9",))
    assert doctor.optional_versions() == {
        "no-such-library-9": 'missing (optional): pip install "duonen-stats[io]"'
    }
    assert doctor.examine().healthy
