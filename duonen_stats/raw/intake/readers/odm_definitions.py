"""The definitions of a CDISC ODM file: what its items, code lists and units are called, and what they hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field

_MISSING = {
    "NI": "no information",
    "NA": "not applicable",
    "UNK": "unknown",
    "NASK": "not asked",
    "NAV": "not available",
    "ASKU": "asked but unknown",
    "NP": "not present",
    "MSK": "masked",
}
"""Null flavours, which stand for a value in items of any type, and their reasons."""

_TEXT = frozenset({"", "text", "string", "URI", "base64Binary", "hexBinary"})
_DATES = frozenset(
    {
        *("date", "datetime", "partialDate", "partialDatetime", "incompleteDate", "incompleteDatetime"),
    }
)


@dataclass(slots=True)
class ItemDefinition:
    """An item: its name, its type, the units it may have, and its code list."""

    name: str
    type: str = ""
    units: list[str] = field(default_factory=list)
    code_list: str = ""

    @property
    def is_date(self) -> bool:
        """Whether its values are dates, with or without a time of day, or parts of dates."""
        return self.type in _DATES


class Definitions:
    """Collects the definitions of a file as its elements come.

    ``items`` are by their OID; ``code_lists`` have the meaning of each coded value, empty if it has none;
    ``units`` have the symbol and the name of each unit.
    """

    def __init__(self) -> None:
        self.items: dict[str, ItemDefinition] = {}
        self.code_lists: dict[str, dict[str, str]] = {}
        self.units: dict[str, tuple[str, str]] = {}
        self._item: ItemDefinition | None = None
        self._codes: dict[str, str] | None = None
        self._coded = ""
        self._unit = ""
        self._language = ""
        self._within = ""
        self._text: list[str] | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take the start of an element."""
        if name == "ItemDef":
            # Several versions of the metadata may define an item; the last counts, as the newest.
            oid = attributes.get("OID", "")
            self._item = ItemDefinition(attributes.get("Name", ""), attributes.get("DataType", ""))
            self.items[oid] = self._item
        elif name in {"RangeCheck", "Decode", "Symbol"}:
            self._within = name
        elif name == "MeasurementUnitRef" and self._item is not None and self._within != "RangeCheck":
            self._item.units.append(attributes.get("MeasurementUnitOID", ""))
        elif name == "CodeListRef" and self._item is not None:
            self._item.code_list = attributes.get("CodeListOID", "")
        elif name == "CodeList":
            self._codes = self.code_lists.setdefault(attributes.get("OID", ""), {})
        elif name in {"CodeListItem", "EnumeratedItem"} and self._codes is not None:
            self._coded = attributes.get("CodedValue", "")
            self._codes[self._coded] = ""
        elif name == "MeasurementUnit":
            self._unit = attributes.get("OID", "")
            self.units[self._unit] = ("", attributes.get("Name", ""))
        elif name == "TranslatedText" and self._within in {"Decode", "Symbol"}:
            self._text = []
            self._language = attributes.get("lang", "")

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name == "TranslatedText" and self._text is not None:
            self._translated("".join(self._text).strip())
            self._text = None
        elif name == self._within:
            self._within = ""
        elif name == "ItemDef":
            self._item = None
        elif name == "CodeList":
            self._codes = None
        elif name in {"CodeListItem", "EnumeratedItem"}:
            self._coded = ""
        elif name == "MeasurementUnit":
            self._unit = ""

    def text(self, piece: str) -> None:
        """Take a piece of text."""
        if self._text is not None:
            self._text.append(piece)

    def _translated(self, text: str) -> None:
        """Keep the first translation, or the English one, as the codes of the dictionary have English labels."""
        if self._codes is not None and self._coded:
            if not self._codes[self._coded] or self._language.startswith("en"):
                self._codes[self._coded] = text
        elif self._unit:
            symbol, name = self.units[self._unit]
            if not symbol or self._language.startswith("en"):
                self.units[self._unit] = (text, name)

    def labels(self, oid: str) -> dict[str, str]:
        """Give the meaning of each coded value of an item that has one."""
        item = self.items.get(oid)
        codes = self.code_lists.get(item.code_list, {}) if item is not None else {}
        return {value: label for value, label in codes.items() if label}

    def unit(self, oid: str, stated: str) -> str:
        """Name the unit of a value: the one that is stated with it, or the only one its item can have."""
        item = self.items.get(oid)
        own = stated or (item.units[0] if item is not None and len(item.units) == 1 else "")
        symbol, name = self.units.get(own, ("", ""))
        return symbol or name or own

    def unit_labels(self) -> dict[str, str]:
        """Give the name of each unit by its symbol, where they differ."""
        return {symbol: name for symbol, name in self.units.values() if symbol and name and symbol != name}

    def reason(self, oid: str, value: str) -> str:
        """Say why a value is missing if it is a null flavour; empty if it is a value.

        In an item of text without a code list, and where the code list has it, it is a text like others.
        """
        reason = _MISSING.get(value, "")
        if not reason:
            return ""
        item = self.items.get(oid, ItemDefinition(""))
        codes = self.code_lists.get(item.code_list, {})
        return reason if value not in codes and (codes or item.type not in _TEXT) else ""
