"""A strict reader of YAML: plain data into frozen dataclasses, every fault collected. Knows no trial."""

import math
import re
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, dataclass, fields, is_dataclass
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import yaml

try:
    from yaml import CSafeLoader as _QuickLoader
except ImportError:  # a PyYAML without its part in C
    from yaml import SafeLoader as _QuickLoader  # type: ignore[assignment]

from duonen_stats.errors import DictionaryError

T = TypeVar("T")

FAULTY: Final = object()
"""Stands for a value that could not be built; its fault has been noted."""

_NAMES = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


class _NoKeyTwice(yaml.constructor.SafeConstructor):
    """Builds plain data, except that a key given twice is a fault instead of the last one winning."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        scalars = (key for key, _ in node.value if isinstance(key, yaml.ScalarNode) and key.value != "<<")
        for key in scalars:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key.value!r} given twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


_TAG = yaml.resolver.BaseResolver.DEFAULT_SCALAR_TAG.removesuffix("str")
_DECIMAL = {
    f"{_TAG}int": re.compile(r"[-+]?(0|[1-9][0-9]*)"),
    f"{_TAG}float": re.compile(
        r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?|[-+]?\.(inf|nan)", re.IGNORECASE
    ),
}
"""Numbers as people write them. YAML 1.1 takes 010 for 8, 1:30 for 90 and 1_0 for 10, which nobody means."""
_MERGE_TAG = f"{_TAG}merge"


class _StrictLoader(_NoKeyTwice, yaml.SafeLoader):
    """For any file: not PyYAML's loader in C, which is faster, but ends the process on deep nesting."""

    def get_single_node(self) -> yaml.Node | None:
        """Give the whole file, unless it refers to itself or would unfold to more than it holds."""
        node = super().get_single_node()
        if node is not None:
            _require_small(node)
        return node

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> Any:
        """Give the text of a value; a number that is not written in decimal digits is refused."""
        decimal = _DECIMAL.get(node.tag)
        if isinstance(node, yaml.ScalarNode) and decimal is not None and not decimal.fullmatch(node.value):
            raise yaml.constructor.ConstructorError(
                None,
                None,
                f"{node.value} is not a number in decimal digits; put it in quotes if it is a text",
                node.start_mark,
            )
        return super().construct_scalar(node)


_MOST_NODES = 200_000
"""A file with references that unfolds to more values than this is refused; none is that long as it is written."""


def _require_small(root: yaml.Node) -> None:
    """Count the values of a file as often as it refers to them.

    Raises
    ------
    yaml.constructor.ConstructorError
        A value is within itself, or there are too many.
    """
    sizes: dict[int, int] = {}
    within: set[int] = set()
    waiting: list[tuple[yaml.Node, bool]] = [(root, False)]
    while waiting:
        node, counted = waiting.pop()
        key = id(node)
        parts = _parts(node)
        if counted:
            within.discard(key)
            sizes[key] = 1 + sum(sizes[id(part)] for part in parts)
            if sizes[key] > _MOST_NODES:
                raise yaml.constructor.ConstructorError(
                    None, None, f"it unfolds to more than {_MOST_NODES} values", node.start_mark
                )
        elif key in within:
            raise yaml.constructor.ConstructorError(None, None, "a value refers to itself", node.start_mark)
        elif key not in sizes:
            within.add(key)
            waiting.append((node, True))
            waiting += [(part, False) for part in parts if id(part) not in sizes]


def _parts(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return [*node.value] if isinstance(node, yaml.SequenceNode) else []


class _ShippedLoader(_NoKeyTwice, _QuickLoader):
    """For the package's own files: gives the same, in a tenth of the time."""


def read_yaml(path: Path, *, shipped: bool = False) -> Any:
    """Read a YAML file as plain data.

    Parameters
    ----------
    path
        The file.
    shipped
        Whether it is one of the package's own, which are read faster.

    Raises
    ------
    DictionaryError
        The file cannot be read, or is not YAML, or gives a key twice, refers to itself, or unfolds to more
        than 200,000 values.
    """
    with _faults_of(path):
        text = path.read_text(encoding="utf-8")
        return yaml.load(text, Loader=_ShippedLoader if shipped else _StrictLoader)  # noqa: S506 - both are safe


@dataclass(frozen=True, slots=True)
class StatedField:
    """A field of a YAML file with the line it stands in, from 1; ``fault`` is why its value cannot be read."""

    name: Any
    value: Any
    line: int
    fault: str = ""


def read_fields(path: Path) -> tuple[StatedField, ...] | None:
    """Read the fields of a YAML file one by one: a field given twice is there twice, a faulty value has its fault.

    Returns None if the file holds something other than named fields.

    Raises
    ------
    DictionaryError
        The file cannot be read, or is not YAML.
    """
    with _faults_of(path):
        loader = _StrictLoader(path.read_text(encoding="utf-8"))
        root = loader.get_single_node()
        if root is None:
            return ()
        if not isinstance(root, yaml.MappingNode):
            return None
        return tuple(_stated(loader, key, value) for key, value in root.value)


def _stated(loader: _StrictLoader, key: yaml.Node, value: yaml.Node) -> StatedField:
    line = key.start_mark.line + 1
    if key.tag == _MERGE_TAG:
        return StatedField(
            None, None, line, "<< takes in the fields of something else; state each field itself"
        )
    try:
        name = loader.construct_object(key, deep=True)
    except _UNREADABLE as error:
        return StatedField(None, None, line, _in_plain_words(error, place=False))
    try:
        return StatedField(name, loader.construct_object(value, deep=True), line)
    except _UNREADABLE as error:
        return StatedField(name, None, line, f"{name} cannot be read: {_in_plain_words(error, place=False)}")


# PyYAML lets the errors of its converters through, e.g. those of `date` for 2022-02-30.
_UNREADABLE = (
    yaml.YAMLError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    RecursionError,
)


@contextmanager
def _faults_of(path: Path) -> Iterator[None]:
    """Turn whatever reading a file raises into one sentence with its path, and the line where that is known."""
    try:
        yield
    except OSError as error:
        raise DictionaryError(f"{path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise DictionaryError(f"{path} is not UTF-8 text; save it in that encoding.") from error
    except _UNREADABLE as error:
        raise DictionaryError(f"{path} is not valid YAML: {_in_plain_words(error)}.") from error


_PLAIN_WORDS = (
    ("mapping values are not allowed", "a colon where no field can begin; put a text with a colon in quotes, and begin "
     "each field at the left margin"),
    ("'\\t'", "a tab; use spaces"),
    ("cannot start any token", "a value that begins with a special character; put it in quotes"),
    ("could not find expected ':'", "a line without a colon; each line is FIELD: VALUE"),
    ("expected ',' or ']'", "a list that is not closed; write it as [A, B]"),
    ("expected ',' or '}'", "a brace that is not closed"),
    ("expected <block end>", "a line that is indented otherwise than those before it"),
    ("end of stream", "a quotation mark that is not closed"),
    ("could not determine a constructor", "a tag after !, which is not read; put the text in quotes"),
    ("undefined alias", "a name after *, which nothing defines; put the text in quotes"),
    ("expected a single document", "a second document after ---; a file holds one"),
)  # fmt: skip
"""What PyYAML says, by a part of it, in words for people who do not know the language of parsers."""


def _in_plain_words(error: BaseException, *, place: bool = True) -> str:
    """Say what is wrong with a YAML text, and in which line unless that is said already."""
    if isinstance(error, RecursionError):
        return "values within values, too deep to be read"
    if "int_max_str_digits" in str(error):
        return "a number with too many digits"
    if isinstance(error, yaml.reader.ReaderError):
        return f"it has a character (code {error.character:#x}) that a text file cannot hold"
    if not isinstance(error, yaml.MarkedYAMLError):
        return " ".join(str(error).split()) or type(error).__name__
    said = " ".join(filter(None, (error.context, error.problem)))
    words = next((plain for part, plain in _PLAIN_WORDS if part in said), error.problem or said)
    mark = error.problem_mark or error.context_mark
    return words if mark is None or not place else f"line {mark.line + 1}, column {mark.column + 1}: {words}"


def build(kind: type[T], data: Any, where: str, faults: list[str]) -> T | None:
    """Build a dataclass from a mapping, noting every fault instead of stopping at the first.

    Parameters
    ----------
    kind
        A dataclass whose fields are ``str``, ``int``, ``float``, ``bool``, ``Literal``, another such
        dataclass, ``tuple[X, ...]``, ``Mapping[str, X]``, or one of these or ``None``.
    data
        What is in the file: for each field a key of the same name; those with a default may be left out.
    where
        Place in the file, for the messages.
    faults
        Messages are appended here. Items of a list that cannot be built are left out of it.

    Returns
    -------
    T or None
        ``None`` if a field of the dataclass itself cannot be built.
    """
    if not isinstance(data, Mapping):
        faults.append(f"{where}: expected named fields, found {_shown(data)}")
        return None
    hints = get_type_hints(kind)
    faults.extend(
        f"{where}: unknown field {_shown(key)}{_meant(key, hints)}" for key in data if key not in hints
    )
    values: dict[str, Any] = {}
    for name, hint in hints.items():
        if name in data:
            values[name] = _value(hint, data[name], f"{where}.{name}", faults)
        elif _required(kind, name):
            faults.append(f"{where}: field {name} is missing")
            values[name] = FAULTY
    return None if any(value is FAULTY for value in values.values()) else kind(**values)


def _meant(key: Any, known: Mapping[str, Any]) -> str:
    """Name the field that may be meant by an unknown one, or all there are."""
    alike = get_close_matches(str(key), known, n=1)
    return f"; did you mean {alike[0]}?" if alike else f"; there are {', '.join(known)}"


def build_list(kind: type[T], data: Any, where: str, faults: list[str]) -> tuple[T, ...]:
    """Build a dataclass from each item of a list; what cannot be built is noted and left out."""
    built = _list(kind, data, where, faults)
    return () if built is FAULTY else built


def _required(kind: Any, name: str) -> bool:
    (wanted,) = (item for item in fields(kind) if item.name == name)
    return wanted.default is MISSING and wanted.default_factory is MISSING


def _value(hint: Any, data: Any, where: str, faults: list[str]) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {UnionType, Union}:  # of a Literal and None the latter
        return None if data is None else _value(inner[0], data, where, faults)
    if is_dataclass(hint) and isinstance(hint, type):
        built = build(hint, data, where, faults)
        return FAULTY if built is None else built
    if origin is Literal:
        return _literal(inner, data, where, faults)
    if origin is tuple:
        return _list(inner[0], data, where, faults)
    return (_scalar if origin is None else _mapping)(hint, data, where, faults)


def _scalar(hint: Any, data: Any, where: str, faults: list[str]) -> Any:
    fits = isinstance(data, hint) or (hint is float and isinstance(data, int))
    if not fits or (isinstance(data, bool) and hint is not bool):
        faults.append(f"{where}: expected {_NAMES[hint]}, found {_shown(data)}")
        return FAULTY
    if hint is str and not data.strip():
        faults.append(f"{where}: is empty")
        return FAULTY
    if hint is not float:
        return data
    try:
        number = float(data)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        faults.append(f"{where}: expected a finite number, found {_shown(data)}")
        return FAULTY
    return number


def _literal(allowed: tuple[Any, ...], data: Any, where: str, faults: list[str]) -> Any:
    if isinstance(data, str) and data in allowed:
        return data
    faults.append(f"{where}: expected one of {', '.join(map(str, allowed))}, found {_shown(data)}")
    return FAULTY


def _list(hint: Any, data: Any, where: str, faults: list[str]) -> Any:
    if not isinstance(data, list):
        faults.append(f"{where}: expected a list, found {_shown(data)}")
        return FAULTY
    built = (
        _value(hint, item, f"{where}[{_name(item, place)}]", faults) for place, item in enumerate(data, 1)
    )
    return tuple(item for item in built if item is not FAULTY)


def _mapping(hint: Any, data: Any, where: str, faults: list[str]) -> Any:
    if not isinstance(data, Mapping) or not all(isinstance(key, str) for key in data):
        faults.append(f"{where}: expected named values, found {_shown(data)}")
        return FAULTY
    inner = get_args(hint)[1]
    built = {key: _value(inner, item, f"{where}.{key}", faults) for key, item in data.items()}
    return {key: item for key, item in built.items() if item is not FAULTY}


def _name(item: Any, place: int) -> str:
    """Name a list item as it is called in a message: by its code if it has one, else by its place."""
    names = (item.get(key) for key in ("code", "id", "name", "unit")) if isinstance(item, Mapping) else ()
    return next((name for name in names if isinstance(name, str) and name), str(place))


def _shown(data: Any) -> str:
    """Show a value in a message, shortly, whatever it is."""
    if data is None:
        return "nothing"
    if isinstance(data, Mapping | list):
        return "named fields" if isinstance(data, Mapping) else "a list"
    text = data.hex() if isinstance(data, bytes) else str(data)
    return repr(text if len(text) <= 40 else text[:37] + "...")  # noqa: PLR2004 - the width of a line
