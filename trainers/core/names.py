"""Names and numbers as search, addresses and comparison see them. Pure."""

import re
import unicodedata

NO_SLUG = "trainer"
LONGEST_SLUG = 100

APOSTROPHES = "'’‘‛`´′＇ʹʻʼʽʾʿꞌ"

_NO_APOSTROPHES = dict.fromkeys(map(ord, APOSTROPHES))
_LETTERS = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ŧ": "t",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
    }
)
_LETTERS_BY_SIGN = {"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ħ": "h", "Ħ": "H", "ı": "i", "œ": "oe", "Œ": "OE"}
_TWO_LETTERS = {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"}
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_WRITTEN_OUT = str.maketrans(_TWO_LETTERS | {sign.upper(): both for sign, both in _TWO_LETTERS.items()})
_TYPOGRAPHIC = {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "•": "-", "€": "EUR"}


def fold(text: str) -> str:
    """One spelling for many: no case, accents, apostrophes or punctuation, single spaces.

    "Łukasz O’Brien-Müller" becomes "lukasz obrien muller". Signs that are letters' own parts in other
    scripts stay, because without them different names would fall together.
    """
    if text.isascii():
        return " ".join(_ASCII_WORD.findall(text.replace("'", "").replace("`", "").lower()))
    plain = unicodedata.normalize("NFKD", text.translate(_NO_APOSTROPHES)).casefold()
    plain = unicodedata.normalize("NFKD", plain).translate(_NO_APOSTROPHES).translate(_LETTERS)
    return " ".join("".join(map(_kept, plain)).split())


def _kept(sign: str) -> str:
    kind = unicodedata.category(sign)
    if "\u0300" <= sign <= "\u036f" or kind == "Cf":  # accents; signs without width
        return ""
    return sign if kind[0] in "LMN" else " "


def words(text: str) -> tuple[str, ...]:
    """The folded words, in order."""
    return tuple(fold(text).split())


def spellings(text: str) -> list[tuple[str, ...]]:
    """The folded words, in order, each in all the ways in which it may be written.

    "Jörg Müller" is jorg or joerg, muller or mueller. Only what has such a letter has a second spelling: nobody
    writes Miguel as Migul.
    """
    text = unicodedata.normalize("NFC", text)
    pairs = zip(words(text), words(text.translate(_WRITTEN_OUT)), strict=True)
    return [tuple(dict.fromkeys(pair)) for pair in pairs]


def slugify(name: str) -> str:
    """Lower-case ASCII words joined by hyphens, for /trainers/<slug>; never empty, 100 characters at most."""
    ascii_words = (re.sub(r"[^a-z0-9]", "", word) for word in words(name))
    return "-".join(filter(None, ascii_words))[:LONGEST_SLUG].strip("-") or NO_SLUG


def western(text: str) -> str:
    """The same in the letters of Western Europe (Latin-1), for where no others can be written.

    What has no such letter becomes "?"; marks that Latin-1 lacks are left out: Wałęsa is Walesa, Müller stays.
    """
    return "".join(_western(sign) for sign in unicodedata.normalize("NFC", text))


def _western(sign: str) -> str:
    if ord(sign) < 256:
        return sign if sign.isprintable() else " "
    if sign in _TYPOGRAPHIC:
        return _TYPOGRAPHIC[sign]
    plain = unicodedata.normalize("NFKD", sign)
    found = "".join(
        _LETTERS_BY_SIGN.get(each, each) for each in plain if unicodedata.category(each)[0] not in ("M", "C")
    )
    return found if found and all(ord(each) < 256 for each in found) else "?"


def number_key(text: str) -> str:
    """A certificate number for comparison: its letters in capitals and its digits, nothing else."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).upper()))


def last_four(number: str) -> str:
    """The part of a certificate number that the public sees; of a very short number, half of it."""
    key = number_key(number)
    return key[-4:] if len(key) > 4 else key[len(key) - len(key) // 2 :]
