"""Units of laboratory values read by rule, whatever their spelling: UCUM is the reference, and a few habits are added.

A unit is a product of powers of ten, prefixes and a few bases (gram, mole, litre, unit of enzyme, katal, minute,
1.73 m² of body surface). What is not made of these, or can be read in two ways that differ, is not read at all.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import product
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class UnitReading:
    """One way to read a unit: ``scale`` times a product of bases, each with its power, in the order of their names.

    Bases are ``g``, ``mol``, ``L``, ``U`` (of enzyme), ``kat``, ``min`` and ``BSA`` (1.73 m² of body surface); a
    number of cells has none.
    """

    scale: Fraction
    bases: tuple[tuple[str, int], ...]


@cache
def unit_readings(text: str) -> tuple[UnitReading, ...]:
    """Read a unit.

    Parameters
    ----------
    text
        As a laboratory writes it.

    Returns
    -------
    tuple of UnitReading
        Each way to read it; none if it is not a unit of this kind. There are several where only what is measured
        decides: ``G/L`` is 10⁹ per litre of cells and, in capitals, gram per litre of haemoglobin.

    Examples
    --------
    >>> unit_readings("10³/µl") == unit_readings("10*9/L") == unit_readings("tys/mm3")
    True
    >>> unit_readings("mg%")
    (UnitReading(scale=Fraction(1, 100), bases=(('L', -1), ('g', 1))),)
    >>> unit_readings("L"), unit_readings("stone")
    ((UnitReading(scale=Fraction(1, 1), bases=(('L', 1),)),), ())
    """
    factors = _factors(_plain(text))
    if factors is None:
        return ()
    found = []
    for choice in product(*(readings for readings, _ in factors)):
        scale, bases = Fraction(1), dict[str, int]()
        for reading, (_, power) in zip(choice, factors, strict=True):
            scale *= reading.scale**power
            for base, times in reading.bases:
                bases[base] = bases.get(base, 0) + times * power
        kept = tuple(sorted((base, times) for base, times in bases.items() if times))
        found.append(UnitReading(scale, kept))
    return tuple(dict.fromkeys(found))


def unit_factor(text: str, own: Mapping[str, float]) -> float | None:
    """Find the factor that takes a value in a unit to the unit of what is measured.

    Parameters
    ----------
    text
        A unit, in any spelling.
    own
        Units that are known for it, one per dimension or more, with their factors.

    Returns
    -------
    float or None
        ``None`` if the unit cannot be read, is of another dimension than all of ``own``, or can be read in two ways
        that give different factors.

    Examples
    --------
    >>> unit_factor("mg/l", {"mg/dL": 1.0}), unit_factor("µmol/l", {"mg/dL": 1.0, "umol/L": 1 / 88.42})
    (0.1, 0.011309658448314861)
    >>> unit_factor("MU/L", {"U/L": 1.0}) is None  # mega or milli
    True
    """
    if text in own:
        return own[text]
    found = set()
    for reading in unit_readings(text):
        for name, factor in own.items():
            same = [known for known in unit_readings(name) if known.bases == reading.bases]
            if len(same) == 1:
                found.add(float(Fraction(factor) * reading.scale / same[0].scale))
                break  # of several known units of one dimension the first one stands for all
    return found.pop() if len(found) == 1 else None


# Characters: one sign for each thing that can be written with several.


_RAISED = MappingProxyType(dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+", strict=True)))
_SUPERSCRIPT = re.compile(f"[{''.join(_RAISED)}]+")
_SAME = MappingProxyType(
    str.maketrans(
        {
            "\u00b5": "u", "\u03bc": "u", "\u2215": "/", "\u2044": "/", "\u2212": "-", "\u2010": "-", "\u2011": "-",
            "\u2013": "-", "\u00b7": ".", "\u22c5": ".", "\u2219": ".", "\u2022": ".", "\u00d7": "x", "\u2715": "x",
            "\u2217": "*", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2113": "l",
        }
    )
)  # fmt: skip
_SURFACE = re.compile(
    r"[{(]?\s*1[.,]73[\s_*.]*(?:m\s*(?:\^|\*\*|\*)?\s*(?P<power>-?2)|sq\.?\s*m|m\s*kw\.?)\s*[)}]?",
    re.IGNORECASE,
)
_LONGEST = 40
"""A longer text is not a unit."""


def _plain(text: str) -> str:
    """Write a unit with ASCII characters: superscripts behind ``^``, the micro sign as u, body surface as ``BSA``."""
    if len(text) > _LONGEST:
        return "?"
    raised = _SUPERSCRIPT.sub(lambda run: "^" + "".join(_RAISED[sign] for sign in run[0]), text)
    plain = unicodedata.normalize("NFKC", raised.translate(_SAME)).translate(_SAME).strip()
    if plain[:1] + plain[-1:] in {"()", "[]"}:
        plain = plain[1:-1]
    surface = _SURFACE.sub(lambda found: " BSA" if (found["power"] or "2") == "2" else " BSA^-1", plain)
    without_notes = re.sub(r"\{[^{}]*\}", "", surface)
    return re.sub(r"(?<=\w)\s+per\s+", "/", without_notes, flags=re.IGNORECASE).strip()


# Factors: a number, a word for a number, or a base with its prefix.


_NUMBERS = (
    # x10^9, *10*9, 10**9, 10(9); what is multiplied by nothing is only in front
    re.compile(r"[xX*]?\s*10\s*(?:\^|\*\*|\*)\s*\(?\+?(?P<power>\d{1,2})\)?(?!\d)"),
    re.compile(r"[xX*]?\s*10\(\s*(?P<power>\d{1,2})\s*\)"),
    # 1e9, and 10E9, which means the same wherever a unit is meant
    re.compile(r"[xX*]?\s*10?[eE]\+?0?(?P<power>\d{1,2})(?!\d)"),
    # a digit that was raised once: 109/L
    re.compile(r"[xX*]?\s*10\s?(?P<power>[369]|12)\s*$"),
    re.compile(r"[xX*]?\s*1[., ']?(?P<zeros>000(?:[., ']?000)?)(?![\d.,])"),
    re.compile(r"1(?P<zeros>00)?(?![\d.,])"),
)
_CUBE = re.compile(
    r"(?:(?P<edge>[dcm])m\s*(?:\^|\*\*|\*)?\s*3|(?P<mm>cu\.?\s*mm|cmm)|(?P<cm>ccm|cc))(?![a-z0-9])",
    re.IGNORECASE,
)
_CUBES = MappingProxyType({"d": Fraction(1), "c": Fraction(1, 1000), "m": Fraction(1, 10**6)})
_WORD = re.compile(
    r"(?P<word>\[iu\]|[iju]\.\s?[mui]\.?|#|[^\W\d_]+\.?|%)(?:(?:\^|\*\*)?(?P<power>[-+]?\d))?", re.IGNORECASE
)
_MULTIPLIED = re.compile(r"\s*[.*]?\s*")

_THOUSAND, _MILLION = Fraction(10**3), Fraction(10**6)
_COUNTS = MappingProxyType(
    {
        "thou": _THOUSAND, "thous": _THOUSAND, "thousand": _THOUSAND, "thousands": _THOUSAND, "tys": _THOUSAND,
        "mln": _MILLION, "million": _MILLION, "millions": _MILLION, "mio": _MILLION, "giga": Fraction(10**9),
        "gpt": Fraction(10**9), "cells": Fraction(1), "cell": Fraction(1), "kom": Fraction(1), "#": Fraction(1),
    }
)  # fmt: skip
"""Words for numbers, whatever their case. ``M`` and ``mill`` are thousands to some and millions to others."""

_MILLI, _MICRO, _NANO = Fraction(1, 10**3), Fraction(1, 10**6), Fraction(1, 10**9)
_SMALL = MappingProxyType(
    {
        "": Fraction(1), "m": _MILLI, "milli": _MILLI, "u": _MICRO, "mc": _MICRO, "micro": _MICRO, "mikro": _MICRO,
        "n": _NANO, "nano": _NANO,
    }
)  # fmt: skip
_OF_VOLUME = MappingProxyType(
    {**_SMALL, "d": Fraction(1, 10), "deci": Fraction(1, 10), "c": Fraction(1, 100)}
)
_BASES: Mapping[str, tuple[str, Mapping[str, Fraction]]] = MappingProxyType(
    {
        "g": ("g", _SMALL), "gm": ("g", _SMALL), "gram": ("g", _SMALL), "grams": ("g", _SMALL),
        "mol": ("mol", _SMALL), "mole": ("mol", _SMALL), "moles": ("mol", _SMALL),
        "l": ("L", _OF_VOLUME), "litre": ("L", _OF_VOLUME), "liter": ("L", _OF_VOLUME), "litr": ("L", _OF_VOLUME),
        "kat": ("kat", _SMALL),
        "min": ("min", {"": Fraction(1)}), "minute": ("min", {"": Fraction(1)}),
        "s": ("min", {"": Fraction(1, 60)}), "sec": ("min", {"": Fraction(1, 60)}),
    }
)  # fmt: skip
"""Bases and their prefixes, whatever their case: nobody measures in megagrams, megamoles or megalitres."""

_ENZYME = re.compile(
    r"(?P<prefix>|m|k|u|n)(?:U|IU|iU|UI|E|IE|\[IU\]|\[iU\]|units?)|u|iu|j|[jJ]\.?\s?[mM]\.?|[iI]\.\s?[uU]\.?|[uU]\.\s?[iI]\.?"
)
"""Units of enzyme. Their prefix has a case: ``MU`` may be mega or milli, and is not read."""

_OF_ENZYME = MappingProxyType({**_SMALL, "k": _THOUSAND})


def _factors(plain: str) -> list[tuple[tuple[UnitReading, ...], int]] | None:
    """Split a unit into factors, each with its readings and its power; ``None`` if any of it cannot be read."""
    if plain.endswith("%") and plain[:-1].rstrip():  # mg% is an old spelling of mg/dL
        plain = f"{plain[:-1].rstrip()}/dL"
    parts = [part.strip() for part in plain.split("/")]
    if not plain or not all(parts[1:]):
        return None
    factors: list[tuple[tuple[UnitReading, ...], int]] = []
    for place, part in enumerate(parts):
        found = [*_of_part(part, lower=plain.islower())]
        if None in found:
            return None
        side = -1 if place else 1
        factors += [(readings, side * power) for readings, power in filter(None, found)]
    return factors


def _of_part(part: str, *, lower: bool) -> Iterator[tuple[tuple[UnitReading, ...], int] | None]:
    """Read what is between two slashes; ``None`` ends it where nothing is recognised."""
    place = 0
    while place < len(part):
        number = next((found for form in _NUMBERS if (found := form.match(part, place))), None)
        if number is not None:
            named = number.groupdict()
            power = (
                int(named["power"])
                if named.get("power")
                else len((named.get("zeros") or "").translate(_DIGITS))
            )
            yield (UnitReading(Fraction(10**power), ()),), 1
            place = number.end()
        elif (cube := _CUBE.match(part, place)) is not None:
            edge = (cube["edge"] or ("m" if cube["mm"] else "c")).lower()
            yield (UnitReading(_CUBES[edge], (("L", 1),)),), 1
            place = cube.end()
        elif (found := _WORD.match(part, place)) is not None and (
            readings := _named(found["word"], lower=lower)
        ):
            yield readings, int(found["power"] or 1)
            place = found.end()
        else:
            yield None
            return
        gap = _MULTIPLIED.match(part, place)
        place = gap.end() if gap else place


_DIGITS = str.maketrans("", "", "., '")


def _named(word: str, *, lower: bool) -> tuple[UnitReading, ...]:
    """Give what a word can mean; in a unit ``lower`` in all its letters the giga may be a small one."""
    if word == "BSA":
        return (UnitReading(Fraction(1), (("BSA", 1),)),)
    found = []
    enzyme = _ENZYME.fullmatch(word)
    if enzyme is not None:
        found.append(UnitReading(_OF_ENZYME[enzyme["prefix"] or ""], (("U", 1),)))
    plain = word.rstrip(".").casefold()
    if plain in _COUNTS:
        found.append(UnitReading(_COUNTS[plain], ()))
    if plain == "k":
        found.append(UnitReading(_THOUSAND, ()))
    if word.rstrip(".") in ({"G", "g"} if lower else {"G"}):
        found.append(UnitReading(Fraction(10**9), ()))
    for base, (name, prefixes) in _BASES.items():
        prefix = plain.removesuffix(base)
        if plain.endswith(base) and prefix in prefixes:
            found.append(UnitReading(prefixes[prefix], ((name, 1),)))
    return tuple(dict.fromkeys(found))
