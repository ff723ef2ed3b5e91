import io
import json
import zipfile

from flask import Flask

from tests.factories import Factory
from tests.page_client import PageClient


def test_all_that_is_kept_comes_as_one_file_to_who_is_signed_in(app: Flask, made: Factory) -> None:
    dana = made.listed("Dana Reyes")
    made.commit()
    browser: PageClient = app.test_client()  # type: ignore[assignment]
    browser.sign_in(dana.account)
    assert 'href="/dashboard/account/data.zip"' in browser.get("/dashboard/account").text
    answer = browser.get("/dashboard/account/data.zip")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=sound-stride-")
    assert "no-store" in answer.headers["Cache-Control"]
    told = json.loads(zipfile.ZipFile(io.BytesIO(answer.data)).read("data.json"))
    assert [row["name"] for row in told["tables"]["trainer"]] == ["Dana Reyes"]
