"""Names without what people write in different ways, to compare by."""

import re
import unicodedata
from functools import lru_cache


@lru_cache(maxsize=4096)
def simplify(name: str) -> str:
    """Return a name without capitals, accents, signs and doubled spaces, to compare by."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(re.split(r"[\W_]+", letters)).strip()
