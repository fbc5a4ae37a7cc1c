"""What a rule of cohere-v2 says is survived, the cohere SDK does survive: it tells the same answer."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import httpx
import pytest

from conformance.virtual import VIRTUAL_KEY

cohere = pytest.importorskip("cohere", reason="the extra `oracles` is not installed")


def told(answer: Any) -> tuple[Any, ...]:
    """What a program reads of a whole answer."""
    parts = answer.message.content or []
    text = "".join(part.text for part in parts if part.type == "text")
    calls = [
        (call.id, call.function.name, json.loads(call.function.arguments or "{}"))
        for call in answer.message.tool_calls or []
    ]
    return text, calls, answer.finish_reason, answer.message.role


def gathered(events: Iterable[Any]) -> tuple[Any, ...]:
    """What a program gathers of a stream, as the guide to streaming shows it."""
    texts: dict[int, str] = {}
    calls: dict[int, list[str]] = {}
    reason = None
    for event in events:
        if event.type == "content-delta":
            said = event.delta.message.content
            texts[event.index] = texts.get(event.index, "") + (said.text or said.thinking)
        elif event.type == "tool-call-start":
            call = event.delta.message.tool_calls
            calls[event.index] = [call.id, call.function.name, call.function.arguments or ""]
        elif event.type == "tool-call-delta":
            calls[event.index][2] += event.delta.message.tool_calls.function.arguments
        elif event.type == "message-end":
            reason = event.delta.finish_reason
    return texts, [(id, name, json.loads(text or "{}")) for id, name, text in calls.values()], reason


def test_what_is_said_to_be_survived_is(survives: Callable[..., None]) -> None:
    with httpx.Client(transport=httpx.HTTPTransport(verify=False)) as http:

        def ask(base_url: str, body: dict[str, Any], streamed: bool) -> tuple[Any, ...]:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of the SDK's own making
                client = cohere.ClientV2(VIRTUAL_KEY, base_url=base_url, httpx_client=http)
                body = {key: value for key, value in body.items() if key != "stream"}
                return gathered(client.chat_stream(**body)) if streamed else told(client.chat(**body))

        survives("cohere-v2", ask)
