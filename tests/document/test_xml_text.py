from xml.etree import ElementTree as ET

from duonen_stats.document.xml_text import xml_text


def written(address):
    return xml_text(ET.Element(f"{{{address}}}root"), {"": address})


def test_a_document_does_not_take_the_prefix_of_another():
    assert written("urn:one") == '<root xmlns="urn:one" />'
    assert written("urn:two") == '<root xmlns="urn:two" />'
    assert written("urn:one") == '<root xmlns="urn:one" />'


def test_prefixes_are_those_asked_for():
    root = ET.Element("{urn:one}root", {"{urn:links}href": "#a"})
    assert xml_text(root, {"": "urn:one", "to": "urn:links"}) == (
        '<root xmlns="urn:one" xmlns:to="urn:links" to:href="#a" />'
    )
