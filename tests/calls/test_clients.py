"""Clients: how many there are, who gets which, which connections are used again, and what is left when they close."""

from __future__ import annotations

from contextlib import ExitStack

import anyio
import pytest

from conformance import adapter
from conformance.calls import AdapterService, CallOptions
from conformance.calls.clients import Clients
from conformance.model import ChatRequest, user
from conformance.scenarios import scenario

pytestmark = pytest.mark.anyio

OPENAI = adapter("openai")
HI = ChatRequest(model="m", messages=(user("hi"),))
WHOLE = OPENAI.dialect.server.whole(scenario("simple_text").answer, HI, {})


def whole(server, to) -> None:
    to.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(WHOLE) + WHOLE)


async def test_a_client_takes_ten_calls_and_the_first_that_is_free_is_used_again() -> None:
    clients = Clients()
    with ExitStack() as stack:
        lent = [stack.enter_context(clients.lend()) for _ in range(25)]
        assert [lent.count(one) for one in dict.fromkeys(lent)] == [10, 10, 5]
    with clients.lend() as again:
        assert again is lent[0]
    await clients.aclose()
    assert all(one.is_closed for one in lent)


async def test_one_that_is_given_back_serves_before_a_new_one_is_made() -> None:
    clients = Clients()
    with ExitStack() as stack:
        lent = [stack.enter_context(clients.lend()) for _ in range(9)]
        with clients.lend() as tenth:
            assert tenth is lent[0]
        assert stack.enter_context(clients.lend()) is lent[0]
        assert stack.enter_context(clients.lend()) is not lent[0]
    await clients.aclose()


async def test_they_may_be_used_again_after_they_were_closed() -> None:
    clients = Clients()
    with clients.lend() as first:
        pass
    await clients.aclose()
    with clients.lend() as second:
        assert second is not first
        assert not second.is_closed
    await clients.aclose()


async def test_a_call_that_fails_gives_its_place_back() -> None:
    clients = Clients()
    for _ in range(15):
        with pytest.raises(ValueError, match="boom"), clients.lend() as one:
            raise ValueError("boom")
    with clients.lend() as again:
        assert again is one
    await clients.aclose()


async def test_one_call_after_another_finds_its_connection_again(behaving) -> None:
    server = behaving(whole)
    async with AdapterService(OPENAI, CallOptions("k", server.url)) as one:
        for _ in range(5):
            assert (await one.call(HI)).text
    assert (len(server.requests), server.connections) == (5, 1)


async def test_calls_at_once_have_a_connection_each_and_use_them_again(behaving) -> None:
    """Two rounds of 25 that wait for each other: no more connections than calls at one time."""
    there: list[int] = []

    def together(server, to) -> None:
        there.append(1)
        goal = 25 if len(there) <= 25 else 50
        while len(there) < goal and not server.over.wait(0.002):
            pass
        whole(server, to)

    server = behaving(together)
    async with AdapterService(OPENAI, CallOptions("k", server.url)) as one:
        for _ in range(2):
            async with anyio.create_task_group() as group:
                for _ in range(25):
                    group.start_soon(one.call, HI)
    assert (len(server.requests), server.connections) == (50, 25)
