"""What a rule of openai-chat says is survived, the openai SDK does survive: it tells the same answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from conformance.virtual import VIRTUAL_KEY

openai = pytest.importorskip("openai", reason="the extra `oracles` is not installed")


def read(arguments: str) -> Any:
    return json.loads(arguments or "{}")


def called(calls: Any) -> list[tuple[Any, ...]]:
    """What a program calls: id, name and arguments."""
    return [(call.id, call.function.name, read(call.function.arguments)) for call in calls or ()]


def told(answer: Any) -> tuple[Any, ...]:
    """What a program reads of an answer, choice by choice."""
    return tuple(
        (one.message.role, one.message.content, one.message.refusal, called(one.message.tool_calls), one.finish_reason)
        for one in answer.choices
    )


def gathered(chunks: Iterable[Any]) -> dict[int, list[Any]]:
    """What a program gathers by hand: texts, fragments of calls by their index, the reason, of every choice."""
    found: dict[int, list[Any]] = {}
    for one in (choice for chunk in chunks for choice in chunk.choices):
        said = found.setdefault(one.index, ["", {}, None])
        said[0] += one.delta.content or ""
        for call in one.delta.tool_calls or ():
            known = said[1].setdefault(call.index, [call.id, "", ""])
            known[1] += call.function.name or ""
            known[2] += call.function.arguments or ""
        said[2] = one.finish_reason or said[2]
    return found


def accumulated(chunks: Iterable[Any]) -> tuple[Any, ...]:
    """What the SDK's own helper makes of the same chunks."""
    from openai.lib.streaming.chat import ChatCompletionStreamState

    state: Any = ChatCompletionStreamState()
    for chunk in chunks:
        state.handle_chunk(chunk)
    return told(state.current_completion_snapshot)


def test_what_is_said_to_be_survived_is(survives: Callable[..., None]) -> None:
    with openai.OpenAI(api_key=VIRTUAL_KEY, max_retries=0) as client:

        def ask(base_url: str, body: dict[str, Any], streamed: bool) -> Any:
            answer = client.with_options(base_url=base_url).chat.completions.create(**body)
            if not streamed:
                return told(answer)
            chunks = list(answer)
            return gathered(chunks), accumulated(chunks)

        survives("openai-chat", ask)
