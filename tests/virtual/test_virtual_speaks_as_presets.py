"""The virtual provider below /as/<name>: it answers as that vendor is known to, and the official SDKs still read it."""

from __future__ import annotations

from typing import Any

import httpx
import openai
import pytest

from conformance import VirtualProvider, adapter
from conformance.adapters import adapter_names
from conformance.virtual import VIRTUAL_KEY

READABLE = ("deepseek", "openrouter", "groq", "xai", "cerebras", "together", "siliconflow", "moonshotai", "zai", "vllm")


def client_of(virtual: VirtualProvider, name: str, key: str = VIRTUAL_KEY) -> openai.OpenAI:
    """An official client that calls one vendor here."""
    return openai.OpenAI(base_url=virtual.base_url_as(name), api_key=key, max_retries=0)


def ask(virtual: VirtualProvider, name: str, **more: Any) -> httpx.Response:
    """A call without an SDK."""
    body = {"model": adapter(name).model, "messages": [{"role": "user", "content": "Say hello."}], **more}
    head = {"authorization": f"Bearer {VIRTUAL_KEY}", "content-type": "application/json"}
    return httpx.post(f"{virtual.base_url_as(name)}/chat/completions", json=body, headers=head)


@pytest.fixture(scope="module")
def virtual() -> Any:
    with VirtualProvider() as one:
        yield one


@pytest.mark.parametrize("name", READABLE)
def test_the_sdk_reads_text_streamed_and_whole(virtual: VirtualProvider, name: str) -> None:
    """Whatever a vendor adds, the official client gets the same text."""
    asked: dict[str, Any] = {"model": adapter(name).model, "messages": [{"role": "user", "content": "Say hello."}]}
    client = client_of(virtual, name)
    whole = client.chat.completions.create(**asked)
    chunks = client.chat.completions.create(**asked, stream=True)
    streamed = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert whole.choices[0].message.content
    assert streamed == whole.choices[0].message.content


@pytest.mark.parametrize("name", READABLE)
def test_a_wrong_key_is_refused_in_the_vendors_shape(virtual: VirtualProvider, name: str) -> None:
    """The SDK knows the refusal by its status, whatever the body looks like."""
    with pytest.raises(openai.AuthenticationError):
        client_of(virtual, name, "wrong").chat.completions.create(model=adapter(name).model, messages=[])


def test_vendors_differ_on_the_wire(virtual: VirtualProvider) -> None:
    """The same question, and what makes each vendor's answer its own."""
    assert ask(virtual, "perplexity", stream=True).text.endswith(
        '"citations":["https://example.com/"],"search_results":[]}\r\n\r\n'
    )
    assert ask(virtual, "openrouter", stream=True).text.startswith(": ")
    assert ask(virtual, "openrouter").text.startswith("\n")
    assert "reasoning_content" in ask(virtual, "deepseek").json()["choices"][0]["message"]
    assert "object" not in ask(virtual, "zai").json()
    assert ask(virtual, "together").json()["choices"][0]["finish_reason"] == "eos"


def test_what_nobody_serves_is_not_found(virtual: VirtualProvider) -> None:
    """An unknown vendor, and a path that is not of its language."""
    for path in ("/as/nobody/chat/completions", "/as/deepseek/messages"):
        assert httpx.post(virtual.url + path, json={}).status_code == 404


def test_every_preset_is_served(virtual: VirtualProvider) -> None:
    """Each preset of the chat language answers at its own place."""
    speakers = [adapter(name) for name in adapter_names()]
    chats = [one.name for one in speakers if one.onboarding == "preset" and one.dialect.name == "openai-chat"]
    assert {name: ask(virtual, name).status_code for name in chats} == dict.fromkeys(chats, 200)
