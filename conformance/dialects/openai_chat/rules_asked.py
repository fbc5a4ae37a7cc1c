"""Rules that hold an answer of either kind against what was asked: did a call come, and as a call.

Rule of the file: an answer that was cut, filtered or refused owes no call.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, inside, objects
from .fold import Choice, folded
from .rules_reply import choices

MARKUP = re.compile(
    r"<tool_call>|<function=\w|\[TOOL_CALLS\]|<\|python_tag\|>|<｜tool▁call|<invoke name=|<(?:tool_use|function_call)>"
)
"""How model families write calls inside text; a server is there to parse them."""
FENCE = re.compile(r"\A\s*```\w*\s*|\s*```\s*\Z")


@BOOK.rule(
    "OC-A01",
    "MUST",
    Scope.ANSWER,
    "OpenAPI: tool_choice required or named",
    good='tool_choice "required", one call',
    bad='tool_choice "required", prose and finish_reason stop',
    why="structured output by forced call fails without an error",
)
def forced_calls_come(reading: Reading) -> Iterator[Violation]:
    """An answer to a tool choice that demands a call holds one, unless it was cut, filtered or refused."""
    choice = reading.asked.get("tool_choice")
    demanded = choice == "required" or inside(choice, "type") in ("function", "custom")
    if not demanded or not reading.asked.get("tools"):
        return
    for reason, called, refused, _ in _answers(reading):
        if not called and not refused and reason in ("stop", "tool_calls"):
            yield Violation("a call was demanded, and none came", "$.choices[0]", expected=choice)


@BOOK.rule(
    "OC-A02",
    "SHOULD",
    Scope.ANSWER,
    "OpenAPI: tool_calls",
    good="a call in tool_calls",
    bad='<tool_call>{"name":"f"}</tool_call> in content',
    why="the call is shown to the user instead of being made",
)
def calls_are_no_text(reading: Reading) -> Iterator[Violation]:
    """A call is a call, not markup in the text."""
    if not reading.asked.get("tools"):
        return
    for _, called, _, text in _answers(reading):
        if called:
            continue
        if found := MARKUP.search(text):
            yield Violation("the text holds a call as markup", "$.choices[0]", got=text[found.start() :][:80])
        elif _is_call(text, reading):
            yield Violation("the text is a call", "$.choices[0]", got=text[:80])


def _is_call(text: str, reading: Reading) -> bool:
    """Whether all that is said is a call of a tool that was offered, as JSON or as Python has it."""
    said = FENCE.sub("", text).strip()
    names = [name for name in _offered(reading) if name in said]
    if any(re.fullmatch(rf"\[?{re.escape(name)}\((?:\s*\w+\s*=.*)?\)\]?", said, re.DOTALL) for name in names):
        return True
    try:
        found = json.loads(said) if names and said[0] in "{[" else None
    except (ValueError, RecursionError):
        return False
    calls = found if isinstance(found, list) else [found]
    return any(inside(one, "name") in names and _CALLING & set(one) for one in calls if isinstance(one, dict))


_CALLING = {"arguments", "parameters", "input"}


def _offered(reading: Reading) -> Iterator[str]:
    for _, tool in objects(reading.asked, "tools"):
        name = inside(tool, "function", "name")
        if isinstance(name, str) and name:
            yield name


MARKS = re.compile(
    r"<\|(?:im_start|im_end|im_sep|eot_id|eom_id|end_of_text|endoftext|begin_of_text|start_header_id|end_header_id"
    r"|start|end|message|channel|return)\|>|\Aassistant\s*[:\n]|</s>|<(?:start|end)_of_turn>|\[/INST\]|<</SYS>>|<｜(?:end|begin)▁of"
)
"""What parts turns in the templates of models; a server is there to take it out."""
THOUGHT = re.compile(r"\A(?:(?!<think>).)*?</think>", re.DOTALL)
"""Thinking that ends in the text and began nowhere: its first mark stood in the template."""


@BOOK.rule(
    "OC-A09",
    "SHOULD",
    Scope.ANSWER,
    "OpenAPI: content is the contents of the message",
    good='"content":"Hi"',
    bad='"content":"Hi<|im_end|>", or "content":"They greet me.</think>Hi"',
    why="users see the marks, and a history that brings them back ends a turn in its middle",
)
def no_marks_of_templates(reading: Reading) -> Iterator[Violation]:
    """The text holds no mark of a model's template, and no end of a thought alone, unless the request speaks of it."""
    asked = reading.exchange.request.body
    for _, _, _, text in _answers(reading):
        found = MARKS.search(text)
        if found and found.group().encode() not in asked:
            got = text[max(0, found.start() - 20) : found.end()]
            yield Violation("the text holds a mark of a template", "$.choices[0]", got=got)
        elif "</think>" in text and b"think>" not in asked and (thought := THOUGHT.search(text)):
            yield Violation("a thought ends in the text and began nowhere", "$.choices[0]", got=thought.group()[-40:])


def _answers(reading: Reading) -> Iterator[tuple[JSON, bool, bool, str]]:
    """Of every choice: its reason, whether it calls, whether it refuses, its text."""
    if reading.streamed:
        fold = folded(reading)
        yield from (_of_stream(choice) for choice in fold.choices.values() if fold.judged_to_the_end)
        return
    for _, choice in choices(reading):
        message = choice.get("message")
        called = any(True for _ in objects(message, "tool_calls")) or bool(inside(message, "function_call"))
        text = inside(message, "content")
        refused = bool(inside(message, "refusal"))
        yield choice.get("finish_reason"), called, refused, text if isinstance(text, str) else ""


def _of_stream(choice: Choice) -> tuple[JSON, bool, bool, str]:
    text = "".join(one.value for one in choice.texts if isinstance(one.value, str))
    return choice.reason, bool(choice.fragments), choice.refused, text
