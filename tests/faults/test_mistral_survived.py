"""What a rule of mistral says is survived, the mistralai SDK does survive: it tells the same answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from conformance.virtual import VIRTUAL_KEY

mistralai = pytest.importorskip("mistralai.client", reason="the extra `oracles` is not installed")


def said(content: Any) -> tuple[str, str]:
    """Text and thoughts of a content."""
    if not isinstance(content, list):
        return content or "", ""
    thoughts = [one.text for part in content if part.type == "thinking" for one in part.thinking]
    return "".join(part.text for part in content if part.type == "text"), "".join(thoughts)


def called(calls: Any) -> list[tuple[Any, ...]]:
    """What a program calls: id, name and arguments."""
    return [(call.id, call.function.name, read(call.function.arguments)) for call in calls or ()]


def read(arguments: Any) -> Any:
    return json.loads(arguments or "{}") if isinstance(arguments, str) else arguments


def told(answer: Any) -> tuple[Any, ...]:
    """What a program reads of a whole answer, choice by choice."""
    return tuple(
        (said(one.message.content), called(one.message.tool_calls), one.finish_reason) for one in answer.choices
    )


def gathered(events: Iterable[Any]) -> tuple[Any, ...]:
    """What a program gathers of a stream: texts by choice, fragments of calls by their place in the list."""
    texts: dict[int, tuple[str, str]] = {}
    calls: dict[tuple[int, int], list[Any]] = {}
    reasons: dict[int, str] = {}
    for event in events:
        for one in event.data.choices:
            more, before = said(one.delta.content), texts.get(one.index, ("", ""))
            texts[one.index] = (before[0] + more[0], before[1] + more[1])
            for call in one.delta.tool_calls or ():
                known = calls.setdefault((one.index, call.index or 0), [call.id, "", ""])
                known[1] += call.function.name
                known[2] += call.function.arguments if isinstance(call.function.arguments, str) else ""
            reasons[one.index] = one.finish_reason or reasons.get(one.index, "")
    return texts, [(id, name, read(text)) for id, name, text in calls.values()], reasons


def test_what_is_said_to_be_survived_is(survives: Callable[..., None]) -> None:
    with mistralai.Mistral(api_key=VIRTUAL_KEY) as client:

        def ask(base_url: str, body: dict[str, Any], streamed: bool) -> tuple[Any, ...]:
            body = {key: value for key, value in body.items() if key != "stream"} | {
                "server_url": base_url.removesuffix("/v1")
            }
            return gathered(client.chat.stream(**body)) if streamed else told(client.chat.complete(**body))

        survives("mistral", ask)
