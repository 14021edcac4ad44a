"""XML as text, each document under prefixes of its own."""

from collections.abc import Mapping
from xml.etree import ElementTree as ET


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
        document to name the empty prefix takes it from all others: so it is stated anew for each.
    """
    for prefix, address in prefixes.items():
        ET.register_namespace(prefix, address)
    return ET.tostring(root, encoding="unicode")
