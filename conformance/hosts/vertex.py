"""Rules of Vertex AI, for Gemini and for Claude: hosts, paths, tokens, what stands in bodies there only.

Rule of the file: the SDKs of both vendors, and what the servers say. Streamed arguments are the language's own matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.hosts._looking import bearer_faults, host_of
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

BOOK = Rulebook("vertex")

VERSIONS = ("2026-10-21", "vertex-2023-10-16")
_PATH = re.compile(
    r"/v1(?:beta1)?/projects/[^/]+/locations/(?P<location>[^/]+)/"
    r"(?:publishers/(?P<publisher>google|anthropic)/models/[^/:;]+|endpoints/[^/:]+):(?P<verb>[A-Za-z]+)"
)
_EXPRESS = re.compile(r"/v1(?:beta1)?/publishers/google/models/[^/:;]+:[A-Za-z]+")


def _claude(reading: Reading) -> bool:
    return "/publishers/anthropic/" in reading.path


def _call(reading: Reading) -> bool:
    """It goes to a model: not to the issuer of tokens."""
    return host_of(reading) not in ("oauth2.googleapis.com", "accounts.google.com")


@BOOK.rule(
    "VX-H01",
    "MUST",
    Scope.HEADERS,
    "google-genai and anthropic SDKs",
    good="https://europe-west4-aiplatform.googleapis.com/…/locations/europe-west4/…",
    bad="https://europe-west4-aiplatform.googleapis.com/…/locations/global/…",
    why="the server answers 404 or 400: the model is not in that location",
)
def host_fits_location(reading: Reading) -> Iterator[Violation]:
    """The host is the one of the location that the path names."""
    found, host = _PATH.fullmatch(reading.path), host_of(reading)
    if not found or not host.endswith("googleapis.com"):
        return
    location = found["location"]
    special = {"global": "aiplatform.googleapis.com"}
    special |= {wide: f"aiplatform.{wide}.rep.googleapis.com" for wide in ("us", "eu")}
    wanted = special.get(location, f"{location}-aiplatform.googleapis.com")
    if host != wanted:
        yield Violation(f"this is not the host of location {location}", "url", expected=wanted, got=host)


@BOOK.rule(
    "VX-H02",
    "MUST",
    Scope.HEADERS,
    "google-genai and anthropic SDKs",
    good="/v1/projects/p/locations/global/publishers/google/models/gemini-3:generateContent",
    bad="/v1/models/gemini-3:generateContent",
    why="the server answers 404",
)
def path_names_the_place(reading: Reading) -> Iterator[Violation]:
    """The path names project, location, publisher, model and verb; in express mode publisher, model and verb."""
    if _call(reading) and not (_PATH.fullmatch(reading.path) or _EXPRESS.fullmatch(reading.path)):
        wanted = "/v1/projects/{p}/locations/{l}/publishers/{google|anthropic}/models/{m}:{verb}"
        yield Violation("this is no path of a model", "url", expected=wanted, got=reading.path)


@BOOK.rule(
    "VX-H03",
    "MUST",
    Scope.HEADERS,
    "google-genai SDK",
    good="authorization: Bearer ya29.…",
    bad="x-goog-api-key: … to a project's URL",
    why="the server answers 401: API keys are not supported there",
)
def carries_an_access_token(reading: Reading) -> Iterator[Violation]:
    """A call to a project carries an OAuth access token as a bearer; an API key only goes with express URLs."""
    if not _PATH.fullmatch(reading.path):
        return
    if reading.exchange.request.header("x-goog-api-key") is not None:
        yield Violation("an API key is sent to a project's URL", "x-goog-api-key")
    else:
        yield from bearer_faults(reading)


@BOOK.rule(
    "VX-Q01",
    "MUST",
    Scope.REQUEST,
    "anthropic SDK: lib/vertex",
    good='{"anthropic_version": "2026-10-21", "messages": […], …}',
    bad='{"model": "claude-…", "messages": […], …}',
    why="the server answers 400",
)
def claude_names_its_version(reading: Reading) -> Iterator[Violation]:
    """To Claude, the body names `anthropic_version` and no `model`."""
    if not _claude(reading) or "/count-tokens:" in reading.path:
        return
    told = reading.asked.get("anthropic_version")
    if told not in VERSIONS:
        yield Violation("no such anthropic_version", "$.anthropic_version", expected=list(VERSIONS), got=told)
    if "model" in reading.asked:
        yield Violation("the model belongs to the URL", "$.model", got=reading.asked["model"])


@BOOK.rule(
    "VX-Q02",
    "MUST",
    Scope.REQUEST,
    "anthropic SDK: lib/vertex",
    good='POST …:streamRawPredict with "stream": true',
    bad='POST …:rawPredict with "stream": true',
    why="the answer comes in another form than the client reads",
)
def verb_fits_stream(reading: Reading) -> Iterator[Violation]:
    """To Claude, the verb is `streamRawPredict` if, and only if, the body asks for a stream."""
    if _claude(reading) and (asked := reading.asked.get("stream") is True) != reading.path.endswith(
        ":streamRawPredict"
    ):
        yield Violation("verb and body ask for different answers", "$.stream", expected=not asked, got=asked)


@BOOK.rule(
    "VX-Q03",
    "MUST",
    Scope.REQUEST,
    "Vertex AI: Content",
    good='{"contents": [{"role": "user", "parts": […]}]}',
    bad='{"contents": [{"parts": […]}]}',
    why="the server answers 400, though the Developer API takes it",
)
def contents_have_roles(reading: Reading) -> Iterator[Violation]:
    """To Gemini, each of `contents` has a role."""
    turns = reading.asked.get("contents")
    for number, turn in enumerate(turns if isinstance(turns, list) else ()):
        if isinstance(turn, dict) and not turn.get("role"):
            yield Violation("this turn has no role", f"$.contents[{number}].role", expected="user or model")


@BOOK.rule(
    "VX-E01",
    "MUST",
    Scope.ERROR,
    "google.rpc.Status; anthropic SDK",
    good='{"error": {"code": 401, "message": "…", "status": "UNAUTHENTICATED"}}',
    bad='{"error": "no"}',
    why="SDKs show no message",
)
def errors_are_googles(reading: Reading) -> Iterator[Violation]:
    """An error is Google's object, alone or in a list of one; on Claude's path also Anthropic's."""
    told = reading.reply
    one = told[0] if isinstance(told, list) and len(told) == 1 else told
    inner = one.get("error") if isinstance(one, dict) else None
    if not isinstance(inner, dict) or not isinstance(inner.get("message"), str):
        yield Violation("the body holds no error object with a message", "$.error.message", got=told)
    elif not isinstance(inner.get("code"), int) and not (_claude(reading) and isinstance(inner.get("type"), str)):
        yield Violation("the error has no code", "$.error.code", expected="an integer", got=inner.get("code"))
