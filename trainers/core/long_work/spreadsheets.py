"""Tables in text files, read as forgivingly as spreadsheets write them, and written so that none runs a cell.

Line numbers are those that an editor shows: empty lines count, and a row whose quoted cells hold line breaks
has the number of the line where it begins. Pure.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ..errors import DomainError

FIELD = "file"
SEPARATORS = (",", ";", "\t")
RUNS_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
LARGEST = 5 * 1024 * 1024
BOM = codecs.BOM_UTF8
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Column:
    name: str
    needed: bool = True


@dataclass(frozen=True)
class Row:
    """One row by the names of the columns asked for. `problem` says why it cannot be one."""

    line: int
    cells: dict[str, str]
    problem: str = ""


def read_table(data: bytes, columns: Sequence[Column], *, most: int) -> list[Row]:
    """The rows below the line that names the columns. Raises DomainError with a sentence for the whole file."""
    text = without_separator_line(decode(data))
    lines = records(text, separator_of(text, columns))
    named = next(lines, None)
    if named is None:
        raise refused("The file is empty. Choose the file again.")
    places = places_of(named[1], columns)
    rows = [as_row(line, cells, places, len(named[1])) for line, cells in islice(lines, most)]
    if not rows:
        raise refused("The file has no rows below the names of the columns.")
    more = sum(1 for _ in lines)  # counted, not kept: a small file may have millions
    if more:
        raise refused(f"The file has {most + more:,} rows. Split it into files of {most:,} rows at most.")
    return rows


def decode(data: bytes) -> str:
    """UTF-8 or UTF-16 when the file says so, UTF-8 when it fits, else Windows-1252, as older Excels write."""
    if len(data) > LARGEST:
        raise refused("The file is larger than 5 MB. Split it into smaller ones.")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise refused("This is a workbook. In your spreadsheet choose “Save as”, then CSV, and send that file.")
    if data.startswith(b"%PDF"):
        raise refused("This is a PDF, not a CSV file. Ask whoever made it for the list as CSV, and send that.")
    encodings = (
        ["utf-16"] if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ["utf-8-sig", "cp1252"]
    )
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        refuse_nul(text)
        return text
    raise refused("This is not a text file, or a damaged one. Save it as CSV (UTF-8) and send it again.")


def refuse_nul(text: str) -> None:
    at = text.find("\0")
    if at >= 0:
        line = len(_LINE_END.split(text[:at]))
        raise refused(f"Line {line} holds a NUL character. This is not a CSV file, or a damaged one.")


def without_separator_line(text: str) -> str:
    """Some spreadsheets write `sep=;` above everything. It stays as an empty line, so that the others count."""
    first, _, _ = text.partition("\n")
    return (
        text[len(first.rstrip("\r")) :] if first.lower().startswith("sep=") and len(first.strip()) <= 5 else text
    )


def separator_of(text: str, columns: Sequence[Column]) -> str:
    """The one with which the first line names most of the columns; then the one that stands there most often."""
    first = next((line for line in io.StringIO(text, newline=None) if line.strip()), "")

    def fitness(separator: str) -> tuple[int, int]:
        names = {plain(name.strip('"')) for name in first.split(separator)}
        return sum(plain(column.name) in names for column in columns), first.count(separator)

    return max(SEPARATORS, key=fitness)


def records(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """(number of its first line, cells) of each row in which anything stands. Raises DomainError."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise refused(f"Line {line}: a quotation mark is missing, or stands where none may be.") from error
        if cells is None:
            return
        stripped = [cell.strip() for cell in cells]
        if any(stripped):
            yield line, stripped


def places_of(names: Sequence[str], columns: Sequence[Column]) -> dict[str, int]:
    """Where each column stands. Raises DomainError for one that is missing or there twice."""
    known = [plain(name) for name in names]
    for column in columns:
        found = known.count(plain(column.name))
        if found > 1:
            raise refused(f"Two columns are named “{column.name}”. Keep one of them.")
        if column.needed and not found:
            listed = " and ".join(each.name for each in columns if each.needed)
            raise refused(f"The column “{column.name}” is missing. The first line must name the columns {listed}.")
    return {column.name: known.index(plain(column.name)) for column in columns if plain(column.name) in known}


def plain(name: str) -> str:
    """A column's name without what spreadsheets and people add: case, spaces, hyphens, underscores."""
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def as_row(line: int, cells: Sequence[str], places: dict[str, int], width: int) -> Row:
    found = {name: cells[place] if place < len(cells) else "" for name, place in places.items()}
    too_long = any(cells[width:])
    return Row(line, found, "The row has more cells than the first line has names." if too_long else "")


def refused(sentence: str) -> DomainError:
    return DomainError(sentence, field=FIELD)


# Writing


def write_rows(rows: Iterable[Sequence[object]]) -> bytes:
    """The rows as CSV in UTF-8. Put BOM in front of a file's first ones, or Excel takes them for Windows-1252."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


def harmless(cell: object) -> object:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front: it is shown, not run."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(RUNS_AS_FORMULA) else cell
