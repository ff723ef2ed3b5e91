"""Writers as processes of their own: `python -m tests.prove.writers DATABASE FOLDER ADDRESS`.

A line on standard input with a number starts one, whose number is answered; it sends message after message as a
visitor does, and tells each one's name once the site has said that it is kept. The application is imported once,
and forked. Killed ones are looked after when the next is started.
"""

import os
import sys
from itertools import count
from pathlib import Path

from flask import Flask

from tests.application import make_app
from trainers.extensions import db


def main(database_url: str, folder: str, address: str) -> None:
    app = make_app(Path(folder), database_url=database_url)
    with app.app_context():
        db.engine.dispose()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            write(app, address, line.strip())
        print(f"started {child}", flush=True)


def write(app: Flask, address: str, writer: str) -> None:
    client = app.test_client()
    for n in count():
        name = f"{writer}.{n}"
        sent = {"name": name, "email": f"{name}@example.org", "body": "May I come on Monday?", "adult": "y"}
        kept = client.post(address, data=sent).status_code == 303
        os.write(1, f"{'kept' if kept else 'refused'} {name}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
