"""Rules of GitLab Duo: the exchange of a GitLab token for a gateway's, and calls through the gateway.

Rule of the file: GitLab's documents, and what open clients do where there are none.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.hosts._looking import bearer_faults, held, host_of, missing
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

BOOK = Rulebook("gitlab")

DOCUMENTED = "/api/v4/code_suggestions/direct_access"
ISSUERS = ("/api/v4/ai/third_party_agents/direct_access", DOCUMENTED)
PROXIES = ("/ai/v1/proxy/anthropic/", "/ai/v1/proxy/openai/")


def _issues(reading: Reading) -> bool:
    return reading.path.endswith(ISSUERS)


@BOOK.rule(
    "GL-H01",
    "MUST",
    Scope.HEADERS,
    "docs.gitlab.com: code suggestions API",
    good="POST …/direct_access with PRIVATE-TOKEN: glpat-…",
    bad="GET …/direct_access",
    why="the instance answers 404 or 401",
)
def asks_for_a_token(reading: Reading) -> Iterator[Violation]:
    """A token is asked for by POST, with a GitLab token in `PRIVATE-TOKEN` or as a bearer."""
    if not _issues(reading):
        return
    request = reading.exchange.request
    if request.method.upper() != "POST":
        yield Violation("the method is not POST", expected="POST", got=request.method)
    if not (request.header("private-token") or "").strip():
        yield from bearer_faults(reading)


@BOOK.rule(
    "GL-H02",
    "MUST",
    Scope.HEADERS,
    "open clients of the gateway",
    good="authorization: Bearer <issued token>, x-gitlab-instance-id: …",
    bad="x-api-key: …",
    why="the gateway answers 401, or charges another account",
)
def carries_what_was_issued(reading: Reading) -> Iterator[Violation]:
    """A call carries the issued token as a bearer and the headers issued with it, and never a vendor's `x-api-key`."""
    if _issues(reading):
        return
    yield from bearer_faults(reading)
    yield from missing(reading, "x-gitlab-instance-id", "x-gitlab-realm")
    if reading.exchange.request.header("x-api-key") is not None:
        yield Violation("a vendor's x-api-key is sent through the gateway", "x-api-key")


@BOOK.rule(
    "GL-H03",
    "MUST",
    Scope.HEADERS,
    "open clients of the gateway",
    good="https://cloud.gitlab.com/ai/v1/proxy/anthropic/v1/messages",
    bad="https://cloud.gitlab.com/v1/messages",
    why="the gateway answers 404",
)
def goes_through_a_proxy(reading: Reading) -> Iterator[Violation]:
    """A call goes to the gateway's proxy of a vendor."""
    if host_of(reading) and not _issues(reading) and not any(proxy in reading.path for proxy in PROXIES):
        yield Violation("this is no path of the gateway's proxies", "url", None, list(PROXIES), reading.path)


@BOOK.rule(
    "GL-Q01",
    "MUST",
    Scope.ANSWER,
    "docs.gitlab.com: code suggestions API",
    good='{"token": "…", "headers": {"X-Gitlab-Realm": "saas"}}',
    bad='{"token": "", "headers": []}',
    why="no call can be made with it",
)
def issues_a_token(reading: Reading) -> Iterator[Violation]:
    """The answer that issues a token holds a `token` and `headers`, each of them text."""
    if not _issues(reading):
        return
    yield from held(reading.reply, token=str, headers=dict)
    lines = reading.reply.get("headers") if isinstance(reading.reply, dict) else None
    for name, value in lines.items() if isinstance(lines, dict) else ():
        if not isinstance(value, str):
            yield Violation("a header is no text", f"$.headers.{name}", expected="a string", got=type(value).__name__)


@BOOK.rule(
    "GL-Q02",
    "SHOULD",
    Scope.ANSWER,
    "docs.gitlab.com: code suggestions API",
    good='{…, "base_url": "https://cloud.gitlab.com", "expires_at": 1900000000}',
    bad='{"token": "…", "headers": {}}',
    why="a client must guess where to go and for how long",
)
def tells_where_and_how_long(reading: Reading) -> Iterator[Violation]:
    """The documented endpoint also tells `base_url` and `expires_at`."""
    if reading.path.endswith(DOCUMENTED):
        yield from held(reading.reply, base_url=str, expires_at=int)
