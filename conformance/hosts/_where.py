"""Which host's rules hold for a call, told by its address.

Rule of the file: a table; an address that could be another service of the same vendor is in none of its rows.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import urlsplit


class Place(NamedTuple):
    """Where the rules of a book hold."""

    book: str
    host: re.Pattern[str]
    path: re.Pattern[str]


_PLACES = (
    Place(
        "azure",
        re.compile(r"[a-z0-9-]+\.(openai\.azure\.(com|us)|cognitiveservices\.azure\.com)"),
        re.compile(r"/openai/|.*/(chat/completions|responses)$"),
    ),
    Place(
        "vertex",
        re.compile(r"([a-z0-9-]+-)?aiplatform\.googleapis\.com|aiplatform\.(us|eu)\.rep\.googleapis\.com"),
        re.compile(r".*:(generateContent|streamGenerateContent|rawPredict|streamRawPredict)$"),
    ),
    Place("copilot", re.compile(r"api\.([a-z0-9-]+\.)?githubcopilot\.com"), re.compile(r"/")),
    Place("gitlab", re.compile(r"cloud\.gitlab\.com"), re.compile(r"/")),
    Place(
        "sap-ai-core",
        re.compile(r"api\.ai\.[a-z0-9.-]+\.hana\.ondemand\.com"),
        re.compile(r"/v2/inference/deployments/"),
    ),
    Place("deepseek", re.compile(r"api\.deepseek\.com"), re.compile(r"(/v1|/beta)?/chat/completions$")),
    Place("groq", re.compile(r"api\.groq\.com"), re.compile(r"/openai/v1/chat/completions$")),
    Place("openrouter", re.compile(r"openrouter\.ai"), re.compile(r"/api/v1/chat/completions$")),
)


def book_at(url: str) -> str | None:
    """The name of the book whose rules hold at an address; None where none does."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:  # an address that is none
        return None
    return next((one.book for one in _PLACES if one.host.fullmatch(host) and one.path.match(parts.path)), None)
