"""What sources call the codes and units of the dictionary, in English and Polish, written without accents and signs."""

from collections.abc import Mapping
from types import MappingProxyType

LIMITS = (
    "reference range",
    "range",
    "normal range",
    "zakres referencyjny",
    "norma",
    "normy",
    "wartosci referencyjne",
    *(
        "zakres",
        "zakres norm",
        "zakres ref",
        "wartosc referencyjna",
        "przedzial referencyjny",
        "norma laboratorium",
    ),
    *(
        "reference interval",
        "ref range",
        "referenzbereich",
        "normbereich",
        "referencni meze",
        "referencni rozmezi",
    ),
    *("valori di riferimento", "intervallo di riferimento", "valeurs de reference"),
)

ANALYTES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "HGB": (
            "hgb",
            "hb",
            "hamoglobin",
            "emoglobina",
            "hemoglobine",
            "haemoglobin",
            "hemoglobin",
            "hemoglobina",
        ),
        "PLAT": (
            "thrombozyten",
            "piastrine",
            "plaquettes",
            "plat",
            "plt",
            "platelets",
            "platelet count",
            "plytki",
            "plytki krwi",
            "trombocyty",
        ),
        "WBC": (
            "leukozyten",
            "leucociti",
            "globuli bianchi",
            "leucocytes",
            "globules blancs",
            "wbc",
            "leukocytes",
            "white blood cells",
            "leukocyty",
            "krwinki biale",
            "leu",
        ),
        "NEUT": (
            "neut",
            "neu",
            "anc",
            *("neutrophile", "neutrofily", "neutrofili"),
            "neutrophils",
            "neutrofile",
            "neutrofile abs",
            "neutrocyty",
            "granulocyty obojetnochlonne",
        ),
        "LYMPH": (
            "lymphozyten",
            "lymfocyty",
            "linfociti",
            "lymph",
            "lym",
            "lymphocytes",
            "limfocyty",
            "limfocyty abs",
        ),
        "CREAT": (
            "kreatinin",
            "creatinina",
            "creat",
            "crea",
            "creatinine",
            "kreatynina",
            "kreatynina w surowicy",
        ),
        "EGFR": ("egfr", "gfr", "gfr wg ckd epi", "egfr ckd epi", "estimated gfr"),
        "ALT": ("alt", "alat", "gpt", "sgpt", "alanine aminotransferase"),
        "AST": ("ast", "aspat", "got", "sgot", "aspartate aminotransferase"),
        "BILI": (
            "bili",
            "tbil",
            *(
                "gesamtbilirubin",
                "bilirubin gesamt",
                "bilirubin celkovy",
                "bilirubina totale",
                "bilirubine totale",
            ),
            "total bilirubin",
            "bilirubin",
            "bilirubina",
            "bilirubina calkowita",
            "bilirubina calk",
        ),
        "RETIC": ("retic", "ret", "reticulocytes", "reticulocyte count", "retikulocyty"),
        "BLAST": ("blast", "blasts", "blasty"),
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

_SEVERITY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        grade: (*own, *(f"{word} {grade}" for word in ("st", "stopien", "grade", "gr", "ctcae")), f"g{grade}")
        for grade, own in {
            "1": ("i", "mild", "lagodne"),
            "2": ("ii", "moderate", "umiarkowane"),
            "3": ("iii", "severe", "ciezkie"),
            "4": ("iv", "life threatening", "zagrazajace zyciu"),
            "5": ("v", "death", "fatal", "zgon"),
        }.items()
    }
)
_RELATION: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Y": (
            "tak",
            "yes",
            "related",
            "possibly related",
            "probably related",
            "possible",
            "probable",
            "definite",
            *("mozliwy", "prawdopodobny", "pewny", "zwiazany", "mozliwe", "prawdopodobne", "pewne"),
        ),
        "N": (
            *("nie", "no", "not related", "unrelated", "unlikely", "unlikely related", "none"),
            *("brak", "brak zwiazku", "niezwiazany", "niezwiazane", "nieprawdopodobny", "malo prawdopodobny"),
        ),
    }
)
CODES: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "ARM": {arm: (f"ramie {arm.casefold()}",) for arm in "ABCD"},
        "SEX": {
            "F": (
                "k",
                "kobieta",
                "female",
                "woman",
                "weiblich",
                "frau",
                "w",
                "zena",
                "femmina",
                "donna",
                "femme",
            ),
            # "h" (hombre, homme) is none of them: beside it, M may be a woman.
            "M": ("m", "mezczyzna", "male", "man", "mannlich", "mann", "muz", "maschio", "uomo", "homme"),
        },
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
        "adverse_events.GRADE": _SEVERITY,
        "adverse_events.GRADEINI": _SEVERITY,
        "adverse_events.CATEGORY": {
            "ANEMIA": ("anaemia",),
            "THROMBOCYTOPENIA": ("platelet count decreased",),
            "DIARRHEA": ("diarrhoea",),
            "LEUKOPENIA_NEUTROPENIA": (
                "white blood cell count decreased",
                "white blood cell decreased",
                "neutrophil count decreased",
            ),
            "RENAL_IMPAIRMENT": ("blood creatinine increased", "creatinine increased"),
            "ABDOMINAL_DISCOMFORT": ("abdominal pain",),
        },
        "RELATED": _RELATION,
        "RELLU": _RELATION,
        "RELY90": _RELATION,
        "ACTION": {
            "NONE": ("dose not changed", "none", "bez zmian", "brak"),
            "REDUCED": ("dose reduced", "redukcja", "redukcja dawki", "zmniejszenie dawki"),
            "DELAYED": ("drug interrupted", "opoznienie", "odroczenie"),
            "DISCONTINUED": ("drug withdrawn", "zakonczenie leczenia", "przerwanie leczenia"),
            "NOT_APPLICABLE": ("not applicable", "nie dotyczy"),
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
            "SEQUELAE": ("recovered resolved with sequelae", "wyleczone z nastepstwami"),
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
        "DTHCAUSE": {
            "PROGRESSION": ("progression", "disease progression", "progresja", "progresja choroby"),
            "TOXICITY": ("toxicity", "toksycznosc"),
            "SECOND_NEOPLASM": ("second malignancy", "drugi nowotwor"),
            "OTHER": ("inna", "inne"),
            "UNKNOWN": ("nieznana",),
        },
        "CLASS": {
            "SOMATOSTATIN_ANALOGUE": ("analog somatostatyny", "ssa"),
            "CHEMOTHERAPY": ("chemioterapia",),
            "TARGETED": ("leczenie celowane", "terapia celowana"),
            "RADIOTHERAPY": ("radioterapia",),
            "SURGERY": ("operacja", "zabieg"),
            "GROWTH_FACTOR": ("czynnik wzrostu",),
            "TRANSFUSION": ("przetoczenie", "transfuzja"),
            "OTHER": ("inne", "inny"),
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
FOLLOW_UP = frozenset(
    {"f", "fu", "follow up", "followup", "late", "kontrola", "wizyta kontrolna", "obserwacja"}
)
"""What a visit of late follow-up is called, before its number."""
UNSCHEDULED = frozenset({"uns", "nieplanowa", "unscheduled", "unplanned", "dodatkowa"})
