"""Rules of SAP AI Core: the resource group on every call, and tokens for client credentials.

Rule of the file: as its vendor documents it.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from conformance.hosts._looking import bearer_faults, held, missing
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

BOOK = Rulebook("sap-ai-core")


@BOOK.rule(
    "CT-21",
    "MUST",
    Scope.HEADERS,
    "help.sap.com: SAP AI Core, consumption of generative AI",
    good="ai-resource-group: default, authorization: Bearer <token>",
    bad="no ai-resource-group",
    why="the server answers 400, and 401 to a token of another grant",
)
def names_its_resource_group(reading: Reading) -> Iterator[Violation]:
    """Every call names its resource group, and carries a token that was issued for client credentials."""
    if not reading.path.endswith("/oauth/token"):
        yield from missing(reading, "ai-resource-group")
        yield from bearer_faults(reading)
        return
    request = reading.exchange.request
    asked = parse_qs(f"{request.body.decode('utf-8', 'replace')}&{_query(request.url)}")
    if asked.get("grant_type") != ["client_credentials"]:
        got = asked.get("grant_type")
        yield Violation("the grant is not client_credentials", "grant_type", None, ["client_credentials"], got)
    if reading.ok:
        yield from held(reading.reply, access_token=str, expires_in=int)


def _query(url: str) -> str:
    try:
        return urlsplit(url).query
    except ValueError:
        return ""
