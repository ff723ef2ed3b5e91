"""The languages that trainers may say they work in: ISO 639 codes and English names, as forms offer them."""

LANGUAGES = {
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
"""English and Spanish first, because most people look for them; the others by name."""


def language_name(code: str) -> str:
    """The English name; the code itself for one that is not in the list any more."""
    return LANGUAGES.get(code, code)
