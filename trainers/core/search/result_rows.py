"""What one page of results shows of its trainers: read for them alone, in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from .. import credentials
from ..models import Credential, Listing, Place, Term, TrainerLanguage, TrainerSpecialty
from ..rules import Rule, load_specialties
from ..standing.status import Status
from .languages import language_name
from .matches import Match, Query


@dataclass(frozen=True)
class HeldCredential:
    """`looked_on` is the day of the check that the status rests on, None before there is one."""

    key: str
    title: str
    status: Status
    word: str
    looked_on: date | None


@dataclass(frozen=True)
class Said:
    """Something the trainer says about her or himself; `asked`: the search asked for it."""

    text: str
    asked: bool


@dataclass(frozen=True)
class ResultRow:
    """One trainer among the results.

    `held` are the credentials that are a reason to be here, `others` counts the rest. `in_date`: a certification
    counts, be our check old or not. `has_number`: the certificate number that was typed is on this listing.
    """

    slug: str
    name: str
    headline: str
    town: str
    miles: float | None
    in_person: bool
    online: bool
    accepting: bool
    in_date: bool
    held: tuple[HeldCredential, ...]
    others: int
    has_number: bool
    experience: tuple[Said, ...]
    languages: tuple[Said, ...]


def rows_of(session: Session, query: Query, matches: Sequence[Match], *, today: date) -> list[ResultRow]:
    """In the order of the matches."""
    if not matches:
        return []
    ids = [match.trainer_id for match in matches]
    maker = _Maker(
        query=query,
        today=today,
        listed=_listed(session, ids),
        held=_held(session, ids),
        experience=_said(session, TrainerSpecialty.trainer_id, TrainerSpecialty.specialty, ids),
        languages=_said(session, TrainerLanguage.trainer_id, TrainerLanguage.language, ids),
    )
    return [maker.row(match) for match in matches]


@dataclass(frozen=True)
class _Maker:
    query: Query
    today: date
    listed: dict[int, tuple[Listing, str]]
    held: dict[int, list[Credential]]
    experience: dict[int, set[str]]
    languages: dict[int, set[str]]

    def row(self, match: Match) -> ResultRow:
        listing, town = self.listed[match.trainer_id]
        held = self.held[match.trainer_id]
        shown = [each for each in held if self._is_reason(each)] or held
        return ResultRow(
            slug=listing.slug,
            name=listing.name,
            headline=listing.headline,
            town=town,
            miles=match.miles,
            in_person=listing.in_person,
            online=listing.online,
            accepting=listing.accepting,
            in_date=listing.in_date_until is not None and listing.in_date_until >= self.today,
            held=tuple(self._shown(each) for each in credentials.in_rule_order(shown)),
            others=len(held) - len(shown),
            has_number=any(map(self._has_number, held)),
            experience=tuple(self._experience(self.experience[match.trainer_id])),
            languages=tuple(self._languages(self.languages[match.trainer_id])),
        )

    def _shown(self, credential: Credential) -> HeldCredential:
        standing = credentials.standing_of(credential, today=self.today)
        rule = credentials.rule_for(credential.type, self.today)
        check = standing.refusal or standing.check
        return HeldCredential(
            rule.key, rule.full_name, standing.status, standing.word, check.looked_on if check else None
        )

    def _is_reason(self, credential: Credential) -> bool:
        """Whether a filter or the default search asks for such a credential."""
        rule = credentials.rule_for(credential.type, self.today)
        asked = rule.key in self.query.fms or self._meets_filter(rule)
        return rule.qualifies or asked or self._has_number(credential)

    def _meets_filter(self, rule: Rule) -> bool:
        query = self.query
        by_type = not query.credentials or rule.key in query.credentials
        by_issuer = not query.issuers or rule.issuer in query.issuers
        return bool(query.credentials or query.issuers) and by_type and by_issuer

    def _has_number(self, credential: Credential) -> bool:
        number = self.query.number
        return bool(number) and any(term.number_key == number for term in credential.terms)

    def _experience(self, slugs: set[str]) -> Iterator[Said]:
        for each in load_specialties():
            if each.slug in slugs:
                yield Said(each.name, each.slug in self.query.specialties)

    def _languages(self, codes: set[str]) -> Iterator[Said]:
        for code in sorted(codes, key=language_name):
            yield Said(language_name(code), code in self.query.languages)


def _listed(session: Session, ids: Sequence[int]) -> dict[int, tuple[Listing, str]]:
    query = select(Listing, Place.town, Place.state).join(Place).where(Listing.trainer_id.in_(ids))
    return {row.trainer_id: (row, f"{town}, {state}") for row, town, state in session.execute(query)}


def _held(session: Session, ids: Sequence[int]) -> dict[int, list[Credential]]:
    query = (
        select(Credential)
        .where(Credential.trainer_id.in_(ids), Credential.withdrawn_at.is_(None))
        .options(joinedload(Credential.terms).joinedload(Term.checks))
    )
    held: dict[int, list[Credential]] = defaultdict(list)
    for credential in session.scalars(query).unique():
        held[credential.trainer_id].append(credential)
    return held


def _said(
    session: Session, who: InstrumentedAttribute[int], what: InstrumentedAttribute[str], ids: Sequence[int]
) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for trainer_id, said in session.execute(select(who, what).where(who.in_(ids))):
        found[trainer_id].add(said)
    return found
