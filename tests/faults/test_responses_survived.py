"""What a rule of openai-responses says is survived, the openai SDK does survive: it tells the same answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance.virtual import VIRTUAL_KEY

openai = pytest.importorskip("openai", reason="the extra `oracles` is not installed")

_DELTAS = ("response.output_text.delta", "response.refusal.delta", "response.function_call_arguments.delta")


def told(answer: Any) -> tuple[Any, ...]:
    """What a program reads of a whole answer."""
    calls = [(one.call_id, one.name, one.arguments) for one in answer.output if one.type == "function_call"]
    refusals = [
        part.refusal for one in answer.output if one.type == "message" for part in one.content if part.type == "refusal"
    ]
    thoughts = [[part.text for part in one.summary] for one in answer.output if one.type == "reasoning"]
    why = answer.incomplete_details.reason if answer.incomplete_details else None
    return answer.output_text, calls, refusals, thoughts, answer.status, why


def gathered(events: list[Any]) -> tuple[Any, ...]:
    """What a program shows as it comes, and what the end tells."""
    shown = [(one.output_index, one.delta, getattr(one, "snapshot", None)) for one in events if one.type in _DELTAS]
    done = [one.item.type for one in events if one.type == "response.output_item.done"]
    return (
        shown,
        done,
        [told(one.response) for one in events if one.type in ("response.completed", "response.incomplete")],
    )


def test_what_is_said_to_be_survived_is(survives: Callable[..., None]) -> None:
    with openai.OpenAI(api_key=VIRTUAL_KEY, max_retries=0) as client:

        def ask(base_url: str, body: dict[str, Any], streamed: bool) -> tuple[Any, ...]:
            one = client.with_options(base_url=base_url)
            body = {key: value for key, value in body.items() if key != "stream"}
            if not streamed:
                return told(one.responses.create(**body))
            with one.responses.stream(**body) as stream:
                return gathered(list(stream))

        survives("openai-responses", ask)
