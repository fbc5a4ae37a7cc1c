"""Rules on where a request goes and on its fields beside the messages.

Rule of the file: null means "not said" wherever the official types allow it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")


@BOOK.rule(
    "OC-H01",
    "MUST",
    Scope.HEADERS,
    "SDK: POST /chat/completions with a bearer token",
    good="POST /v1/chat/completions, Authorization: Bearer sk-…",
    bad="POST /v1/completions, Authorization: sk-…",
    why="the server answers 401, 404 or 405",
)
def where_it_goes(reading: Reading) -> Iterator[Violation]:
    """A request is a POST to a path that ends in /chat/completions, with its key as a bearer token."""
    request = reading.exchange.request
    if request.method.upper() != "POST":
        yield Violation("the method is not POST", expected="POST", got=request.method)
    if not reading.path.rstrip("/").endswith("/chat/completions"):
        yield Violation("the path does not end in /chat/completions", got=reading.path)
    told = request.header("authorization")
    recorded = bool(reading.exchange.origin)  # recordings drop credentials, so a missing one tells nothing
    if told is None and recorded:
        return
    if not re.fullmatch(r"[Bb]earer +\S+", told or ""):
        yield Violation(
            "Authorization carries no bearer token", got="nothing" if told is None else told.split(" ")[0][:8]
        )


@BOOK.rule(
    "OC-Q10",
    "MUST",
    Scope.REQUEST,
    "OpenAPI: StopConfiguration",
    good='"stop":["END"]',
    bad='"stop":["a","b","c","d","e"]',
    why="the server answers 400",
)
def stop_sequences(reading: Reading) -> Iterator[Violation]:
    """`stop` is a string or a list of one to four strings."""
    stop = reading.asked.get("stop")
    listed = isinstance(stop, list) and 1 <= len(stop) <= 4 and all(isinstance(one, str) for one in stop)
    if not (stop is None or isinstance(stop, str) or listed):
        yield Violation("stop is neither a string nor one to four of them", "$.stop", got=stop)


@BOOK.rule(
    "OC-Q11",
    "MUST",
    Scope.REQUEST,
    "OpenAPI: stream_options",
    good='"stream":true,"stream_options":{"include_usage":true}',
    bad='"stream_options":{"include_usage":true}',
    why="the server answers 400",
)
def stream_options(reading: Reading) -> Iterator[Violation]:
    """stream_options come only with stream: true."""
    options = reading.asked.get("stream_options")
    if options is not None and reading.asked.get("stream") is not True:
        yield Violation("stream_options without stream", "$.stream_options", got=options)


@BOOK.rule(
    "OC-Q12",
    "SHOULD",
    Scope.REQUEST,
    "SDK types: max_tokens is deprecated",
    good='"max_completion_tokens":100',
    bad='"max_tokens":100',
    why="reasoning models refuse max_tokens; both together are refused by every model",
)
def one_limit(reading: Reading) -> Iterator[Violation]:
    """The limit is max_completion_tokens, not the deprecated max_tokens, and never both."""
    if reading.asked.get("max_tokens") is None:
        return
    both = reading.asked.get("max_completion_tokens") is not None
    message = "max_tokens beside max_completion_tokens" if both else "max_tokens is deprecated"
    yield Violation(message, "$.max_tokens", None, "max_completion_tokens", reading.asked["max_tokens"])


@BOOK.rule(
    "OC-Q14",
    "MUST",
    Scope.REQUEST,
    "SDK types: ReasoningEffort",
    good='"reasoning_effort":"low"',
    bad='"reasoning_effort":"extreme"',
    why="the server answers 400",
)
def effort(reading: Reading) -> Iterator[Violation]:
    """reasoning_effort is one of the seven words."""
    told = reading.asked.get("reasoning_effort")
    if told is not None and told not in EFFORTS:
        yield Violation("reasoning_effort is no known word", "$.reasoning_effort", None, EFFORTS, told)
