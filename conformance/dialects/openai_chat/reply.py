"""A whole 2xx body -> Reply, and what whole and streamed answers share: usage, reasoning text.

Rule of the file: a value of the wrong type is coerced where its meaning is plain, else left out; nothing is guessed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from conformance.model import JSON, Opaque, Reply, Text, Thinking, ToolCall, Usage

from .failure import fault_in
from .words import stop_of

REASONING = ("reasoning_content", "reasoning", "reasoning_text")
"""Where vendors put the reasoning text: the first that is not empty counts, two are never added."""


def reply_of(value: JSON) -> Reply:
    """The finished answer: choice 0 of the body. Raises `ValueError` for a body that is no answer."""
    if not isinstance(value, dict):
        raise ValueError(f"the reply is {type(value).__name__}, not an object")
    if isinstance(value.get("choices"), list) is False or fault_in(value) is not None:
        raise ValueError("the reply has no choices" if not fault_in(value) else "the reply holds an error object")
    choice = first_choice(value["choices"])
    if choice is None:
        raise ValueError("the reply has an empty list of choices")
    message = choice.get("message")
    parts = tuple(_parts(message)) if isinstance(message, dict) else ()
    refused = isinstance(message, dict) and bool(text_of(message.get("refusal")))
    calls = any(isinstance(part, ToolCall) for part in parts)
    usage = value.get("usage") or choice.get("usage")
    return Reply(
        id=text_of(value.get("id")),
        model=text_of(value.get("model")),
        parts=parts,
        stop=stop_of(text_of(choice.get("finish_reason")), calls=calls, refused=refused),
        usage=usage_of(usage) or Usage(),
    )


def first_choice(choices: list[JSON]) -> dict[str, JSON] | None:
    """Choice 0, which is the answer; the first that stands there when none says 0."""
    objects = [one for one in choices if isinstance(one, dict)]
    return next((one for one in objects if one.get("index") in (0, None)), objects[0] if objects else None)


def _parts(message: dict[str, JSON]) -> Iterator[Text | Thinking | ToolCall | Opaque]:
    thinking, text = spoken(message)
    if thinking:
        yield Thinking(thinking)
    if said := text + text_of(message.get("refusal")):
        yield Text(said)
    if message.get("audio"):
        yield Opaque("audio", message["audio"])
    calls = message.get("tool_calls")
    for call in calls if isinstance(calls, list) else ():
        if isinstance(call, dict):
            yield call_of(call)
    if isinstance(old := message.get("function_call"), dict) and old.get("name"):
        yield ToolCall("", text_of(old["name"]), arguments_of(old.get("arguments")))


def call_of(call: dict[str, JSON]) -> ToolCall:
    """One call; the free text of a custom tool stands where arguments stand."""
    named = call.get("function") or call.get("custom") or {}
    named = named if isinstance(named, dict) else {}
    arguments = named.get("arguments") if "arguments" in named else named.get("input")
    return ToolCall(text_of(call.get("id")), text_of(named.get("name")), arguments_of(arguments))


def arguments_of(value: JSON) -> str:
    """Arguments as JSON text, also from a vendor that sends the object itself."""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def text_of(value: JSON) -> str:
    """A string as it is, nothing as ""; other scalars as JSON says them."""
    if isinstance(value, str):
        return value
    return "" if value is None or isinstance(value, dict | list) else json.dumps(value)


def spoken(message: dict[str, JSON]) -> tuple[str, str]:
    """(thinking, text) of a message or delta; content may be a list of parts with thinking among them."""
    thinking = reasoning_of(message)
    content = message.get("content")
    if not isinstance(content, list):
        return thinking, text_of(content)
    texts, thoughts = [], []
    for part in content:
        if isinstance(part, str):
            texts.append(part)
        elif isinstance(part, dict) and isinstance(part.get("thinking"), list | str):
            thoughts.append(spoken({"content": part["thinking"]})[1])
        elif isinstance(part, dict):
            texts.append(text_of(part.get("text")))
    return thinking or "".join(thoughts), "".join(texts)


def reasoning_of(message: dict[str, JSON]) -> str:
    """The reasoning text, read from one field only."""
    for key in REASONING:
        if isinstance(found := message.get(key), str) and found:
            return found
    details = message.get("reasoning_details")
    return detail_text(details) if isinstance(details, list) else ""


def detail_text(details: list[JSON]) -> str:
    """The text of a list of reasoning details; encrypted ones have none."""
    objects = [one for one in details if isinstance(one, dict)]
    return "".join(text_of(one.get("text") or one.get("summary")) for one in objects)


def usage_of(value: JSON) -> Usage | None:
    """Tokens; None for what is no usage object or counts nothing."""
    if not isinstance(value, dict):
        return None
    prompt, output = value.get("prompt_tokens_details"), value.get("completion_tokens_details")
    prompt = prompt if isinstance(prompt, dict) else {}
    output = output if isinstance(output, dict) else {}
    usage = Usage(
        input=_count(value.get("prompt_tokens")),
        output=_count(value.get("completion_tokens")),
        cache_read=_count(prompt.get("cached_tokens")),
        cache_write=_count(prompt.get("cache_write_tokens")),
        reasoning=_count(output.get("reasoning_tokens")),
    )
    return None if usage == Usage() else usage


def _count(value: JSON) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if value == value and value not in (float("inf"), float("-inf")) else None
