"""XML and SVG made fit to stand inside a page, and text of data made fit for it."""

import re
from collections.abc import Mapping
from xml.etree import ElementTree as ET

from duonen_stats.displays.model.content import PAGE, POINTS

# XML as text, each document under prefixes of its own.


def xml_text(root: ET.Element, prefixes: Mapping[str, str]) -> str:
    """Write an element and what is in it.

    Parameters
    ----------
    root
        The element.
    prefixes
        Address of the namespace by its prefix; the one without is ``""``.

    Returns
    -------
    str
        Without a declaration. The library keeps one register of prefixes for the whole process, in which the last
        document to name the empty prefix takes it from all others: so it is stated again for each.
    """
    for prefix, address in prefixes.items():
        ET.register_namespace(prefix, address)
    return ET.tostring(root, encoding="unicode")


# A matplotlib SVG made fit to stand inside a page: its own ids, no style sheet, numbers to click.


_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_ARD = "ard:"
_BROAD, _MIDDLE = 400.0, 300.0
"""Points of width from which on a drawing is not made as narrow as a telephone: of both columns, of one and a half."""
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_DROPPED = {f"{{{_SVG}}}metadata", f"{{{_SVG}}}style", f"{{{_SVG}}}script", f"{{{_SVG}}}title"}
_FAMILY = "DejaVu Sans"


def anchor(key: str) -> str:
    """Turn the key of a section, display or listing into the id of its element.

    Examples
    --------
    >>> anchor("patient_PL01.007")
    'patient_PL01-007'
    """
    return re.sub(r"[^A-Za-z0-9_-]+", "-", key)


def inline_svg(svg: str, *, prefix: str, alt: str, names: Mapping[str, str] | None = None) -> str:
    """Return a drawing as one ``<svg>`` element for HTML.

    Parameters
    ----------
    svg
        SVG text as matplotlib writes it, with text kept as text.
    prefix
        Put before every id, so that two drawings on a page do not share one.
    alt
        What the drawing shows, for readers who cannot see it.
    names
        For the key of each display of the page what it is called. A point that leads to a display is a link of that
        name; one that leads to another display leads nowhere.

    Returns
    -------
    str
        No prolog, no style sheet and no ``style`` attribute (a strict content security policy refuses them);
        ``id="ard:X"`` has become ``data-ard="X"``, and of points likewise ``data-points``; the size is left to the
        page, the proportions are kept. A drawing with links is a group: what is within an image cannot be reached.
    """
    root = ET.fromstring(svg)  # noqa: S314 - drawn by our own matplotlib, never read from outside
    _drop(root)
    for element in root.iter():
        _plain_attributes(element)
        _own_ids(element, prefix)
    links = [_name_link(element, names or {}) for element in root.iter(f"{{{_SVG}}}a")]
    if (width := figure_size(svg)[0]) > _MIDDLE:
        root.set("class", "broad" if width > _BROAD else "middle")
    for size in ("width", "height"):
        root.attrib.pop(size, None)
    root.attrib.update(
        {
            "role": "group" if any(links) else "img",
            "aria-label": alt,
            "focusable": "false",
            # What matplotlib's style sheet says for every element; sheets of a page have no bounds.
            "stroke-linejoin": "round",
            "stroke-linecap": "butt",
        }
    )
    return xml_text(root, {"": _SVG}).strip()


def figure_size(svg: str) -> tuple[float, float]:
    """Width and height of a drawing in points, from its ``viewBox``."""
    box = re.search(r'viewBox="([^"]+)"', svg)
    if box is None:
        raise ValueError("an SVG without a viewBox")
    _, _, width, height = (float(part) for part in box.group(1).split())
    return width, height


def _drop(element: ET.Element) -> None:
    for child in list(element):
        if child.tag in _DROPPED:
            element.remove(child)
        else:
            _drop(child)


def _plain_attributes(element: ET.Element) -> None:
    """Turn ``style="fill: none"`` into ``fill="none"`` and ``xlink:href`` into ``href``."""
    for declaration in element.attrib.pop("style", "").split(";"):
        name, _, value = declaration.partition(":")
        if name.strip() and not (name.strip() == "font-family" and _FAMILY in value.split(",")[0]):
            element.set(name.strip(), value.strip())
    href = element.attrib.pop(f"{{{_XLINK}}}href", None)
    if href is not None:
        element.set("href", href)
    for name in [name for name in element.attrib if name.lower().startswith("on")]:
        del element.attrib[name]


def _name_link(element: ET.Element, names: Mapping[str, str]) -> bool:
    """Let a point lead to a display of the same page, by its name; return whether the page has it."""
    address = element.attrib.pop("href", "")
    element.attrib.pop("target", None)
    key = address.removeprefix(PAGE)
    if not address.startswith(PAGE) or key not in names:
        element.tag = f"{{{_SVG}}}g"
        return False
    element.attrib.update({"href": f"#{anchor(key)}", "aria-label": names[key]})
    return True


def _own_ids(element: ET.Element, prefix: str) -> None:
    identity = element.attrib.pop("id", "")
    if identity.startswith(_ARD):
        element.set("data-ard", identity.removeprefix(_ARD))
    elif identity.startswith(POINTS):
        element.set("data-points", identity.removeprefix(POINTS))
    elif identity:
        element.set("id", f"{prefix}-{identity}")
    for name, value in element.attrib.items():
        if name == "href" and value.startswith("#"):
            element.set(name, f"#{prefix}-{value[1:]}")
        elif "url(#" in value and name not in {"id", "data-ard", "aria-label"}:
            element.set(name, _REFERENCE.sub(rf"url(#{prefix}-\1)", value))


# Text of data made fit for a page: signs that cannot be seen, or that turn the order of others, are
# replaced.


# Control characters but tab and line feed, halves of surrogate pairs, what is no character, and the signs that
# override the direction of writing, so that what is read is not what is there.
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def printable(text: str) -> str:
    """Replace each character that no font shows, and each that reorders others, by the sign for an unknown one."""
    return _UNPRINTABLE.sub("\ufffd", text)
