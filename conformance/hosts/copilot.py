"""Rules of GitHub Copilot: hosts, headers, the answer that issues a token.

Rule of the file: what open clients of the vendor do; there is no public specification.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.hosts._looking import held, host_of, missing
from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

BOOK = Rulebook("copilot")

SOURCE = "microsoft/vscode-copilot-chat, March 2026"
PATHS = ("/chat/completions", "/responses", "/v1/messages", "/models", "/embeddings")
_HOST = re.compile(r"api\.(?:[a-z0-9-]+\.)?githubcopilot\.com|copilot-api\.[a-z0-9.-]+")


def _issues(reading: Reading) -> bool:
    return reading.path.endswith("/copilot_internal/v2/token")


@BOOK.rule(
    "CP-H01",
    "MUST",
    Scope.HEADERS,
    SOURCE,
    good="https://api.individual.githubcopilot.com/chat/completions",
    bad="https://api.githubcopilot.com/v1/chat/completions",
    why="the server answers 404",
)
def where_calls_go(reading: Reading) -> Iterator[Violation]:
    """A call goes to a host of Copilot; the path of chat has no /v1."""
    if _issues(reading):
        return
    host = host_of(reading)
    if host and not _HOST.fullmatch(host):
        yield Violation("this is no host of Copilot", "url", expected="api.githubcopilot.com", got=host)
    if host and reading.path not in PATHS:
        yield Violation("this is no path of Copilot", "url", expected=list(PATHS), got=reading.path)


@BOOK.rule(
    "CP-H02",
    "MUST",
    Scope.HEADERS,
    SOURCE,
    good="editor-version: vscode/1.105.0",
    bad="no editor-version",
    why="the server answers 400 and names the header",
)
def names_the_editor(reading: Reading) -> Iterator[Violation]:
    """A call names the editor, its plugin and the integration."""
    if not _issues(reading):
        yield from missing(reading, "editor-version", "editor-plugin-version", "copilot-integration-id")


@BOOK.rule(
    "CP-H03",
    "MUST",
    Scope.HEADERS,
    SOURCE,
    good="copilot-vision-request: true beside a message with an image",
    bad="an image without the header",
    why="the server answers 400 to the image",
)
def says_that_it_sees(reading: Reading) -> Iterator[Violation]:
    """`Copilot-Vision-Request: true` is sent if, and only if, a message holds an image."""
    if _issues(reading) or reading.exchange.source == "unknown":
        return
    shows = any(_is_image(part) for turn in _turns(reading) for part in _parts(turn.get("content")))
    told = (reading.exchange.request.header("copilot-vision-request") or "").lower() == "true"
    if shows and not told:
        yield Violation(
            "a message holds an image and the header does not say so", "copilot-vision-request", None, "true"
        )
    if told and not shows:
        yield Violation("the header promises an image and no message holds one", "copilot-vision-request")


@BOOK.rule(
    "CP-H04",
    "SHOULD",
    Scope.HEADERS,
    SOURCE,
    good="x-initiator: agent above a tool's result",
    bad="x-initiator: user above a tool's result",
    why="each turn of a tool loop is billed as a request of the user's",
)
def says_who_began(reading: Reading) -> Iterator[Violation]:
    """`X-Initiator` is `user` where the last message is the user's, else `agent`."""
    told, turns = reading.exchange.request.header("x-initiator"), _turns(reading)
    if _issues(reading) or told is None or not turns:
        return
    last = turns[-1]
    results = any(part.get("type") == "tool_result" for part in _parts(last.get("content")))
    wanted = "user" if last.get("role") == "user" and not results else "agent"
    if told != wanted:
        yield Violation("x-initiator does not fit the last message", "x-initiator", expected=wanted, got=told)


@BOOK.rule(
    "CP-H05",
    "SHOULD",
    Scope.HEADERS,
    SOURCE,
    good="x-github-api-version: 2025-05-01",
    bad="no x-github-api-version",
    why="the server falls back to its oldest behaviour",
)
def names_the_version(reading: Reading) -> Iterator[Violation]:
    """Every request names the version of the API."""
    yield from missing(reading, "x-github-api-version")


@BOOK.rule(
    "CP-Q01",
    "MUST",
    Scope.ANSWER,
    SOURCE,
    good='{"token": "tid=…", "expires_at": 1900000000, "refresh_in": 1500}',
    bad='{"token": "tid=…"}',
    why="a client cannot tell when to fetch the next token",
)
def issues_a_token(reading: Reading) -> Iterator[Violation]:
    """The answer that issues a token holds `token`, `expires_at` and `refresh_in`."""
    if _issues(reading):
        yield from held(reading.reply, token=str, expires_at=int, refresh_in=int)


def _turns(reading: Reading) -> list[dict[str, JSON]]:
    found = reading.asked.get("messages")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _parts(content: JSON) -> Iterator[dict[str, JSON]]:
    """The parts of a message, and those inside results of tools."""
    for part in content if isinstance(content, list) else ():
        if isinstance(part, dict):
            yield part
            yield from _parts(part.get("content"))


def _is_image(part: dict[str, JSON]) -> bool:
    return part.get("type") in ("image_url", "image", "input_image")
