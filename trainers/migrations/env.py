"""Runs the migrations on SQLite and PostgreSQL with the application's own engine."""

from logging.config import fileConfig
from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from trainers.core.models.base import is_meant_for

config = context.config
if config.config_file_name:
    fileConfig(config.config_file_name, disable_existing_loggers=False)

database = current_app.extensions["migrate"].db


def render_item(type_: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Write our own column type by the name that it will keep."""
    if type_ == "type" and type(item).__name__ == "UtcDateTime":
        return "sa.DateTime(timezone=True)"
    return False


def run(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:  # rebuilding a parent table would delete its children by cascade
        connection.connection.execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=database.metadata,
        render_as_batch=sqlite,
        render_item=render_item,
        compare_type=False,
        include_object=lambda item, *_rest: is_meant_for(connection.dialect.name, item),
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()
        if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise RuntimeError("A migration left rows whose parent is gone.")
    if sqlite:
        connection.connection.execute("PRAGMA foreign_keys=ON")


with database.engine.connect() as connection:
    run(connection)
