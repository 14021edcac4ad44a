from duonen_stats.folder.kept_parts import (
    FilesOnDemand,
    content_of,
    drop_file,
    drop_unfinished,
    make_folder,
    unfinished,
)


def test_what_was_not_finished_goes_and_the_rest_stays(tmp_path):
    make_folder(tmp_path / "out/parts")
    make_folder(tmp_path / "out/parts")
    kept, left = tmp_path / "out/parts/a.parquet", tmp_path / "out/parts/.b.parquet.0123456789ab.new"
    for path in (kept, left, tmp_path / "out/.run.json.0123456789ab.new"):
        path.write_bytes(b"x")
    assert [unfinished(path) for path in (kept, left)] == [False, True]
    drop_unfinished(tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").rglob("*") if path.is_file()] == ["a.parquet"]
    assert content_of(kept) == b"x"
    assert dict(FilesOnDemand(tmp_path / "out", ["parts/a.parquet"])) == {"parts/a.parquet": b"x"}
    drop_file(kept)
    drop_file(kept)
    assert content_of(kept) == b""
