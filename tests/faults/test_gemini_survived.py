"""What a rule of gemini says is survived, the google-genai SDK does survive: it tells the same answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conformance import adapter
from conformance.virtual import VIRTUAL_KEY

genai = pytest.importorskip("google.genai", reason="the extra `oracles` is not installed")


def gathered(answers: list[Any]) -> tuple[Any, ...]:
    """What a program reads of an answer, whole or in pieces, candidate by candidate."""
    texts: dict[int, str] = {}
    thoughts: dict[int, str] = {}
    calls: list[tuple[Any, ...]] = []
    reasons: dict[int, Any] = {}
    for one in (one for answer in answers for one in answer.candidates or ()):
        at = one.index or 0
        for part in (one.content and one.content.parts) or ():
            (thoughts if part.thought else texts)[at] = (thoughts if part.thought else texts).get(at, "") + (
                part.text or ""
            )
            if call := part.function_call:
                calls.append((at, call.id, call.name, call.args, part.thought_signature))
        reasons[at] = one.finish_reason or reasons.get(at)
    return texts, thoughts, calls, reasons, [one.prompt_feedback for one in answers if one.prompt_feedback]


def test_what_is_said_to_be_survived_is(survives: Callable[..., None]) -> None:
    model = adapter("gemini").model
    with genai.Client(api_key=VIRTUAL_KEY, vertexai=False) as client:

        def ask(base_url: str, body: dict[str, Any], streamed: bool) -> tuple[Any, ...]:
            contents = body["contents"]
            rest = {key: value for key, value in body.items() if key != "contents"}
            config = {"http_options": {"base_url": base_url, "extra_body": rest}}
            if streamed:
                return gathered(
                    list(client.models.generate_content_stream(model=model, contents=contents, config=config))
                )
            return gathered([client.models.generate_content(model=model, contents=contents, config=config)])

        survives("gemini", ask)
