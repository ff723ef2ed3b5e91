from sqlalchemy import CheckConstraint, Float, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, sorted_text, together


class Place(Base):
    """A US ZIP. Military ZIPs have no point: they are known and cannot be placed on a map."""

    __tablename__ = "place"
    __table_args__ = (
        together("lat", "lon", name="point"),
        CheckConstraint("length(zip) = 5", name="zip"),
        Index("ix_place_state_town_key", "state", "town_key"),
        Index("ix_place_town_key", "town_key"),
        Index("ix_place_lat", "lat"),
    )

    zip: Mapped[str] = mapped_column(String(5), primary_key=True)
    town: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(2))
    town_key: Mapped[str] = mapped_column(sorted_text(80))
    population: Mapped[int] = mapped_column(Integer, default=0)
    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)

    @property
    def label(self) -> str:
        return f"{self.town}, {self.state}"
