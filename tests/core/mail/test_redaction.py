"""A link that was mailed is struck out of whatever comes back, however the server cuts it."""

import pytest

from trainers.core.mail.redaction import without_links

TOKEN = "ImFiY2RlZmdoaWprbG1ub3Ai.aWdnX0.n6qaFHYD-BhqDxShNT9gzfl5WHM"
MAIL = f"Choose a new password:\n\nhttps://trainers.example/reset/{TOKEN}\n\nIt works once."


@pytest.mark.parametrize(
    "echo",
    [
        f"https://trainers.example/reset/{TOKEN}",
        f"<a href=https://trainers.example/reset/{TOKEN}>",
        TOKEN,
        TOKEN[:20] + "= " + TOKEN[20:],
        TOKEN[5:25],
        f'"{TOKEN}"',
        f"3D{TOKEN}",
    ],
)
def test_what_stems_from_a_link_is_struck_out(echo: str) -> None:
    kept = without_links(f"550 5.7.1 refused: {echo} (spam)", MAIL)
    assert kept.startswith("550 5.7.1 refused: ")
    assert kept.endswith("(spam)")
    pieces = [TOKEN[start : start + 8] for start in range(len(TOKEN) - 7)]
    assert [piece for piece in pieces if piece in kept] == []


@pytest.mark.parametrize(
    "reply",
    [
        "250 2.0.0 OK 1732650000 d9443c01a7336-2129dbfa1ccsi123456789ad.84 - gsmtp",
        "550-5.7.26 See https://support.example/mail/answer/81126#authentication for more information.",
        "451 4.3.2 Choose a new password later; it works once.",
        "",
    ],
)
def test_what_a_server_says_of_its_own_stays(reply: str) -> None:
    assert without_links(reply, MAIL) == reply


def test_a_mail_without_a_link_strikes_nothing_out() -> None:
    assert without_links("250 queued as abcdefghijkl", "abcdefghijkl, https://trainers.example") == (
        "250 queued as abcdefghijkl"
    )
