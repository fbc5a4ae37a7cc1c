"""Paths: where calls go, with the model and the verb in them.

Rule of the file: the forms of the Developer API and of Vertex AI; other verbs, such as countTokens, are other calls.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qs, quote, urlsplit

from conformance.exchange import path_of
from conformance.model import ChatRequest

VERSION = "v1beta"
"""The version of the API in the paths of this kit; v1 has the same words."""

VERBS = ("generateContent", "streamGenerateContent")

_PLACE = re.compile(
    r"(?P<version>v\d+\w*)/(?:projects/[^/]+/locations/[^/]+/)?"
    r"(?:publishers/google/models|models|tunedModels|endpoints)/(?P<model>[^/:]+):(?P<verb>\w+)/?$"
)
_PROXIED = re.compile(r"(?:^|/)(?:models|tunedModels)/(?P<model>[^/:]+):(?P<verb>\w+)/?$")

ROUTES = tuple(
    f"/{{version}}/{stem}/{{model}}:{verb}"
    for stem in (
        "models",
        "tunedModels",
        "publishers/google/models",
        "projects/{project}/locations/{location}/publishers/google/models",
        "projects/{project}/locations/{location}/endpoints",
    )
    for verb in VERBS
)
"""Where a server of this language listens."""


class Place(NamedTuple):
    """What a URL says."""

    model: str
    verb: str
    alt: str
    """How a stream is wanted: `sse`, anything else is one JSON array."""
    version: str = ""


def path(request: ChatRequest, version: str = VERSION) -> str:
    """The path below the base URL. A model that is named with its folder keeps it."""
    name = quote(request.model, safe="/@.-_~")
    where = name if "/" in name else f"models/{name}"
    return f"/{version}/{where}:{'streamGenerateContent?alt=sse' if request.stream else 'generateContent'}"


def place_of(url: str) -> Place | None:
    """What a URL of this language says; None for any other URL."""
    found = path_of(url)
    hit = _PLACE.search(found) or _PROXIED.search(found)
    if hit is None:
        return None
    parts: Mapping[str, str | None] = hit.groupdict()
    return Place(hit["model"], hit["verb"], query_of(url, "alt"), parts.get("version") or "")


def query_of(url: str, name: str) -> str:
    """The first value of a query key; "" for none, and for an address that is none."""
    try:
        return parse_qs(urlsplit(url).query).get(name, [""])[0]
    except ValueError:
        return ""
