"""Reading what spreadsheets write, whatever they write, and writing what they may open."""

import csv
import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainers.core.errors import DomainError
from trainers.core.long_work.spreadsheets import BOM, LARGEST, Column, harmless, read_table, write_rows

COLUMNS = (Column("address"), Column("reason"), Column("date", needed=False))
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


def read(text: str | bytes, most: int = 100) -> list[tuple[int, dict[str, str]]]:
    data = text if isinstance(text, bytes) else text.encode()
    return [(row.line, row.cells) for row in read_table(data, COLUMNS, most=most)]


def sentence(text: str | bytes, most: int = 100) -> str:
    with pytest.raises(DomainError) as caught:
        read(text, most)
    assert caught.value.field == "file"
    return caught.value.sentence


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_separators_line_ends_and_encodings_are_found_out(separator: str, end: str, encoding: str) -> None:
    lines = [["address", "reason"], ["jörg@example.org", "bounced"], ["b@example.org", "complained"]]
    text = end.join(separator.join(line) for line in lines)
    assert read(text.encode(encoding)) == [
        (2, {"address": "jörg@example.org", "reason": "bounced"}),
        (3, {"address": "b@example.org", "reason": "complained"}),
    ]


def test_names_of_columns_match_without_case_spaces_and_hyphens_and_others_are_passed_over() -> None:
    assert read('"Re-Ason";Sent by; ADD RESS \nbounced;x;a@b.example') == [
        (2, {"address": "a@b.example", "reason": "bounced"})
    ]


def test_a_separator_inside_the_first_line_does_not_win_over_the_one_that_names_the_columns() -> None:
    assert read("address;reason;notes, remarks, and, more\na@b.example;bounced;") == [
        (2, {"address": "a@b.example", "reason": "bounced"})
    ]


def test_empty_lines_are_passed_over_and_counted() -> None:
    found = read("\n\naddress,reason\n\na@b.example,bounced\n,,\n  \nb@b.example,bounced\n\n")
    assert [line for line, _ in found] == [5, 8]


def test_a_row_with_line_breaks_in_quotes_has_the_number_of_its_first_line() -> None:
    found = read('address,reason\n"a\nb\r\nc",bounced\nb@b.example,bounced')
    assert [(line, cells["address"]) for line, cells in found] == [(2, "a\nb\r\nc"), (5, "b@b.example")]


def test_the_line_that_names_the_separator_is_passed_over_and_counted() -> None:
    assert read("sep=;\r\naddress;reason\r\na@b.example;bounced") == [
        (3, {"address": "a@b.example", "reason": "bounced"})
    ]


def test_missing_cells_are_empty_and_too_many_are_a_problem_of_the_row() -> None:
    rows = read_table(b"address,reason\na@b.example\nb@b.example,bounced,more\nc@b.example,x,,", COLUMNS, most=9)
    assert [(row.cells["reason"], row.problem) for row in rows] == [
        ("", ""),
        ("bounced", "The row has more cells than the first line has names."),
        ("x", ""),
    ]


def test_what_is_wrong_with_the_whole_file_is_told_in_a_sentence() -> None:
    assert sentence("") == sentence("\n \n") == "The file is empty. Choose the file again."
    assert sentence("address,reason\n") == "The file has no rows below the names of the columns."
    assert sentence("address\na") == (
        "The column “reason” is missing. The first line must name the columns address and reason."
    )
    assert sentence("address,reason,Reason\na,b,c") == "Two columns are named “reason”. Keep one of them."
    assert sentence("address,reason\r\na,b\r\nc,\0d") == (
        "Line 3 holds a NUL character. This is not a CSV file, or a damaged one."
    )
    assert sentence('address,reason\na,b\n"c,d\ne,f\n') == (
        "Line 3: a quotation mark is missing, or stands where none may be."
    )
    assert (
        sentence('address,reason\n"a"b,c') == "Line 2: a quotation mark is missing, or stands where none may be."
    )
    assert sentence("address,reason\n" + 'x,"' + "y" * 200_000).startswith("Line 2: a quotation mark is missing")
    assert sentence(b"PK\x03\x04 and so on").startswith("This is a workbook.")
    assert sentence(b"\xd0\xcf\x11\xe0\xa1 an old one").startswith("This is a workbook.")
    assert sentence(b"%PDF-1.7 address,reason").startswith("This is a PDF, not a CSV file.")
    assert sentence(b"\x81\x8d address").startswith("This is not a text file")
    assert sentence(b"a" * (LARGEST + 1)).startswith("The file is larger than 5 MB.")


def test_too_many_rows_are_counted_in_the_sentence() -> None:
    text = "address,reason\n" + "a,b\n" * 1001
    assert sentence(text, most=1000) == "The file has 1,001 rows. Split it into files of 1,000 rows at most."
    assert len(read(text, most=1001)) == 1001


def test_rows_beyond_what_is_allowed_are_not_kept_in_memory() -> None:
    data = b"address,reason\n" + b"a\n" * 30_000
    tracemalloc.start()
    try:
        assert sentence(data).startswith("The file has 30,000 rows.")
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_with_a_sentence(data: bytes) -> None:
    for given_data in (data, b"address,reason\n" + data):
        try:
            rows = read_table(given_data, COLUMNS, most=100)
        except DomainError:  # any other error would fail the test
            continue
        lines = [row.line for row in rows]
        assert lines == sorted(set(lines))
        assert min(lines) >= 2


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=10), st.sampled_from(",;\t"))
def test_what_a_spreadsheet_writes_is_read_back(rows: list[tuple[str, str]], separator: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL).writerows([("address", "reason"), *rows])
    wanted = [{"address": a.strip(), "reason": r.strip()} for a, r in rows if a.strip() or r.strip()]
    if wanted:
        assert [cells for _, cells in read(out.getvalue())] == wanted
    else:
        assert sentence(out.getvalue()).startswith("The file has no rows")


@given(st.lists(st.tuples(TEXT, TEXT), max_size=10))
def test_nothing_that_is_written_runs_as_a_formula(rows: list[tuple[str, str]]) -> None:
    text = write_rows(rows).decode()
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert not [cell for cell in cells if cell[:1] in {"=", "+", "-", "@", "\t", "\r", "\n"}]
    assert cells == [harmless(each) for row in rows for each in row]


def test_numbers_stay_numbers_and_text_that_runs_does_not() -> None:
    assert [harmless(each) for each in (-5, "-5", "=1+1", "a=b", "", "@x", "\tx", "\rx")] == [
        -5,
        "'-5",
        "'=1+1",
        "a=b",
        "",
        "'@x",
        "'\tx",
        "'\rx",
    ]


def test_what_we_write_we_read() -> None:
    data = BOM + write_rows([("address", "reason"), ("zoë@example.org", 'said "no";\nthen left')])
    assert read(data) == [(2, {"address": "zoë@example.org", "reason": 'said "no";\nthen left'})]
