"""An adapter before a canned answer: one request goes out through the call layer, one prepared answer comes back.

Rule of the file: httpx's mock transport stands where the network would be; what reached it is kept as it was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from conformance.exchange import Broken, End, Headers, Request
from conformance.model import JSON, ChatRequest, Error, Event, Reply
from conformance.subjects.adapter import issued_by, issuer_of
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
    """Those that went to the model."""
    asking: list[Request] = field(default_factory=list)
    """Those that went to the issuer of tokens, where the adapter has one."""
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
    with mock_client(answer, heard.requests.append, _issuing(adapter, heard.asking.append)) as client:
        heard.events += stream(adapter, request, CallOptions(api_key=key, base_url=base_url), client)
    return heard


WORD: Final = "issued9876543210abcdefghij"
"""What canned tokens are made of: long and odd enough to be found wherever one leaks."""


def token_of(adapter: Adapter, key: str) -> str:
    """What calls carry: the token that is issued here, or the key where none is."""
    issuer = issuer_of(adapter)
    return issuer.issued(WORD) if issuer else key


def _issuing(adapter: Adapter, hear: Callable[[Request], object]) -> Callable[[Request], JSON] | None:
    """What the issuer's address answers; None where there is no issuer."""
    issuer = issuer_of(adapter)
    if issuer is None:
        return None

    def answered(sent: Request) -> JSON:
        if not issued_by(adapter, sent.url):
            return None
        hear(sent)
        return issuer.sample(WORD)

    return answered


def mock_client(
    answer: Answer, hear: Callable[[Request], object], issuing: Callable[[Request], JSON] | None = None
) -> httpx.Client:
    """An httpx client whose every request is answered the same, and told to `hear` first.

    `issuing` may know another answer to a request: a token.
    """
    import httpx

    def handle(request: httpx.Request) -> httpx.Response:
        sent = seen(request)
        if issuing and (told := issuing(sent)) is not None:
            return httpx.Response(200, json=told)
        hear(sent)
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
