"""All that we keep of somebody, as one file for them."""

from tempfile import SpooledTemporaryFile

from flask import Blueprint, Response, send_file
from flask.typing import ResponseReturnValue

from trainers.core import takeout
from trainers.extensions import limiter
from trainers.web import access, site

blueprint = Blueprint("takeout", __name__)
IN_MEMORY = 4_000_000
"""What is larger goes through a file."""


@blueprint.get("/dashboard/account/data.zip")
@limiter.limit("10 per hour")
@access.signed_in
def download() -> ResponseReturnValue:
    found = takeout.gather(site.session(), access.account(), now=site.now())
    site.session().rollback()
    archive = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - whoever sends it closes it
    takeout.write(found, site.files(), archive)
    archive.seek(0)
    name = f"sound-stride-{site.today().isoformat()}.zip"
    answer: Response = send_file(archive, mimetype="application/zip", as_attachment=True, download_name=name)
    return answer
