from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.errors import DictionaryError
from duonen_stats.publication import finding, ledger
from duonen_stats.study.shipped_files import dictionary_path
from duonen_stats.study.strict_yaml import build, build_list, read_yaml


@dataclass(frozen=True, kw_only=True)
class Wheel:
    size: float


@dataclass(frozen=True, kw_only=True)
class Cart:
    name: str
    seats: int
    open: bool = False
    colour: Literal["red", "blue"] = "red"
    wheels: tuple[Wheel, ...] = ()
    loads: Mapping[str, float]
    owner: str | None = None


CART = {"name": "one", "seats": 2, "loads": {"hay": 3}}


def _built(**more):
    faults: list[str] = []
    return build(Cart, CART | more, "cart", faults), faults


def test_plain_data_become_records():
    cart, faults = _built(wheels=[{"size": 1}, {"size": 2.5}], owner=None, open=True)
    assert faults == []
    assert cart == Cart(
        name="one", seats=2, open=True, wheels=(Wheel(size=1.0), Wheel(size=2.5)), loads={"hay": 3.0}
    )
    assert isinstance(cart.loads["hay"], float)


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("name", 3, "cart.name: expected text, found '3'"),
        ("name", None, "cart.name: expected text, found nothing"),
        ("name", "  ", "cart.name: is empty"),
        ("seats", 2.5, "cart.seats: expected a whole number, found '2.5'"),
        ("seats", True, "cart.seats: expected a whole number, found 'True'"),
        ("open", "yes", "cart.open: expected true or false, found 'yes'"),
        ("colour", "green", "cart.colour: expected one of red, blue, found 'green'"),
        ("colour", ["red"], "cart.colour: expected one of red, blue, found a list"),
        ("wheels", {"size": 1}, "cart.wheels: expected a list, found named fields"),
        ("loads", [1], "cart.loads: expected named values, found a list"),
        ("loads", {1: 2}, "cart.loads: expected named values, found named fields"),
        ("owner", 5, "cart.owner: expected text, found '5'"),
    ],
)
def test_a_field_of_the_wrong_kind(field, value, fault):
    cart, faults = _built(**{field: value})
    assert cart is None
    assert faults == [fault]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400])
def test_numbers_that_are_none(value):
    cart, faults = _built(wheels=[{"size": value}])
    assert cart.wheels == ()
    assert faults[0].startswith("cart.wheels[1].size: expected a finite number")


def test_every_fault_is_noted_and_what_is_whole_is_kept():
    faults: list[str] = []
    carts = build_list(Cart, [CART, {"name": "two", "sets": 2}, "three", CART], "carts", faults)
    assert len(carts) == 2
    assert faults == [
        "carts[two]: unknown field 'sets'; did you mean seats?",
        "carts[two]: field seats is missing",
        "carts[two]: field loads is missing",
        "carts[3]: expected named fields, found 'three'",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1", "not valid YAML"),
        ("a: 1\na: 2\n", "key 'a' given twice"),
        ("a: 2022-02-30\n", "not valid YAML"),
        ("a: !!python/object/apply:os.getcwd []\n", "not valid YAML"),
        ("a: !!timestamp x\n", "not valid YAML"),
        ("a: !!int ''\n", "not valid YAML"),
        ("[" * 1500, "not valid YAML"),
        ("? [a]\n: 1\n", "not valid YAML"),
        (
            "a: 010\n",
            "line 1, column 4: 010 is not a number in decimal digits; put it in quotes if it is a text",
        ),
        ("a: [1, 1:30]\n", "1:30 is not a number in decimal digits"),
        ("a: 0x1F\n", "0x1F is not a number"),
        ("a: 1_0.5\n", "1_0.5 is not a number"),
        ("010: a\n", "010 is not a number"),
        ("a: " + "9" * 5000, "a number with too many digits"),
        ("a: " + "[" * 3000 + "]" * 3000, "too deep to be read"),
    ],
)
def test_files_that_are_no_yaml(tmp_path, text, said):
    path = tmp_path / "file.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DictionaryError, match=said) as caught:
        read_yaml(path)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    "text", ["0", "-0", "+5", "7", "0.5", ".5", "5.", "1.5e-3", "1e+5", "1.0E+2", ".inf", "-.INF"]
)
def test_numbers_in_decimal_digits_are_read_as_yaml_reads_them(tmp_path, text):
    path = tmp_path / "file.yaml"
    path.write_text(f"a: {text}\n", encoding="utf-8")
    assert read_yaml(path) == yaml.safe_load(f"a: {text}")


def test_a_file_that_is_not_there_or_no_text(tmp_path):
    with pytest.raises(DictionaryError, match="cannot be read"):
        read_yaml(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes("a: ż".encode("cp1250"))
    with pytest.raises(DictionaryError, match="not UTF-8"):
        read_yaml(tmp_path / "latin.yaml")


def test_merged_keys_may_be_overridden(tmp_path):
    path = tmp_path / "file.yaml"
    path.write_text("a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\n")
    assert read_yaml(path)["b"] == {"x": 1, "y": 3}


_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*CART, "wheels", "size", "x"]), inner)
    ),
    max_leaves=12,
)


@pytest.mark.law
@settings(max_examples=200, deadline=None)
@given(_PLAIN)
def test_any_data_give_a_record_or_faults(data):
    faults: list[str] = []
    assert build(Cart, data, "cart", faults) is not None or faults


@pytest.mark.law
@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=40), st.text(alphabet="ab:-[]{}?!&*<|>'\"#\n %@0.", max_size=40).map(str.encode)
    )
)
def test_any_bytes_are_read_or_refused(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(data)
    try:
        read_yaml(path)
    except DictionaryError as error:
        assert str(path) in str(error)  # noqa: PT017 - either is right


@pytest.mark.parametrize("path", [dictionary_path(), ledger._PATH, finding._PATH], ids=lambda path: path.name)
def test_the_packages_own_files_say_the_same_to_both_loaders(path):
    assert read_yaml(path, shipped=True) == read_yaml(path)


def test_the_quick_loader_refuses_a_key_given_twice(tmp_path):
    (tmp_path / "f.yaml").write_text("a: 1\nb: 2\na: 3\n", encoding="utf-8")
    with pytest.raises(DictionaryError, match="given twice"):
        read_yaml(tmp_path / "f.yaml", shipped=True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &a [*a]", "refers to itself"),
        ("a: &a {b: {c: *a}}", "refers to itself"),
        ("a: &a\n  <<: *a\n  b: 1", "refers to itself"),
        (
            "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10) if n else 1}]\n" for n in range(30)),
            "unfolds to more",
        ),
    ],
)
def test_a_file_that_refers_to_itself_or_unfolds_without_end_is_refused(tmp_path, text, said):
    path = tmp_path / "mapping.yaml"
    path.write_text(text)
    with pytest.raises(DictionaryError, match=said):
        read_yaml(path)


def test_references_that_unfold_to_little_are_read(tmp_path):
    path = tmp_path / "mapping.yaml"
    path.write_text("a: &a {x: 1}\nb: *a\nc: [*a, *a]")
    assert read_yaml(path) == {"a": {"x": 1}, "b": {"x": 1}, "c": [{"x": 1}, {"x": 1}]}
