"""Terms, checks, consents, audit events and delivery attempts can be added, never changed.

A row goes only while an `erasure` row names its trainer.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TRAINER_OF = {
    "term": "SELECT trainer_id FROM credential WHERE id = OLD.credential_id",
    "check": (
        "SELECT credential.trainer_id FROM term JOIN credential ON credential.id = term.credential_id"
        " WHERE term.id = OLD.term_id"
    ),
    "consent": "SELECT id FROM trainer WHERE account_id = OLD.account_id",
    "attempt": (
        "SELECT trainer.id FROM message JOIN recipient ON recipient.id = message.recipient_id"
        " JOIN trainer ON trainer.account_id = recipient.account_id WHERE message.id = OLD.message_id"
    ),
    "audit_event": "SELECT trainer_id FROM erasure WHERE OLD.about = 'trainer:' || trainer_id",
}


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, trainer in TRAINER_OF.items():
        statements = for_sqlite(table, trainer) if sqlite else for_postgresql(table, trainer)
        for statement in statements:
            op.execute(statement)


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in TRAINER_OF:
        if sqlite:
            op.execute(f"DROP TRIGGER {table}_no_update")
            op.execute(f"DROP TRIGGER {table}_no_delete")
        else:
            op.execute(f"DROP FUNCTION append_only_{table}() CASCADE")


def for_sqlite(table: str, trainer: str) -> list[str]:
    refuse = f"SELECT RAISE(ABORT, 'append_only_{table}')"
    return [
        f'CREATE TRIGGER {table}_no_update BEFORE UPDATE ON "{table}" BEGIN {refuse}; END',
        f'CREATE TRIGGER {table}_no_delete BEFORE DELETE ON "{table}"'
        f" WHEN NOT EXISTS (SELECT 1 FROM erasure WHERE trainer_id IN ({trainer})) BEGIN {refuse}; END",
    ]


def for_postgresql(table: str, trainer: str) -> list[str]:
    return [
        f"""
        CREATE FUNCTION append_only_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                IF EXISTS (SELECT 1 FROM erasure WHERE trainer_id IN ({trainer})) THEN
                    RETURN OLD;
                END IF;
            END IF;
            RAISE EXCEPTION 'append_only_{table}'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'append_only_{table}';
        END $$
        """,
        f'CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON "{table}"'
        f" FOR EACH ROW EXECUTE FUNCTION append_only_{table}()",
        f'CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON "{table}"'
        f" FOR EACH STATEMENT EXECUTE FUNCTION append_only_{table}()",
    ]
