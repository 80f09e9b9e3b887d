"""Countries by the names that people write into files."""

from functools import cache

from domain import countries
from domain.countries import CountryCode

OTHER_NAMES = {
    "eire": "IE",
    "usa": "US",
    "uk": "GB",
    "rsa": "ZA",
    "uae": "AE",
    "korea": "KR",
    "russia": "RU",
    "czech republic": "CZ",
    "hong kong": "HK",
    "turkey": "TR",
    "european community": "EU",
}


@cache
def code_of(name: str) -> str | None:
    """The code of a country by its English name or one of the usual others.

    None for no country, or for several.
    """
    wanted = name.strip().casefold()
    return OTHER_NAMES.get(wanted) or _english().get(wanted)


@cache
def _english() -> dict[str, str]:
    return {countries.name(code).casefold(): str(code) for code in CountryCode}
