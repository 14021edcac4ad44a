"""What sources call the things of the dictionary, in English and Polish, written without accents and signs.

Names of CDASH and SDTM are among them, as EDC systems use those.
"""

from collections.abc import Mapping
from types import MappingProxyType

COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "SUBJID": (
            "subject id",
            "subject",
            "subjid",
            "usubjid",
            "patient",
            "patient id",
            "patient no",
            "patient number",
            "participant id",
            "studysubjectid",
            "subj no",
            "pacjent",
            "nr pacjenta",
            "numer pacjenta",
            "id pacjenta",
            "numer",
            "pid",
        ),
        "SITEID": ("site", "centre", "center", "site id", "osrodek", "nr osrodka"),
        "RANDDT": (
            "randomisation date",
            "randomization date",
            "date of randomisation",
            "randomized on",
            "randomised on",
            "rand date",
            "data randomizacji",
        ),
        "ARM": (
            "arm",
            "treatment arm",
            "rand arm",
            "ramie",
            "randomised to",
            "randomization group",
            "arm of treatment",
        ),
        "AGE": ("age", "wiek", "age at randomisation"),
        "SEX": ("sex", "gender", "plec"),
        "RACE": ("race", "rasa"),
        "BMI": ("bmi", "body mass index"),
        "PRIMSITE": (
            "primary site",
            "primary tumour",
            "prim site",
            "ognisko pierwotne",
            "ognisko",
            "lokalizacja guza",
        ),
        "subjects.GRADE": ("grade", "tumour grade", "g", "stopien", "stopien guza", "stopien zlosliwosci"),
        "adverse_events.GRADE": (
            "aetoxgr",
            "aesev",
            "grade",
            "severity",
            "ctcae grade",
            "toxicity grade",
            "ae grade",
            "stopien",
            "nasilenie",
            "stopien ctcae",
        ),
        "KI67": ("ki 67", "ki67", "ki 67 index"),
        "METLIV": ("liver", "liver metastases", "watroba", "przerzuty watroba", "przerzuty do watroby"),
        "METLN": ("lymph nodes", "nodes", "wezly", "wezly chlonne", "przerzuty wezly"),
        "METBON": ("bone", "bones", "bone metastases", "kosci", "przerzuty kosci"),
        "METOTH": ("other metastases", "inne", "inne przerzuty", "przerzuty inne"),
        "KPS": ("kps", "karnofsky", "performance status"),
        "DXDUR": (
            "months since diagnosis",
            "lata od rozpoznania",
            "czas od rozpoznania",
            "years since diagnosis",
            "dx months",
            "miesiace od rozpoznania",
            "time since diagnosis",
        ),
        "CYCLE": ("cycle", "course", "cykl", "nr cyklu", "kurs", "nr kursu"),
        "EXDT": (
            "exstdat",
            "exstdtc",
            "infdat",
            "infdtm",
            "date of administration",
            "administration date",
            "adm start",
            "data podania",
            "dzien podania",
            "treatment date",
        ),
        "administrations.REASON": (
            "reason",
            "adm reason",
            "reason for activity",
            "powod",
            "powod aktywnosci",
            "uzasadnienie aktywnosci",
            "uzasadnienie",
        ),
        "disposition.REASON": ("reason", "eot reason", "reason for discontinuation", "powod zakonczenia"),
        "ORGAN": ("organ", "narzad"),
        "ISOTOPE": ("isotope", "radionuclide", "nuclide", "izotop"),
        "DOSE_GY": ("absorbed dose", "dose", "dawka", "dawka pochlonieta"),
        "VISIT": ("visit", "wizyta", "timepoint", "time point"),
        "LBDT": (
            "lbdat",
            "lbdtc",
            "sampdt",
            "sampdat",
            "date of sampling",
            "sampling date",
            "collection date",
            "sample date",
            "lb date",
            "data pobrania",
            "data badania",
            "data",
            "date",
        ),
        "ANALYTE": (
            "lbtest",
            "lbtestcd",
            "analyte",
            "test",
            "parameter",
            "test name",
            "badanie",
            "nazwa badania",
            "parametr",
        ),
        "VALUE": ("lborres", "value", "result", "wynik", "wartosc"),
        "UNIT": ("lborresu", "unit", "units", "jednostka", "jedn"),
        "LLN": (
            "lbornrlo",
            "lln",
            "lower limit",
            "lower limit of normal",
            "dolna granica",
            "norma od",
            "min",
        ),
        "ULN": (
            "lbornrhi",
            "uln",
            "upper limit",
            "upper limit of normal",
            "gorna granica",
            "norma do",
            "max",
        ),
        "LABORATORY": ("lbnam", "labname", "laboratory", "lab", "lb lab", "laboratorium"),
        "AESEQ": ("ae no", "ae number", "event no", "number", "nr zdarzenia", "lp"),
        "TERM": (
            "aeterm",
            "reported term",
            "verbatim term",
            "event",
            "ae term",
            "adverse event",
            "zdarzenie",
            "opis zdarzenia",
        ),
        "CATEGORY": ("aecat", "preferred term", "category", "ae cat", "kategoria"),
        "STARTDT": (
            "aestdat",
            "aestdtc",
            "start date",
            "onset date",
            "onset",
            "ae start",
            "data poczatku",
            "poczatek",
            "data rozpoczecia",
        ),
        "ENDDT": (
            "aeendat",
            "aeendtc",
            "stop date",
            "end date",
            "ae end",
            "resolution date",
            "data konca",
            "koniec",
            "ae stop",
            "data zakonczenia",
        ),
        "RELATED": ("aerel", "relationship", "related", "causality", "zwiazek", "zwiazek z leczeniem"),
        "SERIOUS": ("aeser", "serious", "sae", "ae serious", "ciezkie"),
        "ACTION": ("aeacn", "action taken", "action", "ae action", "dzialanie", "postepowanie"),
        "OUTCOME": ("aeout", "outcome", "ae outcome", "wynik zdarzenia", "zejscie"),
        "disposition.STATUS": ("status", "eot status", "end of treatment", "status leczenia"),
        "DSDT": (
            "dsstdat",
            "eotdat",
            "eot date",
            "end of treatment date",
            "data zakonczenia leczenia",
            "data zakonczenia",
        ),
        "DETAIL": ("details", "eot detail", "szczegoly"),
        "ASSESSDT": (
            "rsdat",
            "trdat",
            "tudat",
            "assessment date",
            "scan date",
            "tu date",
            "date of assessment",
            "data badania obrazowego",
            "data oceny",
        ),
        "METHOD": ("method", "modality", "tu method", "metoda"),
        "SUMDIAM": ("sum of diameters", "sld", "tu sum", "suma srednic", "suma wymiarow"),
        "NEWLESION": ("newles", "new lesion", "new lesions", "tu new", "nowa zmiana", "nowe zmiany"),
        "RESPONSE": ("rsorres", "ovrlresp", "response", "overall response", "tu resp", "odpowiedz"),
        "follow_up.STATUS": (
            "survstat",
            "vitstat",
            "vital status",
            "survival status",
            "fu status",
            "status",
            "stan",
            "stan pacjenta",
        ),
        "LASTDT": (
            "lastdat",
            "last contact",
            "last contact death",
            "last seen",
            "fu last",
            "ostatni kontakt",
        ),
        "DEATHDT": ("dthdat", "dthdtc", "date of death", "death date", "fu death", "data zgonu"),
        "NEWTRTDT": ("next therapy from", "new treatment date", "fu new date", "data nowego leczenia"),
        "NEWTRT": ("next therapy", "new treatment", "fu new", "nowe leczenie"),
    }
)
"""Names by column, or by table and column where one name is in several tables."""

LIMITS = (
    "reference range",
    "range",
    "normal range",
    "zakres referencyjny",
    "norma",
    "normy",
    "wartosci referencyjne",
)

ANALYTES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "HGB": ("hgb", "hb", "haemoglobin", "hemoglobin", "hemoglobina"),
        "PLAT": ("plat", "plt", "platelets", "platelet count", "plytki", "plytki krwi", "trombocyty"),
        "WBC": ("wbc", "leukocytes", "white blood cells", "leukocyty", "krwinki biale", "leu"),
        "NEUT": (
            "neut",
            "neu",
            "anc",
            "neutrophils",
            "neutrofile",
            "neutrofile abs",
            "neutrocyty",
            "granulocyty obojetnochlonne",
        ),
        "LYMPH": ("lymph", "lym", "lymphocytes", "limfocyty", "limfocyty abs"),
        "CREAT": ("creat", "crea", "creatinine", "kreatynina", "kreatynina w surowicy"),
        "EGFR": ("egfr", "gfr", "gfr wg ckd epi", "egfr ckd epi", "estimated gfr"),
        "ALT": ("alt", "alat", "gpt", "sgpt", "alanine aminotransferase"),
        "AST": ("ast", "aspat", "got", "sgot", "aspartate aminotransferase"),
        "BILI": (
            "bili",
            "tbil",
            "total bilirubin",
            "bilirubin",
            "bilirubina",
            "bilirubina calkowita",
            "bilirubina calk",
        ),
    }
)

ISOTOPES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"LU177": ("177lu", "lu177", "lu 177", "lu"), "Y90": ("90y", "y90", "y 90", "y")}
)
ORGANS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"KIDNEY": ("kidney", "kidneys", "kid", "nerka", "nerki"), "MARROW": ("marrow", "bm", "szpik")}
)
NOT_THE_DOSE = frozenset({"l", "p", "r", "left", "right", "lewa", "prawa"})
"""Words of one kidney of two: their mean is the dose of the organ."""
NOT_GIVEN = frozenset({"przygotowana", "resztka", "prepared", "rest", "residual", "planned", "planowana"})
"""Words of activities that are not those given."""

CODES: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "ARM": {arm: (f"ramie {arm.casefold()}",) for arm in "ABCD"},
        "SEX": {"F": ("k", "kobieta", "female", "woman"), "M": ("m", "mezczyzna", "male", "man")},
        "RACE": {"CAUCASIAN": ("biala", "white"), "BLACK": ("czarna",), "ASIAN": ("azjatycka", "zolta")},
        "PRIMSITE": {
            "MIDGUT": ("jelito srodkowe", "jelito cienkie", "small bowel"),
            "PANCREAS": ("trzustka",),
            "STOMACH": ("zoladek",),
            "HINDGUT": ("jelito koncowe", "jelito tylne", "jelito grube", "odbytnica"),
            "OTHER": ("inne", "inne nieznane", "unknown"),
        },
        "YES_NO": {
            "Y": ("tak", "yes", "t", "true", "checked"),
            "N": ("nie", "no", "n", "false", "unchecked"),
        },
        "administrations.REASON": {
            "PLANNED": ("zgodnie z planem", "wg planu", "wedlug planu", "planowa", "as planned"),
            "DOSIMETRY_INCREASE": ("zwiekszenie po dozymetrii", "zwiekszenie dozymetria"),
            "DOSIMETRY_REDUCTION": ("redukcja po dozymetrii", "redukcja dozymetria"),
            "TOXICITY": ("toksycznosc",),
            "OTHER": ("inny", "inne"),
        },
        "adverse_events.GRADE": {
            "1": ("i", "mild", "lagodne"),
            "2": ("ii", "moderate", "umiarkowane"),
            "3": ("iii", "severe", "ciezkie"),
            "4": ("iv", "life threatening", "zagrazajace zyciu"),
            "5": ("v", "death", "fatal", "zgon"),
        },
        "CATEGORY": {
            "ANEMIA": ("anaemia",),
            "THROMBOCYTOPENIA": ("platelet count decreased",),
            "DIARRHEA": ("diarrhoea",),
            "LEUKOPENIA_NEUTROPENIA": ("white blood cell count decreased", "neutrophil count decreased"),
            "RENAL_IMPAIRMENT": ("blood creatinine increased",),
        },
        "RELATED": {
            "Y": (
                "tak",
                "yes",
                "related",
                "possibly related",
                "probably related",
                "possible",
                "probable",
                "definite",
            ),
            "N": ("nie", "no", "not related", "unrelated", "unlikely", "unlikely related"),
        },
        "ACTION": {
            "NONE": ("dose not changed", "none", "bez zmian", "brak"),
            "REDUCED": ("dose reduced", "redukcja", "redukcja dawki", "zmniejszenie dawki"),
            "DELAYED": ("drug interrupted", "opoznienie", "odroczenie"),
            "DISCONTINUED": ("drug withdrawn", "zakonczenie leczenia", "przerwanie leczenia"),
        },
        "OUTCOME": {
            "RECOVERED": ("recovered resolved", "resolved", "ustapilo", "wyleczone", "powrot do zdrowia"),
            "RECOVERING": ("recovering resolving", "resolving", "ustepuje", "w trakcie ustepowania"),
            "NOT_RECOVERED": (
                "not recovered not resolved",
                "not resolved",
                "ongoing",
                "nie ustapilo",
                "trwa",
            ),
            "FATAL": ("zgon", "smiertelne"),
            "UNKNOWN": ("nieznany", "nieznane"),
        },
        "disposition.STATUS": {
            "COMPLETED": ("ukonczone", "zakonczone zgodnie z planem"),
            "DISCONTINUED": ("przerwane", "zakonczone przedwczesnie"),
            "ONGOING": ("w trakcie", "trwa"),
        },
        "disposition.REASON": {
            "ADVERSE_EVENT": ("zdarzenie niepozadane",),
            "STOPPING_RULE": ("kryterium przerwania", "regula przerwania"),
            "PROGRESSION": ("progresja", "progresja choroby"),
            "DEATH": ("zgon",),
            "WITHDRAWAL": ("wycofanie zgody", "rezygnacja"),
            "OTHER": ("inne", "inny"),
        },
        "METHOD": {"CT": ("tk", "tomografia"), "MRI": ("mr", "rezonans")},
        "follow_up.STATUS": {
            "LOST": ("ltfu", "lost to follow up", "utracony", "utracona", "utracony z obserwacji"),
            "DEAD": ("died", "zgon", "zmarl", "zmarla", "zmarl a", "nie zyje"),
            "ALIVE": ("zyje",),
        },
    }
)
"""Words for codes, by column, or by table and column; those of every column of yes and no are under ``YES_NO``."""

TOTALS = frozenset({"suma", "razem", "total", "sum", "mean", "srednia"})
"""What stands for a cycle or visit in a row of totals."""
EMPTY = frozenset({"ongoing", "trwa", "k m", "m k", "both", "oboje"})
"""What stands for an empty cell: an event without an end, a range for both sexes."""
BEFORE = frozenset({"przed", "before", "pre"})
AFTER = frozenset({"po", "after", "post"})
UNSCHEDULED = frozenset({"uns", "nieplanowa", "unscheduled", "unplanned", "dodatkowa"})
