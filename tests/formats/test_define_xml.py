from xml.etree import ElementTree as ET

import pytest

from duonen_stats.datasets.metadata.variables import DATASETS
from duonen_stats.formats.define_xml import define_xml

ODM = "{http://www.cdisc.org/ns/odm/v1.3}"
DEF = "{http://www.cdisc.org/ns/def/v2.1}"


@pytest.fixture(scope="module")
def root(datasets, study):
    data = define_xml(datasets, study, ending="xpt", made="2025-06-30T00:00:00")
    assert data == define_xml(datasets, study, ending="xpt", made="2025-06-30T00:00:00")
    return ET.fromstring(data)  # noqa: S314 - our own


def test_each_dataset_with_its_variables_in_order(root):
    groups = {one.get("Name"): one for one in root.iter(f"{ODM}ItemGroupDef")}
    assert list(groups) == list(DATASETS)
    items = {one.get("OID"): one for one in root.iter(f"{ODM}ItemDef")}
    for name, group in groups.items():
        named = [items[ref.get("ItemOID")].get("Name") for ref in group.iter(f"{ODM}ItemRef")]
        assert named == [variable.name for variable in DATASETS[name].variables]
        assert group.find(f"{DEF}leaf").get("{http://www.w3.org/1999/xlink}href") == f"{name.lower()}.xpt"


def test_label_type_length_origin_and_rule(root):
    items = {one.get("OID"): one for one in root.iter(f"{ODM}ItemDef")}
    change = items["IT.ADLB.CHG"]
    assert (change.get("DataType"), change.get("Length")) == ("float", "8")
    assert change.find(f"{ODM}Description/{ODM}TranslatedText").text == "Change from Baseline"
    assert change.find(f"{DEF}Origin").get("Type") == "Derived"
    assert items["IT.ADSL.SUBJID"].get("Length") == "6"
    assert items["IT.ADSL.SEX"].find(f"{DEF}Origin").get("Type") == "Predecessor"
    assert items["IT.ADSL.RANDDT"].get("Length") is None


def _used(root, attribute):
    return {one.get(attribute) for one in root.iter() if one.get(attribute)}


@pytest.mark.parametrize(
    ("reference", "element"),
    [
        ("ItemOID", f"{ODM}ItemDef"),
        ("MethodOID", f"{ODM}MethodDef"),
        ("CodeListOID", f"{ODM}CodeList"),
        ("WhereClauseOID", f"{DEF}WhereClauseDef"),
        ("ValueListOID", f"{DEF}ValueListDef"),
        (f"{DEF}ItemOID", f"{ODM}ItemDef"),
    ],
)
def test_no_reference_dangles_and_nothing_is_defined_twice(root, reference, element):
    defined = [one.get("OID") for one in root.iter(element)]
    assert len(defined) == len(set(defined))
    assert _used(root, reference) <= set(defined)
    assert _used(root, reference)


def test_values_by_parameter_and_the_mark_of_simulated_data(root):
    clauses = [one.text for one in root.iter(f"{ODM}CheckValue")]
    assert {"HGB", "KIDTOT", "A177LU"} <= set(clauses)
    assert "SIMULATED" in root.find(f"{ODM}Study/{ODM}GlobalVariables/{ODM}StudyName").text
    assert root.find(f"{ODM}Study/{ODM}MetaDataVersion").get(f"{DEF}DefineVersion") == "2.1.0"
