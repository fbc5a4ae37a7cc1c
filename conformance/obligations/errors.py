"""Error tier: everything that goes wrong on the way, and how clearly the adapter's language says so.

Rule of the file: an answer that failed never looks finished; the message names what a user can act upon.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from conformance.exchange import Broken
from conformance.model import Done, Error, ErrorKind, error, name_of
from conformance.obligations.registry import Bench, obligation
from conformance.rulebook import Violation
from conformance.subjects.samples import SIMPLE_REPLY, THINKING_REPLY, TOOL_REPLY, simple_request

if TYPE_CHECKING:
    from conformance.adapters import Adapter
    from conformance.dialects import Framing
    from conformance.model import Event, Reply
    from conformance.subjects.canned import Answer

BROKEN_JSON: dict[Framing, tuple[bytes, bytes]] = {"sse": (b"data: {", b"data: {,"), "ndjson": (b"{", b"{,")}
"""By framing: what to replace in a frame so that its payload is no JSON."""


@obligation("errors", "http_500", why="the status and the server's words are all that an operator has")
def http_500(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """HTTP 500 is an Error of kind server, whose message holds `HTTP 500` and what the server said."""
    from conformance.subjects.canned import refused

    said = "the mark-engine is out of order"
    yield from _fails(adapter, refused(adapter, error("server", said, status=500)), "server", "HTTP 500", said)


@obligation("errors", "wrong_content_type", why="a login page parsed as an answer is an empty answer")
def wrong_content_type(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """A 2xx answer of another content type is an Error that says `protocol error` and `content-type`."""
    for label in ("text/html; charset=utf-8", "text/plain"):
        answer = _good(adapter, headers=(("content-type", label),))
        yield from _fails(adapter, answer, "protocol", "protocol error", "content-type", label.partition(";")[0])


@obligation("errors", "missing_content_type", why="what nobody labelled, nobody can parse safely")
def missing_content_type(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """A 2xx answer without content type is an Error that says `missing content-type`."""
    yield from _fails(adapter, _good(adapter, headers=()), "protocol", "missing content-type")


@obligation("errors", "invalid_json", why="half an answer must not pass for the answer")
def invalid_json(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """A frame that is not JSON ends the stream with an Error that says so."""
    frames = _frames(adapter)
    good, bad = BROKEN_JSON[adapter.dialect.framing]
    spoilt = [frame.replace(good, bad, 1) for frame in frames]
    for number in (0, len(frames) // 2):
        chunks = (*frames[:number], spoilt[number], *frames[number + 1 :])
        yield from _fails(adapter, _good(adapter, chunks=chunks), "protocol", "parse", "JSON")


@obligation("errors", "invalid_utf8", why="text that was replaced in silence is text that the model never said")
def invalid_utf8(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """A frame that is not UTF-8 ends the stream with an Error that says `SSE error` (or names the framing)."""
    frames = _frames(adapter)
    middle = len(frames) // 2
    spoilt = frames[middle].replace(b'{"', b'{"\xff\xfe', 1)
    chunks = (*frames[:middle], spoilt, *frames[middle + 1 :])
    framing = adapter.dialect.framing
    yield from _fails(adapter, _good(adapter, chunks=chunks), "protocol", f"{framing.upper()} error", "UTF-8")


@obligation("errors", "truncation", why="a connection lost halfway looks like a short answer")
def truncation(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """A stream that ends or breaks after any frame but the last, or inside one, is Error(truncated), never Done."""
    for reply in (SIMPLE_REPLY, TOOL_REPLY, THINKING_REPLY):
        frames = _frames(adapter, reply)
        for number in range(len(frames)):
            for part in (b"", frames[number][: len(frames[number]) // 2]):
                answer = _good(adapter, chunks=(*frames[:number], part))
                yield from _fails(adapter, answer, "truncated", where=f"cut in frame {number} of {len(frames)}")
    broken = Broken("RemoteProtocolError", "peer closed connection without sending complete message body")
    answer = _good(adapter, chunks=frames[: len(frames) // 2], end=broken)
    yield from _fails(adapter, answer, "truncated", where="connection lost")


@obligation("errors", "rate_limit", why="a client that does not know when to come back comes back too early")
def rate_limit(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """A rate limit is an Error that may be tried again, with the seconds that the server asked for."""
    from conformance.subjects.canned import ask, refused

    answer = refused(adapter, error("rate_limit", "slow down", status=429, retry_after=7.0))
    yield from _fails(adapter, answer, "rate_limit", "slow down")
    last = ask(adapter, simple_request(adapter.model), answer).last
    if isinstance(last, Error) and (last.retryable, last.retry_after) != (True, 7.0):
        wanted = {"retryable": True, "retry_after": 7.0}
        got = {"retryable": last.retryable, "retry_after": last.retry_after}
        yield Violation("retry-after is lost, or the error looks final", "retry-after", None, wanted, got)


@obligation("errors", "kinds", why="a wrong key, a wrong model and a full server need different cures")
def kinds(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """Each kind of failure keeps its kind and the vendor's words: a caller can tell whose turn it is."""
    from conformance.subjects.canned import refused

    statuses: dict[ErrorKind, int] = {"invalid_request": 400, "auth": 401, "permission": 403, "not_found": 404}
    for kind, status in statuses.items():
        said = f"mark-{kind} was said"
        yield from _fails(adapter, refused(adapter, error(kind, said, status=status)), kind, said, f"HTTP {status}")


@obligation("errors", "midstream_error", why="HTTP says 200 and the answer still failed")
def midstream_error(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """An error in the middle of a 200 stream is an Error with the vendor's words, never Done."""
    frames, said = _frames(adapter), "the mark-engine stopped"
    frame = adapter.dialect.server.failure_frame(error("overloaded", said))
    for number in (0, len(frames) // 2):
        answer = _good(adapter, chunks=(*frames[:number], frame))
        yield from _fails(adapter, answer, None, said, where=f"error after {number} frames")


@obligation("errors", "proxy_error", why="the vendor is innocent of what a proxy in between answered")
def proxy_error(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """An HTML page with an error status is a proxy_error with its status, never read as a vendor's error."""
    from conformance.subjects.canned import Answer

    page = b"<!doctype html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
    answer = Answer((page,), 502, (("content-type", "text/html"),))
    yield from _fails(adapter, answer, "proxy_error", "HTTP 502")


def _good(adapter: Adapter, **changes: Any) -> Answer:
    """A good streamed answer of this adapter, with some of it replaced."""
    from dataclasses import replace

    from conformance.subjects.canned import streamed

    return replace(streamed(adapter, SIMPLE_REPLY, simple_request(adapter.model)), **changes)


def _frames(adapter: Adapter, reply: Reply = SIMPLE_REPLY) -> tuple[bytes, ...]:
    from conformance.subjects.canned import streamed

    return streamed(adapter, reply, simple_request(adapter.model)).chunks


def _fails(
    adapter: Adapter, answer: Answer, kind: ErrorKind | None, *words: str, where: str = ""
) -> Iterator[Violation]:
    """What is wrong unless the answer ends with one Error, of this kind, whose message holds the words."""
    from conformance.subjects.canned import ask

    heard = ask(adapter, simple_request(adapter.model), answer)
    place = f"{where}: " if where else ""
    timeline = [name_of(event) for event in heard.events]
    if any(isinstance(event, Done) for event in heard.events):
        yield Violation(f"{place}it looks finished", None, None, "Error", timeline)
        return
    last: Event | None = heard.last
    if not isinstance(last, Error) or sum(isinstance(event, Error) for event in heard.events) != 1:
        yield Violation(f"{place}the timeline does not end with one Error", None, None, "Error", timeline)
        return
    if kind and last.kind != kind:
        yield Violation(f"{place}another kind of error", "kind", None, kind, f"{last.kind}: {last.message}")
    for word in words:
        if word.lower() not in last.message.lower():
            yield Violation(f"{place}the message does not say {word!r}", "message", None, word, last.message)
