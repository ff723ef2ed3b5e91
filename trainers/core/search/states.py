"""The states and territories that the Postal Service serves, by their two letters."""

from .. import names

STATES = dict(
    line.split(" ", 1)
    for line in """AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware
DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas
KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri
MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina
ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota
TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming
AS American Samoa|GU Guam|MH Marshall Islands|MP Northern Mariana Islands|PR Puerto Rico|VI U.S. Virgin Islands
AA Armed Forces Americas|AE Armed Forces Europe|AP Armed Forces Pacific""".replace("\n", "|").split("|")
)

MILITARY = ("AA", "AE", "AP")
"""Mail for soldiers and their families, wherever they are."""

# What people write for a state, folded, and its two letters.
STATE_WORDS = (
    {names.fold(name): code for code, name in STATES.items()}
    | {code.lower(): code for code in STATES}
    | {" ".join(code.lower()): code for code in STATES}  # D.C., N.Y.
    | {"virgin islands": "VI", "us virgin islands": "VI"}
)


def state_name(code: str) -> str:
    """ "Oregon" for "OR"; KeyError for anything that is no state, territory or military mail region."""
    return STATES[code]
