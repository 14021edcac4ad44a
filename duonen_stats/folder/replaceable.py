"""What an output may replace: an earlier output of its own kind, whole and unchanged, and never what is read."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from duonen_stats.errors import DuonenError, OptionError
from duonen_stats.folder.provenance import MANIFEST, Account, account_of

_LEFT_BY_THE_SYSTEM = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
_MADE_AGAIN = {"verification/verification_r.csv": "verification/recompute.R"}
"""What a program in the folder writes beside itself, and that program: it is lost to nobody."""
_MOST_SHOWN = 3
_TRIES = 20


def require_apart(out: Path | str, *read: Path | str | None) -> None:
    """Raise ``OptionError`` if writing ``out``, a folder or a file, would replace what is ``read``.

    Refused are the place that is read itself, and a folder that holds it or that one of its files is a link into.
    A new place within it is not: nothing is lost by it. Of one that is there ``require_replaceable`` decides.
    """
    target = Path(out).resolve()
    for source in (Path(one) for one in read if one is not None):
        if any(_within(one, target) for one in _parts(source)):
            raise OptionError(
                "out",
                f"{target} holds what is read, and that would be lost. Name another place for the results.",
            )


def require_replaceable(out: Path, kind: str) -> None:
    """Raise ``OptionError`` if ``out`` may not be replaced by an output of ``kind``.

    It may if it is not there, is empty, or holds nothing but an earlier output of the same kind, every file of it
    as it was written. ``FileNotFoundError`` is raised if it vanishes meanwhile.
    """
    for _ in range(_TRIES):
        before = _manifest(out)
        try:
            refusal = _refusal(out, kind, before)
        except FileNotFoundError:
            if not out.exists():
                return
            continue
        if refusal is None:
            return
        if _manifest(out) == before:  # else another run has replaced it while it was looked at
            raise OptionError("out", refusal)
    raise DuonenError(f"Other runs keep writing to {out}. Wait for them, or name another folder.")


def _refusal(out: Path, kind: str, manifest: bytes | None) -> str | None:
    """Say why a folder may not be replaced; None if it may."""
    if not out.exists():
        return None
    if not out.is_dir() or out == Path(out.anchor):
        return f"{out} is not a folder that can be replaced. Name another folder for the results."
    present = {path.relative_to(out).as_posix() for path in out.rglob("*") if _is_content(path)}
    account = None if manifest is None else account_of(manifest)
    known = set() if account is None else {MANIFEST, *account.files}
    strange = sorted(present - known - {made for made, program in _MADE_AGAIN.items() if program in known})
    if strange:
        return (
            f"{out} holds files that no run of this package wrote ({_shown(strange)}), and they would be lost. "
            "Name another folder for the results, or move these files away."
        )
    return None if account is None else _refusal_of_output(out, kind, account, present)


def _refusal_of_output(out: Path, kind: str, account: Account, present: set[str]) -> str | None:
    if account.kind != kind:
        return (
            f"{out} holds an output of another kind ({account.kind}), and it would be lost to this one ({kind}). "
            "Name another folder for the results, or move that one away."
        )
    changed = sorted(name for name in present & set(account.files) if _is_changed(out / name, name, account))
    if changed:
        return (
            f"{out} holds files that were changed after they were written ({_shown(changed)}), and the changes would "
            "be lost. Name another folder for the results, or move these files away."
        )
    return None


def _is_content(path: Path) -> bool:
    return (not path.is_dir() or path.is_symlink()) and path.name not in _LEFT_BY_THE_SYSTEM


def _is_changed(path: Path, name: str, account: Account) -> bool:
    """Return whether a file is not what its manifest says: by its size, which costs nothing, then by its SHA-256."""
    size, digest = account.files[name]
    if (path.exists() and not path.is_file()) or (size is not None and path.stat().st_size != size):
        return True
    return hashlib.sha256(path.read_bytes()).hexdigest() != digest


def _manifest(out: Path) -> bytes | None:
    path = out / MANIFEST
    if path.exists() and not path.is_file():
        return None  # a folder or a pipe of that name
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _shown(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_SHOWN} more" if len(names) > _MOST_SHOWN else ""
    return ", ".join(names[:_MOST_SHOWN]) + more


def _parts(source: Path) -> Iterator[Path]:
    """Give a source itself, and the files that links in it lead to."""
    yield source.resolve()
    if source.is_dir():
        yield from (path.resolve() for path in source.iterdir() if path.is_symlink())


def _within(path: Path, folder: Path) -> bool:
    return any(_same(one, folder) for one in (path, *path.parents))


def _same(one: Path, other: Path) -> bool:
    """Return whether two paths are one place, also where the case of letters does not distinguish names."""
    if one == other:
        return True
    return one.exists() and other.exists() and one.samefile(other)
