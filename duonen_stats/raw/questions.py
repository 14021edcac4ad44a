"""Questions to a centre or to data management: the sentences of the query listing, each used by several rules."""

WHO_ANSWERS = "Errors and warnings need an answer. A note needs one only where something has to be corrected."
"""Which findings a centre has to answer: said above each listing, and in the pages that explain severities."""

EXPORT_AGAIN = "Data management: export the table again, whole and in the form of the data dictionary."
CONFIRM_NOT_NEEDED = "Data management: confirm that this is not needed for the analysis."
CORRECT_ENTRY = "Please correct the entry against the source document."
ENTER_VALUE = "Please enter the value, or confirm that it was not recorded."
SAY_WHICH_RECORD = "Please say which of the records is right; the other will be deleted."
CORRECT_SPELLING = (
    "Please correct the spelling of the patient's identifier, or say which of the records is right."
)
CORRECT_IDENTIFIER = (
    "Please correct the patient's identifier, or enter the patient in the table of randomised patients."
)
CHECK_DATE = "Please check the date against the source document and correct it."
SEND_RECORDS = "Please send the records of the table for this patient, or confirm that there are none."
COUNT_PATIENTS = "Data management: count the patients and centres against the randomisation list."
CONFIRM_BASELINE = "Please confirm the values at baseline; if they are right, report a protocol deviation."
CHECK_CYCLE = (
    "Please check cycle and visit against the source document; enter the administration if it was given."
)
CHECK_ACTIVITY = (
    "Please check isotope, activity and its unit (MBq) against the record of the radiopharmacy, and the arm."
)
GIVE_REASON = "Please give the reason for the activity as it was decided."
CONFIRM_CONTINUATION = (
    "Please confirm, and say why treatment went on; if it is right, report a protocol deviation."
)
CONFIRM_DOSE = "Please confirm the dose with the dosimetrist."
CHECK_LABORATORY = "Please check the value and its unit against the laboratory's report."
CHECK_EVENT = "Please check the event against the source document and make its entries agree."
CHECK_SPELLING_OF_TERM = (
    "Please correct the spelling of the term, or confirm that another event than the usual one is meant."
)
CHECK_START_OF_EVENT = (
    "Please check the date against the source document and correct it, or confirm that the event began before "
    "treatment; what began before consent belongs to the medical history."
)
CHECK_NO_EVENTS = (
    "Data management: check that the export is whole. If so, ask the centres to confirm that there was none."
)
CHECK_END_OF_TREATMENT = "Please check how treatment ended and make the entries agree."
CONFIRM_STATUS = "Please confirm the status of the patient and the date."
CHECK_RESPONSE = "Please check the response against the report of the imaging."
RETYPE_TEXT = "Please retype the text, without formatting and without the identifier of a patient."
