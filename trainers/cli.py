"""`flask --app app …`: one file a noun in trainers/commands. Each command prints what it did and fails loudly."""

from importlib import import_module

from flask import Flask

NOUNS = (
    "accounts",
    "alerts",
    "audit",
    "backup",
    "doctor",
    "bounces",
    "jobs",
    "listing",
    "places",
    "prepare",
    "review",
    "samples",
    "serve",
    "worker",
)


def init_app(app: Flask) -> None:
    for noun in NOUNS:
        app.cli.add_command(import_module(f"trainers.commands.{noun}").command)
