"""The languages that trainers may say they work in: ISO 639 codes and English names, as forms offer them."""

FIRST = ("en", "es")
"""Because most people look for them."""
_BY_BIT = {
    "en": "English",
    "es": "Spanish",
    "ase": "American Sign Language",
    "ar": "Arabic",
    "zh": "Chinese",
    "nl": "Dutch",
    "tl": "Filipino",
    "fr": "French",
    "de": "German",
    "el": "Greek",
    "gu": "Gujarati",
    "ht": "Haitian Creole",
    "he": "Hebrew",
    "hi": "Hindi",
    "hmn": "Hmong",
    "it": "Italian",
    "ja": "Japanese",
    "km": "Khmer",
    "ko": "Korean",
    "nv": "Navajo",
    "fa": "Persian",
    "pl": "Polish",
    "pt": "Portuguese",
    "pa": "Punjabi",
    "ru": "Russian",
    "so": "Somali",
    "sw": "Swahili",
    "sv": "Swedish",
    "te": "Telugu",
    "th": "Thai",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
}
"""In the order in which they came: the search counts the first under bit 1. Add new ones at the end."""

BITS = {code: bit for bit, code in enumerate(_BY_BIT, start=1)}
LANGUAGES = {
    code: _BY_BIT[code] for code in (*FIRST, *sorted(_BY_BIT.keys() - set(FIRST), key=_BY_BIT.__getitem__))
}
"""Those of FIRST, then by name."""


def language_name(code: str) -> str:
    """The English name; the code itself for one that is not in the list any more."""
    return LANGUAGES.get(code, code)
