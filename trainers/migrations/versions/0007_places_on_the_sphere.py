"""Places as vectors, so that a circle is arithmetic, and the county of each ZIP.

The counties are filled by `places load`, which runs after each update.

Revision ID: 0007
Revises: 0006
"""

from math import cos, radians, sin

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

VECTOR = "(lat IS NULL) = (x IS NULL) AND (lat IS NULL) = (y IS NULL) AND (lat IS NULL) = (z IS NULL)"


def upgrade() -> None:
    county_key = sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql")
    with op.batch_alter_table("place") as place:
        for name in ("x", "y", "z"):
            place.add_column(sa.Column(name, sa.Float(), nullable=True))
        place.add_column(sa.Column("county", sa.String(80), nullable=False, server_default=""))
        place.add_column(sa.Column("county_key", county_key, nullable=False, server_default=""))
    fill_vectors()
    with op.batch_alter_table("place") as place:
        place.alter_column("county", server_default=None)
        place.alter_column("county_key", server_default=None)
        place.create_check_constraint(op.f("ck_place_vector"), VECTOR)
        place.create_index("ix_place_state_county_key", ["state", "county_key"])
        place.create_index("ix_place_county_key", ["county_key"])


def downgrade() -> None:
    with op.batch_alter_table("place") as place:
        place.drop_index("ix_place_county_key")
        place.drop_index("ix_place_state_county_key")
        place.drop_constraint(op.f("ck_place_vector"), type_="check")
        for name in ("county_key", "county", "z", "y", "x"):
            place.drop_column(name)


def fill_vectors() -> None:
    """In Python, because not every SQLite has sines."""
    session = op.get_bind()
    points = session.execute(sa.text("SELECT zip, lat, lon FROM place WHERE lat IS NOT NULL")).all()
    vectors = [{"zip": zip_code} | vector(radians(lat), radians(lon)) for zip_code, lat, lon in points]
    if vectors:
        session.execute(sa.text("UPDATE place SET x = :x, y = :y, z = :z WHERE zip = :zip"), vectors)


def vector(north: float, east: float) -> dict[str, float]:
    return {"x": cos(north) * cos(east), "y": cos(north) * sin(east), "z": sin(north)}
