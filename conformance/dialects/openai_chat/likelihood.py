"""Log probabilities, as a server says them that was asked to: of each token, with the likeliest in its place.

Rule of the file: the numbers follow from the text alone, so an answer made twice is the same twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from conformance.model import JSON

_TOKEN = re.compile(r"\s*\S+|\s+")
_CERTAIN = -0.0625


def likelihood(body: JSON) -> Callable[[JSON], JSON]:
    """What an answer to this request says of a text: null when it was not asked, or when there is none."""
    asked = isinstance(body, dict) and body.get("logprobs") is True
    ranks = body.get("top_logprobs") if isinstance(body, dict) else None

    def of(text: JSON) -> JSON:
        if not asked or not isinstance(text, str) or not text:
            return None
        return {"content": [_token(one, ranks or 0) for one in _TOKEN.findall(text)], "refusal": None}

    return of


def _token(text: str, ranks: int) -> JSON:
    told: list[JSON] = [_ranked(f"{text}~" * rank or text, _CERTAIN - rank) for rank in range(ranks)]
    return {**_ranked(text, _CERTAIN), "top_logprobs": told}


def _ranked(text: str, likely: float) -> dict[str, JSON]:
    return {"token": text, "logprob": likely, "bytes": list(text.encode("utf-8", "replace"))}
