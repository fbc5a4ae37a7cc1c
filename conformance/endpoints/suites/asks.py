"""The questions that are no scenario: short requests, each for one option or one mistake.

Rule of the file: data. No prompt is that of a scenario, so that the virtual provider improvises its answer.
"""

from __future__ import annotations

import json
from typing import Any

from msgspec.structs import replace

from conformance.endpoints.asking import Ask, Patience
from conformance.model import ChatRequest, user
from conformance.scenarios.material import CLOCK, WEATHER

TOOLS = (WEATHER, CLOCK)
CONVERSATION = {"gemini": "contents", "openai-responses": "input"}
"""The field that holds the conversation, where it is not `messages`."""


def question(prompt: str, *, stream: bool = False, **more: Any) -> ChatRequest:
    """One turn of the user, for the endpoint's model."""
    return ChatRequest(model="", messages=(user(prompt),), stream=stream, **more)


def both(name: str, prompt: str, **more: Any) -> tuple[Ask, Ask]:
    """The same question, streamed and whole."""
    asked = question(prompt, stream=True, **more)
    return (
        Ask(name=name, request=asked, patience="streaming"),
        Ask(name=f"{name}_whole", request=replace(asked, stream=False)),
    )


def whole(name: str, prompt: str, patience: Patience = "simple", **more: Any) -> Ask:
    return Ask(name=name, request=question(prompt, **more), patience=patience)


def without(field: str) -> Any:
    """Spoils a body: the field is left out."""
    return lambda body: json.dumps({name: value for name, value in body.items() if name != field}).encode()


def torn(body: dict[str, Any]) -> bytes:
    """A body that breaks off in the middle: no JSON."""
    return json.dumps(body).encode()[:-7]
