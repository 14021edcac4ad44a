import stat
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from duonen_stats.errors import DataError
from duonen_stats.raw.cut import read_cut
from duonen_stats.raw.intake import packed_folder
from duonen_stats.raw.intake.packed_folder import unpacked


def _packed(path, files):
    with ZipFile(path, "w", ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return path


def test_a_packed_cut_is_read_like_its_folder(study, worked, tmp_path):
    cut = worked.read()
    files = {f"export 2024/{one.name}": one.read_bytes() for one in worked.folder.iterdir()}
    packed = _packed(
        tmp_path / "cut.zip", {**files, "__MACOSX/._labs.csv": b"x", "export 2024/.DS_Store": b"x"}
    )
    found = read_cut(study, packed)
    assert all(found.tables[name].equals(frame) for name, frame in cut.tables.items())
    assert found.findings == cut.findings
    assert (found.name, found.files[0].name, found.files[0].form) == ("cut.zip", "cut.zip", {"format": "ZIP"})
    assert [one.sha256 for one in found.files[1:]] == [one.sha256 for one in cut.files]
    assert found.label == "cut"


def test_a_mapping_file_in_the_archive_is_used(study, worked, tmp_path):
    worked.read()
    files = {one.name: one.read_bytes() for one in worked.folder.iterdir()}
    files["a/blood.csv"] = files.pop("labs.csv")
    files["mapping.yaml"] = b"sources: [{source: a/blood.csv, table: labs}]"
    cut = read_cut(study, _packed(tmp_path / "cut.zip", files))
    assert len(cut.tables["labs"]) == 120
    assert [one.name for one in cut.files[:2]] == ["cut.zip", "mapping.yaml"]


@pytest.mark.parametrize(
    "name", ["../labs.csv", "a/../../labs.csv", "/labs.csv", "C:/labs.csv", "a\\..\\labs.csv"]
)
def test_names_that_lead_out_of_the_folder_are_refused(tmp_path, name):
    path = tmp_path / "cut.zip"
    with ZipFile(path, "w") as packed:
        info = ZipInfo("x")
        info.filename = name
        packed.writestr(info, "a")
    with pytest.raises(DataError, match="leads out of the folder"), unpacked(path):
        pass
    assert [one.name for one in tmp_path.iterdir()] == ["cut.zip"]


def test_links_archives_and_names_given_twice_are_refused(tmp_path):
    link = ZipInfo("labs.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with ZipFile(tmp_path / "link.zip", "w") as packed:
        packed.writestr(link, "/etc/passwd")
    _packed(tmp_path / "nested.zip", {"a.ZIP": b"x"})
    _packed(tmp_path / "twice.zip", {"labs.csv": b"x", "LABS.csv": b"y"})
    for name, why in (("link", "is a link"), ("nested", "an archive itself"), ("twice", "more than once")):
        with pytest.raises(DataError, match=why), unpacked(tmp_path / f"{name}.zip"):
            pass


@pytest.mark.parametrize(
    ("limit", "value", "why"),
    [
        ("LARGEST", 1_999, "unpacks to 2000 bytes, of which 1999 are allowed"),
        ("MOST_FILES", 1, "has 2 files, of which 1 are allowed"),
        ("SMALL", 10, "unpacks to more than 2 times its size"),
    ],
)
def test_more_than_is_allowed_is_refused_before_it_is_unpacked(tmp_path, monkeypatch, limit, value, why):
    path = _packed(tmp_path / "cut.zip", {"a.csv": b"x" * 1000, "b.csv": b"y" * 1000})
    with unpacked(path) as (folder, _):
        assert sorted(one.name for one in folder.iterdir()) == ["a.csv", "b.csv"]
    monkeypatch.setattr(packed_folder, limit, value)
    monkeypatch.setattr(packed_folder, "STEEPEST", 2)
    monkeypatch.setattr(ZipFile, "open", None)
    with pytest.raises(DataError, match=why), unpacked(path):
        pass


@pytest.mark.parametrize("damage", ["text", "half", "claim"])
def test_damaged_files_are_an_error_that_names_them(tmp_path, damage):
    path = _packed(tmp_path / "cut.zip", {"labs.csv": b"0123456789" * 100})
    data = bytearray(path.read_bytes())
    if damage == "claim":
        for place in (data.index(b"PK\x03\x04") + 22, data.index(b"PK\x01\x02") + 24):
            data[place : place + 4] = (10).to_bytes(4, "little")
    path.write_bytes({"text": b"SUBJID", "half": bytes(data[: len(data) // 2])}.get(damage, bytes(data)))
    with pytest.raises(DataError, match=r"cut\.zip cannot be unpacked"), unpacked(path):
        pass


def test_an_archive_in_the_folder_is_named_and_not_opened(study, worked):
    worked.read()
    _packed(worked.folder / "labs.zip", {"labs.csv": b"SUBJID"})
    (worked.folder / "labs.csv").unlink()
    found = read_cut(study, worked.folder).findings
    assert ("RD-ARCHIVE", "labs.zip") in [(one.rule, one.table) for one in found]
    (lacking,) = [one for one in found if one.rule == "RD-FILE"]
    assert "'labs.zip'" in lacking.message
