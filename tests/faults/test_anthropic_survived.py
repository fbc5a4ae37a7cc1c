"""What a rule of anthropic-messages says is survived, the anthropic SDK does survive: it tells the same answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance.virtual import VIRTUAL_KEY

anthropic = pytest.importorskip("anthropic", reason="the extra `oracles` is not installed")


def told(message: Any) -> tuple[Any, ...]:
    """What a program reads of an answer."""
    text = "".join(block.text for block in message.content if block.type == "text")
    thinking = [(block.thinking, block.signature) for block in message.content if block.type == "thinking"]
    calls = [(block.id, block.name, block.input) for block in message.content if block.type == "tool_use"]
    return text, thinking, calls, message.stop_reason, message.stop_sequence, message.role


def test_what_is_said_to_be_survived_is(survives: Callable[..., None]) -> None:
    with anthropic.Anthropic(api_key=VIRTUAL_KEY, max_retries=0) as client:

        def ask(base_url: str, body: dict[str, Any], streamed: bool) -> tuple[Any, ...]:
            one = client.with_options(base_url=base_url.removesuffix("/v1"))
            body.pop("stream", None)
            if streamed:
                with one.messages.stream(**body) as stream:
                    return told(stream.get_final_message())
            return told(one.messages.create(**body))

        survives("anthropic-messages", ask)
