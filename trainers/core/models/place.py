from sqlalchemy import CheckConstraint, Float, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, sorted_text, together


class Place(Base):
    """A US ZIP. Military ZIPs have no point: they are known and cannot be placed on a map.

    x, y, z: the same point as a vector of length 1, so that distances need no trigonometry (search/distance.py).
    `county` is empty where unknown, and a ZIP lies in one county alone: where most of its people live.
    """

    __tablename__ = "place"
    __table_args__ = (
        together("lat", "lon", name="point"),
        CheckConstraint(
            "(lat IS NULL) = (x IS NULL) AND (lat IS NULL) = (y IS NULL) AND (lat IS NULL) = (z IS NULL)",
            name="vector",
        ),
        CheckConstraint("length(zip) = 5", name="zip"),
        Index("ix_place_state_town_key", "state", "town_key"),
        Index("ix_place_town_key", "town_key"),
        Index("ix_place_state_county_key", "state", "county_key"),
        Index("ix_place_county_key", "county_key"),
        Index("ix_place_circle", "lat", "lon", "x", "y", "z", "zip"),
    )

    zip: Mapped[str] = mapped_column(String(5), primary_key=True)
    town: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(2))
    town_key: Mapped[str] = mapped_column(sorted_text(80))
    population: Mapped[int] = mapped_column(Integer, default=0)
    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)
    x: Mapped[float | None] = mapped_column(Float)
    y: Mapped[float | None] = mapped_column(Float)
    z: Mapped[float | None] = mapped_column(Float)
    county: Mapped[str] = mapped_column(String(80), default="")
    county_key: Mapped[str] = mapped_column(sorted_text(80), default="")

    @property
    def label(self) -> str:
        return f"{self.town}, {self.state}"
