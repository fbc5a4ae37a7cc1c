"""One server, every fault: below `/fault/<id>` stands the provider with that fault, and nothing else changes."""

from __future__ import annotations

import httpx
import pytest

from conformance.faults import faults, find_bent
from conformance.virtual import VIRTUAL_KEY, VirtualProvider

BODY = {"model": "virtual-model", "messages": [{"role": "user", "content": "Say hello."}], "stream": True}


def call(base: str) -> httpx.Response:
    head = {"authorization": f"Bearer {VIRTUAL_KEY}"}
    return httpx.post(f"{base}/chat/completions", json=BODY, headers=head)


def test_a_fault_stands_below_its_path_and_nowhere_else(virtual: VirtualProvider) -> None:
    spoilt = call(virtual.base_url("openai-chat", "openai-chat.http.stream-labelled-json"))
    sound = call(virtual.base_url("openai-chat"))
    assert spoilt.headers["content-type"] == "application/json"
    assert sound.headers["content-type"].startswith("text/event-stream")
    assert [one.url.partition("/v1")[2] for one in virtual.requests] == ["/chat/completions"] * 2


def test_a_body_that_is_cut_off_is_no_complete_body(virtual: VirtualProvider) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        call(virtual.base_url("openai-chat", "openai-chat.http.reset"))


def test_an_unknown_fault_is_named(virtual: VirtualProvider) -> None:
    answer = call(virtual.base_url("openai-chat", "openai-chat.no.such"))
    assert (answer.status_code, "openai-chat.no.such" in answer.text) == (404, True)


def test_every_fault_is_found_by_its_id() -> None:
    assert all(find_bent(one.id) is one for one in faults())
