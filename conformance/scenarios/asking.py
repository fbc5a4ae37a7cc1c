"""Scenarios of one question and one answer: text, scripts, thinking, structure, pictures, the cache.

Rule of the file: every prompt is unique, for by it the virtual provider knows which scenario is played.
"""

from __future__ import annotations

from typing import Any

from conformance.model import ChatRequest, Image, Reasoning, Reply, ResponseFormat, Text, Thinking, Usage, user
from conformance.scenarios import expectations as must
from conformance.scenarios.fitting import json_fits
from conformance.scenarios.form import Expectation, Scenario
from conformance.scenarios.material import CITY, LINE_SEPARATOR, RED_SQUARE, SCRIPTS

ANSWERS: tuple[Expectation, ...] = (must.timeline_is_sound, must.completes, must.counts_tokens)
"""What every answer owes."""


def asks(prompt: str, *images: Image, system: str | None = None, **more: Any) -> ChatRequest:
    """A streamed request of one user turn, for the adapter's own model."""
    return ChatRequest(model="", messages=(user(prompt, *images),), system=system, stream=True, **more)


SIMPLE_TEXT = Scenario(
    name="simple_text",
    title="a short text answer",
    request=asks("Say hello to the reader in one short sentence.", system="You are brief and friendly."),
    answer=Reply(parts=(Text("Hello, dear reader, and welcome!"),), usage=Usage(input=24, output=9)),
    expect=(*ANSWERS, must.text_is_not_empty, must.stops_for("stop")),
)

_SAMPLES = " | ".join([*SCRIPTS.values(), LINE_SEPARATOR])

UNICODE_TEXT = Scenario(
    name="unicode_text",
    title="text of many scripts, unharmed",
    request=asks(f"Repeat what follows, character for character, and add nothing: {_SAMPLES}"),
    answer=Reply(parts=(Text(_SAMPLES),), usage=Usage(input=88, output=71)),
    expect=(*ANSWERS, must.text_is_not_empty, must.keeps(*SCRIPTS.values()), must.stops_for("stop")),
)

THINKING = Scenario(
    name="thinking",
    title="reasoning before the answer",
    needs=frozenset({"text", "thinking"}),
    request=asks(
        "A bat and a ball cost 1.10 together; the bat costs 1.00 more than the ball. What does the ball cost?",
        reasoning=Reasoning(effort="medium"),
    ),
    answer=Reply(
        parts=(
            Thinking(
                "Let the ball cost x. Then x + (x + 1.00) = 1.10, so 2x = 0.10 and x = 0.05.",
                "dmlydHVhbC1zaWduYXR1cmU=",
            ),
            Text("The ball costs 0.05."),
        ),
        usage=Usage(input=37, output=52, reasoning=40),
    ),
    expect=(*ANSWERS, must.reasons, must.thinking_comes_first, must.text_is_not_empty, must.stops_for("stop")),
)

STRUCTURED_OUTPUT = Scenario(
    name="structured_output",
    title="an answer as JSON that fits a schema",
    needs=frozenset({"text", "structured_output"}),
    request=asks(
        "Describe the city of Bergen as JSON with its name, country, population and whether it lies at the coast.",
        response_format=ResponseFormat(CITY, "city", strict=True),
    ),
    answer=Reply(
        parts=(Text('{"name":"Bergen","country":"Norway","population":291000,"coastal":true}'),),
        usage=Usage(input=96, output=24),
    ),
    expect=(*ANSWERS, must.text_is_not_empty, json_fits, must.stops_for("stop")),
)

IMAGE_INPUT = Scenario(
    name="image_input",
    title="a question about a picture",
    needs=frozenset({"text", "images"}),
    request=asks("Which one colour fills this picture? Answer with the word alone.", RED_SQUARE),
    answer=Reply(parts=(Text("Red"),), usage=Usage(input=106, output=2)),
    expect=(*ANSWERS, must.text_is_not_empty, must.stops_for("stop")),
)

_HANDBOOK = "\n".join(
    f"Rule {number}: when a visitor asks about room {number}, tell its number, its floor and whether it has a window."
    for number in range(1, 61)
)
"""Long enough (over 1,024 tokens) for the vendors to cache it."""

CACHED_PROMPT = Scenario(
    name="cached_prompt",
    title="a prompt of which a part comes from the cache",
    needs=frozenset({"text", "prompt_cache"}),
    request=asks("Which rule speaks of room 7?", system=_HANDBOOK),
    answer=Reply(parts=(Text("Rule 7 does."),), usage=Usage(input=1661, output=6, cache_read=1536)),
    expect=(*ANSWERS, must.text_is_not_empty, must.counts_cache, must.stops_for("stop")),
)

ASKING = (SIMPLE_TEXT, UNICODE_TEXT, THINKING, STRUCTURED_OUTPUT, IMAGE_INPUT, CACHED_PROMPT)
