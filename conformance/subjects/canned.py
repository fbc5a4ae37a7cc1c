"""An adapter before a canned answer: one request goes out through the call layer, one prepared answer comes back.

Rule of the file: httpx's mock transport stands where the network would be; what reached it is kept as it was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.exchange import Broken, End, Headers, Request
from conformance.model import ChatRequest, Error, Event, Reply
from conformance.subjects.samples import KEY

if TYPE_CHECKING:
    import httpx

    from conformance.adapters import Adapter


@dataclass(frozen=True)
class Answer:
    """What the mock provider says, whatever it is asked."""

    chunks: tuple[bytes, ...]
    status: int = 200
    headers: Headers = ()
    end: End = "eof"


@dataclass
class Heard:
    """What came of one call: what was sent, what was understood."""

    requests: list[Request] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    @property
    def last(self) -> Event | None:
        return self.events[-1] if self.events else None


def streamed(adapter: Adapter, reply: Reply, request: ChatRequest) -> Answer:
    """The streamed answer as the server half of the adapter's dialect tells it, one chunk a frame."""
    speaks = adapter.dialect
    frames = speaks.server.stream(reply, request, adapter.body(request))
    return Answer(tuple(frames), 200, (("content-type", speaks.content_type),))


def whole(adapter: Adapter, reply: Reply, request: ChatRequest) -> Answer:
    """The answer in one body."""
    body = adapter.dialect.server.whole(reply, request, adapter.body(request))
    return Answer((body,), 200, (("content-type", "application/json"),))


def refused(adapter: Adapter, failure: Error) -> Answer:
    """An error answer as the server half tells it."""
    status, headers, body = adapter.dialect.server.failure(failure)
    return Answer((body,), status, headers)


def ask(
    adapter: Adapter, request: ChatRequest, answer: Answer, *, key: str = KEY, base_url: str | None = None
) -> Heard:
    """Send `request` with the adapter to a provider that answers `answer`."""
    from conformance.calls import CallOptions, stream

    heard = Heard()
    with mock_client(answer, heard.requests.append) as client:
        heard.events += stream(adapter, request, CallOptions(api_key=key, base_url=base_url), client)
    return heard


def mock_client(answer: Answer, hear: Callable[[Request], object]) -> httpx.Client:
    """An httpx client whose every request is answered the same, and told to `hear` first."""
    import httpx

    def handle(request: httpx.Request) -> httpx.Response:
        hear(seen(request))
        return httpx.Response(answer.status, headers=list(answer.headers), content=_pieces(answer))

    return httpx.Client(transport=httpx.MockTransport(handle))


def seen(request: httpx.Request) -> Request:
    """An httpx request as a value, header names as they travelled."""
    headers = tuple((name.decode("ascii"), value.decode("latin-1")) for name, value in request.headers.raw)
    return Request(request.method, str(request.url), headers, request.read())


def _pieces(answer: Answer) -> Iterator[bytes]:
    import httpx

    yield from answer.chunks
    if isinstance(answer.end, Broken):
        raise getattr(httpx, answer.end.error)(answer.end.message)
