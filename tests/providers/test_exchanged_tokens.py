"""Keys exchanged for tokens: fetched once, kept, fetched anew in time, once more when refused, and never shown.

Rule of the file: what went over the wire is asserted, for sync and async clients alike.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import httpx2
import pytest

from conformance import HttpAdapter, adapter, adapter_names
from conformance.auth import bearer
from conformance.auth.issuing import Issuer

NAMES = [name for name in adapter_names() if getattr(adapter(name), "issuer", None)]
KEY = "key-0123456789-abcdefghijkl"
NOW = 1_000_000.0


class Vendor:
    """An issuer and a model behind one mock transport; `refusals` of the model come first."""

    def __init__(self, one: HttpAdapter, refusals: tuple[int, ...] = (), library: Any = httpx) -> None:
        assert one.issuer
        self.one, self.issuer, self.library = one, one.issuer, library
        self.refusals = list(refusals)
        self.asked: list[Any] = []
        self.called: list[Any] = []
        self.carried: list[str] = []
        self.issues: Callable[[], Any] = lambda: library.Response(200, json=self.issuer.sample(self.word))

    @property
    def word(self) -> str:
        return f"word{len(self.asked):08}"

    def token(self, number: int) -> str:
        return self.issuer.issued(f"word{number:08}")

    def handle(self, request: Any) -> Any:
        if str(request.url) == self.issuer.address(self.one.settings):
            self.asked.append(request)
            return self.issues()
        self.called.append(request)
        self.carried.append(request.headers["authorization"].removeprefix("Bearer "))  # the next try changes it
        status = self.refusals.pop(0) if self.refusals else 200
        return self.library.Response(status, text="an answer")


def sync_calls(vendor: Vendor, flow: Any, times: int, pause: Callable[[], None]) -> Iterator[int]:
    with vendor.library.Client(transport=vendor.library.MockTransport(vendor.handle)) as client:
        for _ in range(times):
            yield client.post(
                vendor.one.base_url.format_map(vendor.one.settings) + "/x", json={}, auth=flow
            ).status_code
            pause()


def async_calls(vendor: Vendor, flow: Any, times: int, pause: Callable[[], None]) -> Iterator[int]:
    async def call() -> list[int]:
        found = []
        async with vendor.library.AsyncClient(transport=vendor.library.MockTransport(vendor.handle)) as client:
            for _ in range(times):
                url = vendor.one.base_url.format_map(vendor.one.settings) + "/x"
                found.append((await client.post(url, json={}, auth=flow)).status_code)
                pause()
        return found

    yield from asyncio.run(call())


BOTH = pytest.mark.parametrize("calls", [sync_calls, async_calls])
ALL = pytest.mark.parametrize("name", NAMES)


def speaker(name: str) -> HttpAdapter:
    one = adapter(name)
    assert isinstance(one, HttpAdapter)
    return one


def flow_of(one: HttpAdapter, clock: Callable[[], float] = lambda: NOW) -> httpx.Auth:
    assert one.issuer
    return one.issuer.auth(KEY, one.authenticate, one.settings, clock)


def nothing() -> None:
    pass


def test_there_is_something_to_test() -> None:
    assert {"copilot", "gitlab", "sap-ai-core"} <= set(NAMES)


@ALL
@BOTH
@pytest.mark.parametrize("library", [httpx, httpx2])
def test_a_token_is_fetched_once_and_kept(name: str, calls: Any, library: Any) -> None:
    vendor = Vendor(speaker(name), library=library)
    assert list(calls(vendor, flow_of(vendor.one), 3, nothing)) == [200, 200, 200]
    assert len(vendor.asked) == 1
    assert vendor.carried == [vendor.token(1)] * 3


@ALL
@BOTH
def test_the_key_goes_to_the_issuer_and_to_nobody_else(name: str, calls: Any) -> None:
    vendor = Vendor(speaker(name))
    list(calls(vendor, flow_of(vendor.one), 2, nothing))
    issuer, asked = vendor.issuer, vendor.asked[0]
    assert asked.method == issuer.method
    assert asked.headers[issuer.key_header] == issuer.credential(KEY, vendor.one.settings)
    assert KEY not in str(asked.url)
    assert KEY.encode() not in asked.content
    for call in vendor.called:
        assert KEY not in f"{call.url} {list(call.headers.items())} {call.content!r}"


@ALL
@BOTH
def test_a_token_is_fetched_anew_a_minute_before_its_end(name: str, calls: Any) -> None:
    now = [NOW]
    vendor = Vendor(speaker(name))
    lives = vendor.issuer.read(vendor.issuer.sample("word"), NOW).until - NOW
    steps = iter([lives - 1, 1, 0, 0])

    def pass_time() -> None:
        now[0] += next(steps)

    list(calls(vendor, flow_of(vendor.one, lambda: now[0]), 4, pass_time))
    assert vendor.carried == [vendor.token(1), vendor.token(1), vendor.token(2), vendor.token(2)]


@ALL
@BOTH
@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_is_replaced_once_and_the_call_made_again(name: str, calls: Any, status: int) -> None:
    vendor = Vendor(speaker(name), (status,))
    assert list(calls(vendor, flow_of(vendor.one), 1, nothing)) == [200]
    assert vendor.carried == [vendor.token(1), vendor.token(2)]
    assert [call.content for call in vendor.called] == [b"{}", b"{}"]


@ALL
@BOTH
def test_a_second_refusal_stands(name: str, calls: Any) -> None:
    vendor = Vendor(speaker(name), (401, 403, 401))
    assert list(calls(vendor, flow_of(vendor.one), 1, nothing)) == [403]
    assert len(vendor.asked) == len(vendor.called) == 2


@ALL
@BOTH
@pytest.mark.parametrize("status", [400, 404, 429, 500])
def test_other_failures_of_a_call_cost_no_token(name: str, calls: Any, status: int) -> None:
    vendor = Vendor(speaker(name), (status,))
    assert list(calls(vendor, flow_of(vendor.one), 2, nothing)) == [status, 200]
    assert len(vendor.asked) == 1


@ALL
@BOTH
def test_the_issuers_refusal_is_the_answer_and_no_call_is_made(name: str, calls: Any) -> None:
    vendor = Vendor(speaker(name))
    vendor.issues = lambda: httpx.Response(401, json=vendor.issuer.refusal)
    assert list(calls(vendor, flow_of(vendor.one), 1, nothing)) == [401]
    assert (len(vendor.asked), vendor.called) == (1, [])


@ALL
@BOTH
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"token": 7}', b"\xff", b"[" * 100_000])
def test_an_answer_without_a_token_is_one_clear_error(name: str, calls: Any, body: bytes) -> None:
    vendor = Vendor(speaker(name))
    vendor.issues = lambda: httpx.Response(200, content=body)
    with pytest.raises(httpx.DecodingError, match="issued no token: ") as raised:
        list(calls(vendor, flow_of(vendor.one), 1, nothing))
    assert raised.value.__cause__ is None
    assert vendor.called == []


@ALL
def test_neither_key_nor_token_shows(name: str) -> None:
    vendor = Vendor(speaker(name))
    flow = flow_of(vendor.one)
    list(sync_calls(vendor, flow, 1, nothing))
    issued = vendor.issuer.read(vendor.issuer.sample("word00000001"), NOW)
    shown = f"{flow!r} {flow} {issued!r} {vendor.issuer.ask(KEY, vendor.one.settings)!r} {vendor.one!r}"
    assert KEY not in shown
    assert issued.value not in shown


@ALL
def test_a_stream_is_not_held_back(name: str) -> None:
    """Only the issuer's answer is read by the flow; the model's arrives piece by piece."""
    vendor, read = Vendor(speaker(name)), list[int]()

    def pieces() -> Iterator[bytes]:
        for number in range(3):
            read.append(number)
            yield b"piece"

    def handle(request: httpx.Request) -> httpx.Response:
        answer = vendor.handle(request)
        return answer if request in vendor.asked else httpx.Response(200, content=pieces())

    with (
        httpx.Client(transport=httpx.MockTransport(handle)) as client,
        client.stream("POST", vendor.one.base_url.format_map(vendor.one.settings), auth=flow_of(vendor.one)) as answer,
    ):
        assert read == []
        assert next(answer.iter_bytes()) == b"piece"


def test_the_exchange_has_the_calls_patience_and_user_agent() -> None:
    vendor = Vendor(speaker("copilot"))
    with httpx.Client(transport=httpx.MockTransport(vendor.handle), headers={"user-agent": "mine"}) as client:
        client.post(vendor.one.base_url, auth=flow_of(vendor.one), timeout=7)
    assert vendor.asked[0].headers["user-agent"] == "mine"
    assert vendor.asked[0].extensions["timeout"] == vendor.called[0].extensions["timeout"]


def test_an_issuer_may_move_the_calls_and_only_those_to_the_vendor() -> None:
    one = speaker("gitlab")
    assert one.issuer
    vendor = Vendor(one)
    vendor.issues = lambda: httpx.Response(200, json={**one.issuer.sample("w"), "base_url": "https://ai.corp.example/"})
    flow = flow_of(one)
    with httpx.Client(transport=httpx.MockTransport(vendor.handle)) as client:
        client.post("https://cloud.gitlab.com/ai/v1/proxy/anthropic/v1/messages", auth=flow)
        client.post("http://127.0.0.1:9/v1/messages", auth=flow)
    assert [str(call.url) for call in vendor.called] == [
        "https://ai.corp.example/ai/v1/proxy/anthropic/v1/messages",
        "http://127.0.0.1:9/v1/messages",
    ]
    assert [call.headers["host"] for call in vendor.called] == ["ai.corp.example", "127.0.0.1:9"]


def test_calls_with_the_same_options_share_a_token() -> None:
    from conformance.calls import CallOptions, build
    from conformance.model import ChatRequest, user

    request, options = ChatRequest(model="m", messages=(user("Hi"),)), CallOptions(KEY)
    first, second = (build(adapter("copilot"), request, options).auth for _ in range(2))
    assert first is second
    assert build(adapter("copilot"), request, CallOptions(KEY)).auth is not first
    assert build(adapter("gitlab"), request, options).auth is not first


def test_a_plain_key_stays_plain() -> None:
    assert isinstance(adapter("openai").auth(KEY), type(bearer(KEY)))
    assert isinstance(speaker("copilot").issuer, Issuer)
