"""Error tier: answers that fail as a whole, and how clearly the adapter's language says so.

Rule of the file: an answer that failed never looks finished; the message names what a user can act upon.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conformance.model import Error, ErrorKind, error
from conformance.obligations.failing import fails, good
from conformance.obligations.registry import Bench, obligation
from conformance.rulebook import Violation
from conformance.subjects.samples import simple_request

if TYPE_CHECKING:
    from conformance.adapters import Adapter


@obligation("errors", "http_500", why="the status and the server's words are all that an operator has")
def http_500(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """HTTP 500 is an Error of kind server, whose message holds `HTTP 500` and the server's words, plain text too."""
    from conformance.subjects.canned import Answer, refused

    said = "the mark-engine is out of order"
    yield from fails(adapter, refused(adapter, error("server", said, status=500)), "server", "HTTP 500", said)
    plain = Answer((said.encode(),), 500, (("content-type", "text/plain"),))
    yield from fails(adapter, plain, None, "HTTP 500", said, where="plain text")


@obligation("errors", "wrong_content_type", why="a login page parsed as an answer is an empty answer")
def wrong_content_type(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """A 2xx answer of another content type is an Error that says `protocol error` and `content-type`."""
    for label in ("text/html; charset=utf-8", "text/plain"):
        answer = good(adapter, headers=(("content-type", label),))
        yield from fails(adapter, answer, "protocol", "protocol error", "content-type", label.partition(";")[0])


@obligation("errors", "missing_content_type", why="what nobody labelled, nobody can parse safely")
def missing_content_type(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """A 2xx answer without content type is an Error that says `missing content-type`."""
    yield from fails(adapter, good(adapter, headers=()), "protocol", "missing content-type")


@obligation("errors", "rate_limit", why="a client that does not know when to come back comes back too early")
def rate_limit(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """A rate limit is an Error that may be tried again, with the seconds that the server asked for."""
    from conformance.subjects.canned import ask, refused

    answer = refused(adapter, error("rate_limit", "slow down", status=429, retry_after=7.0))
    yield from fails(adapter, answer, "rate_limit", "slow down")
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
        answer = refused(adapter, error(kind, said, status=status))  # a vendor may have another status for it
        yield from fails(adapter, answer, kind, said, f"HTTP {answer.status}")


@obligation("errors", "proxy_error", why="the vendor is innocent of what a proxy in between answered")
def proxy_error(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """An HTML page with an error status is a proxy_error with its status, never read as a vendor's error."""
    from conformance.subjects.canned import Answer

    page = b"<!doctype html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
    answer = Answer((page,), 502, (("content-type", "text/html"),))
    yield from fails(adapter, answer, "proxy_error", "HTTP 502")
