"""The transport: statuses and bodies become values or failures, whatever the bytes; nothing secret is told."""

from __future__ import annotations

from contextlib import suppress

import anyio
import httpx
import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.calls.context import CallContext
from conformance.calls.failures import (
    CallTimeout,
    NonRetryableError,
    RateLimitError,
    RetryableError,
    ServiceError,
    TransportError,
)
from conformance.calls.transport import HttpTransport
from conformance.errors import UsageError

pytestmark = pytest.mark.anyio
URL = "https://api.example/y"


def over(answer, library=httpx) -> HttpTransport:
    return HttpTransport(library.AsyncClient(transport=library.MockTransport(answer)))


def saying(status: int, **more):
    return lambda request: httpx.Response(status, **more)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (saying(429, text="rate"), RateLimitError),
        (saying(500, text="err"), RetryableError),
        (saying(503, text="err"), RetryableError),
        (saying(400, text="bad"), NonRetryableError),
        (saying(404, text="bad"), NonRetryableError),
        (saying(302, headers={"location": "/"}), TransportError),
        (saying(200, content=b"not json"), TransportError),
        (saying(200, content=b""), TransportError),
        (saying(200, content=b"[" * 100_000), TransportError),
        (saying(200, content=b"\xff\xfe"), TransportError),
    ],
)
async def test_answers_become_failures(answer, kind: type[ServiceError]) -> None:
    transport = over(answer)
    with pytest.raises(kind) as caught:
        await transport.send_json("POST", URL, headers={}, json={}, timeout_s=1.0)
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("ConnectError", RetryableError),
        ("RemoteProtocolError", RetryableError),
        ("ReadTimeout", CallTimeout),
        ("PoolTimeout", CallTimeout),
        ("LocalProtocolError", TransportError),
    ],
)
@pytest.mark.parametrize("library", [httpx, httpx2])
async def test_exceptions_become_failures(library, fault: str, kind: type[ServiceError]) -> None:
    def fail(request):
        raise getattr(library, fault)("out of order")

    with pytest.raises(kind, match="out of order"):
        await over(fail, library).send_json("POST", URL, json={})


async def test_what_goes_out_and_comes_back() -> None:
    seen: list[httpx.Request] = []

    def echo(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"got": request.content.decode()})

    transport = over(echo)
    assert await transport.send_json("POST", URL, headers={"X-Mine": "1"}, json={"a": "ü"}) == {
        "got": '{"a": "\\u00fc"}'
    }
    assert await transport.send_json("GET", URL) == {"got": ""}
    post, get = seen
    assert (post.headers["content-type"], post.headers["x-mine"]) == ("application/json", "1")
    assert (get.method, "content-type" in get.headers, get.headers["accept-encoding"]) == ("GET", False, "identity")


@pytest.mark.parametrize("told", ["7", "Sat, 21 Nov 2026 10:00:07 GMT"])
async def test_retry_after_in_both_forms(told: str) -> None:
    headers = {"retry-after": told, "date": "Sat, 21 Nov 2026 10:00:00 GMT"}
    with pytest.raises(RateLimitError) as caught:
        await over(saying(429, headers=headers)).send_json("POST", URL, json={})
    assert caught.value.retry_after == 7.0


@given(st.binary(max_size=256), st.sampled_from([200, 201, 204, 301, 400, 418, 429, 500, 599]))
def test_random_bytes_are_a_value_or_a_failure(body: bytes, status: int) -> None:
    async def run() -> None:
        with suppress(ServiceError):
            await over(saying(status, content=body)).send_json("POST", URL, json={}, timeout_s=1.0)

    anyio.run(run)


async def test_a_stream_comes_piece_by_piece_and_its_failure_is_raised() -> None:
    class Breaks(httpx.AsyncByteStream):
        async def __aiter__(self):
            yield b"one"
            yield b"two"
            raise httpx.ReadError("cable cut")

    got = []

    async def read() -> None:
        async for data in over(lambda request: httpx.Response(200, stream=Breaks())).stream("GET", URL):
            got.append(data)

    with pytest.raises(RetryableError, match="cable cut"):
        await read()
    assert got == [b"one", b"two"]


async def test_a_stream_that_is_refused_gives_no_piece() -> None:
    with pytest.raises(RateLimitError):
        await anext(over(saying(429)).stream("POST", URL, json={}))


async def test_an_expired_deadline_sends_nothing() -> None:
    def never(request):
        raise AssertionError("it was sent")

    with pytest.raises(CallTimeout, match="deadline is over"):
        await over(never).send_json("POST", URL, json={}, ctx=CallContext.new(deadline_s=0.0))


async def test_no_secret_is_told() -> None:
    key = "sk-ant-0123456789abcdef"
    url = f"https://api.example/y?key={key}-q"

    def fail(request):
        raise httpx.ConnectError(f"cannot reach {request.url} with {request.headers['authorization']}")

    for answer in (fail, saying(401, text=f"wrong key {key}"), saying(200, text=f"no JSON {key}")):
        with pytest.raises(ServiceError) as caught:
            await over(answer).send_json("POST", url, headers={"Authorization": f"Bearer {key}"}, json={})
        assert key not in str(caught.value) + repr(caught.value) + repr(caught.value.error)


async def test_an_address_that_is_none_is_the_callers_fault() -> None:
    with pytest.raises(UsageError, match="no URL"):
        await over(saying(200)).send_json("GET", "http://[::1")
