"""Invented people for `make bench`: the same for the same seed, so that a small directory begins a larger one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate
from random import Random

from trainers.core.content import CONTENT
from trainers.core.rules import load_specialties
from trainers.core.search.languages import LANGUAGES
from trainers.core.search.place_file import read_places

TODAY = date(2026, 11, 23)
SEED = 20261123
FIRST = """
James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph
Jessica Thomas Sarah Charles Karen Christopher Lisa Daniel Nancy Matthew Betty Anthony Sandra Mark Margaret
Donald Ashley Steven Kimberly Andrew Emily Paul Donna Joshua Michelle Kenneth Carol Kevin Amanda Brian Melissa
George Deborah Timothy Stephanie Ronald Rebecca Jason Laura Edward Sharon Jeffrey Cynthia Ryan Kathleen Jacob
Amy Nicholas Angela Gary Shirley Eric Brenda Jonathan Emma Stephen Anna Larry Pamela Justin Nicole Scott
Samantha Brandon Katherine José María Luis Ana Jesús Carmen Juan Guadalupe Ángel Lucía Miguel Sofía Carlos
Inés Jorge Noé Thị Minh Anh Linh Wei Li Yan Fang Jun Mei Priya Arjun Ananya Rohan Fatima Omar Aisha Yusuf
Łukasz Agnieszka Søren Øystein Åse Jürgen Jörg Anaïs Zoë Chloé François Siân Niamh Seán Björn Ola Ewa Igor
Olga Nadia Amir Leila Kwame Ama Chidi Ngozi
""".split()
LAST = """
Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson
Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis
Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera
Campbell Mitchell Carter Roberts Gómez Phillips Evans Turner Díaz Parker Cruz Edwards Collins Reyes Stewart
Morris Morales Murphy Cook Rogers Gutiérrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos Kim
Cox Ward Richardson Watson Brooks Chávez Wood James Bennett Gray Mendoza Ruiz Hughes Price Álvarez Castillo
Sanders Patel Myers Long Ross Foster Jiménez O’Brien O'Connor Fitzgerald Müller Mueller Wałęsa Nguyễn Trần
Phạm Núñez Peña Østergaard Bjørnsen Åkesson Jönsson Kowalski Wiśniewski Schröder Groß Weiß Smith-Jones
García-López D’Angelo McDonald MacKenzie Van-Dyke İbrahim Yılmaz
""".split()
STARTS = """
Al An Ar Ba Be Bo Bra Bren Cal Car Chan Col Cor Dal Dar Del Don Ed El Far Fen Gar Gil Gor Hal Har Hol Ing Jar
Kel Ken Lan Lar Lin Mal Mar Mer Mon Nor Or Pal Par Per Quin Ral Ran Ros Sal San Ser Shel Sto Tal Tan Ter Thor
Tor Ul Val Van Wal War Wel Win Yar Zan Zel
""".split()
MIDDLES = """
a al an ar be bel ber da den der di do el en er ga gan go i il in la lan le li lo man mar me mi na ne ni no o
ol on or ra ran re ri ro sa se si so ta tan te ti to u va ve vi wa
""".split()
ENDS = """
berg burn by dale den din don er ett ey field ford gate ham hart ig in ings ker land ler ley lin low man mer
mont more ner ney ov ova quist ridge rick sen shaw ski son stad stein stone ter ton vale well wick
""".split()
KEYS = {
    "NASM/NASM-CPT": 45,
    "ACSM/ACSM-CPT": 20,
    "ACSM/ACSM-EP": 8,
    "ACSM/ACSM-CEP": 3,
    "ACSM/ACSM-GEI": 3,
    "NASM/NASM-CES": 10,
    "NASM/NASM-PES": 4,
    "NASM/NASM-CNC": 3,
    "FMS/FMS-L1": 6,
    "FMS/FMS-L2": 3,
    "RRCA/RRCA-L1": 4,
    "UESCA/UESCA-RUN": 2,
}
SPOKEN = {
    "en": 970,
    "es": 180,
    "fr": 20,
    "zh": 15,
    "vi": 12,
    "ase": 6,
    "pl": 5,
    "de": 8,
    "ar": 8,
    "ru": 6,
    "pt": 6,
}


@dataclass(frozen=True)
class Paper:
    """One credential: its term and the day of the check."""

    key: str
    expires_on: date
    looked_on: date


@dataclass(frozen=True)
class Somebody:
    number: int
    name: str
    zip: str
    mode: str
    accepting: bool
    said_on: date
    shuffle: int
    specialties: tuple[str, ...]
    languages: tuple[str, ...]
    papers: tuple[Paper, ...]


def people(how_many: int) -> Iterator[Somebody]:
    random = Random(SEED)
    zips, weights = zips_by_population()
    slugs = [each.slug for each in load_specialties()]
    codes = [code for code in SPOKEN if code in LANGUAGES]
    for number in range(1, how_many + 1):
        yield Somebody(
            number=number,
            name=_name(random),
            zip=random.choices(zips, cum_weights=weights)[0],
            mode=random.choices(("in_person", "online", "both"), (4, 2, 4))[0],
            accepting=random.random() < 0.75,
            said_on=TODAY - timedelta(days=random.randrange(150)),
            shuffle=random.randrange(1, 2_147_483_647),
            specialties=tuple(random.sample(slugs, random.randrange(1, 9))),
            languages=tuple(code for code in codes if random.random() * 1000 < SPOKEN[code]),
            papers=tuple(_papers(random)),
        )


def _papers(random: Random) -> Iterator[Paper]:
    """One to three; most are current, one in six has ended, one in eight was looked at too long ago."""
    keys = dict.fromkeys(
        random.choices(list(KEYS), list(KEYS.values()), k=random.choices((1, 2, 3), (6, 3, 1))[0])
    )
    for key in keys:
        ended = random.random() < 0.16
        end = TODAY + timedelta(days=30 * (-random.randrange(12) - 1 if ended else random.randrange(1, 24)))
        old = random.random() < 0.12
        looked = TODAY - timedelta(days=20 * (random.randrange(10, 15) if old else random.randrange(9)))
        yield Paper(key, end, looked)


@lru_cache(maxsize=1)
def zips_by_population() -> tuple[list[str], list[int]]:
    rows = [row for row in read_places(CONTENT / "data" / "places.csv") if row["lat"] is not None]
    return [row["zip"] for row in rows], list(accumulate(row["population"] + 5 for row in rows))


@lru_cache(maxsize=1)
def _rare() -> tuple[list[str], list[float]]:
    """Tens of thousands of last names, each rarer than the one before."""
    random = Random(SEED)
    made = dict.fromkeys(
        random.choice(STARTS) + random.choice(MIDDLES) * (random.random() < 0.6) + random.choice(ENDS)
        for _ in range(160_000)
    )
    return list(made), list(accumulate(1 / (at + 300) for at in range(len(made))))


def _name(random: Random) -> str:
    first = FIRST[min(int(random.expovariate(1 / 60)), len(FIRST) - 1)]
    if random.random() < 0.55:
        last = LAST[min(int(random.expovariate(1 / 50)), len(LAST) - 1)]
    else:
        names, weights = _rare()
        last = random.choices(names, cum_weights=weights)[0]
    if random.random() < 0.12:
        return f"{first} {random.choice(FIRST)} {last}"
    return f"{first} {last}"
