from io import BytesIO

from duonen_stats.raw.intake.readers.odm_definitions import Definitions
from duonen_stats.raw.intake.readers.safe_xml import read_xml

METADATA = """
<Study>
 <MeasurementUnit OID="MU_1" Name="10^9/L"><Symbol>
   <TranslatedText xml:lang="pl">G/l</TranslatedText><TranslatedText xml:lang="en">10*9/L</TranslatedText>
 </Symbol></MeasurementUnit>
 <MeasurementUnit OID="MU_2" Name="g/dL"/>
 <ItemDef OID="I_1" Name="PLT" DataType="float">
   <Question><TranslatedText xml:lang="en">Platelets</TranslatedText></Question>
   <MeasurementUnitRef MeasurementUnitOID="MU_1"/>
   <RangeCheck><CheckValue>0</CheckValue><MeasurementUnitRef MeasurementUnitOID="MU_2"/></RangeCheck>
 </ItemDef>
 <ItemDef OID="I_2" Name="HGB" DataType="float">
   <MeasurementUnitRef MeasurementUnitOID="MU_1"/><MeasurementUnitRef MeasurementUnitOID="MU_2"/>
 </ItemDef>
 <ItemDef OID="I_3" Name="SEX" DataType="text"><CodeListRef CodeListOID="CL_1"/></ItemDef>
 <ItemDef OID="I_4" Name="RESULT" DataType="text"><CodeListRef CodeListOID="CL_2"/></ItemDef>
 <ItemDef OID="I_5" Name="TERM" DataType="text"/>
 <CodeList OID="CL_1"><CodeListItem CodedValue="1">
   <Description><TranslatedText xml:lang="en">not this</TranslatedText></Description>
   <Decode><TranslatedText>Female</TranslatedText></Decode>
 </CodeListItem></CodeList>
 <CodeList OID="CL_2"><EnumeratedItem CodedValue="NA"/><EnumeratedItem CodedValue="CT"/></CodeList>
</Study>
"""


def _read() -> Definitions:
    definitions = Definitions()
    read_xml(BytesIO(METADATA.encode()), definitions.start, definitions.end, definitions.text)
    return definitions


def test_units_have_their_symbol_and_the_only_one_counts_if_none_is_stated():
    definitions = _read()
    assert definitions.unit("I_1", "") == "10*9/L"
    assert definitions.unit("I_1", "MU_2") == "g/dL"
    assert definitions.unit("I_2", "") == ""
    assert definitions.unit("I_2", "MU_9") == "MU_9"
    assert definitions.unit_labels() == {"10*9/L": "10^9/L"}


def test_code_lists_have_meanings_or_none():
    definitions = _read()
    assert definitions.labels("I_3") == {"1": "Female"}
    assert definitions.labels("I_4") == definitions.labels("I_5") == definitions.labels("I_9") == {}


def test_null_flavours_are_no_values_unless_they_can_be():
    definitions = _read()
    assert definitions.reason("I_1", "NASK") == "not asked"
    assert definitions.reason("I_3", "UNK") == "unknown"
    assert definitions.reason("I_4", "NA") == ""  # one of its codes
    assert definitions.reason("I_5", "NI") == ""  # a text like others
    assert definitions.reason("I_1", "1.5") == ""
