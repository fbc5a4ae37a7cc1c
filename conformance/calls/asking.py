"""Asking: what a program gives to be said becomes a canonical request, whichever way it is written.

Rule of the file: canonical values as they are, JSON as chat completions have it, and nothing that is given is dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from msgspec.structs import replace

from conformance.calls.requests import ChatRequestModel
from conformance.errors import UsageError
from conformance.model import JSON, ChatRequest, Message, user

Asked: TypeAlias = "str | Sequence[Message] | Sequence[Mapping[str, JSON]] | ChatRequest | ChatRequestModel"
"""A prompt, messages as canonical values or as JSON, or a whole request."""

_AS_JSON = ("tools", "tool_choice", "response_format", "stop")
"""Fields that may be given as chat completions have them."""


def requested(model: str, asked: Asked, fields: Mapping[str, Any]) -> ChatRequest:
    """The request to a model. Fields that the canonical request has no word for travel beside it as they are.

    Raises `UsageError` or `InputError` for what is no request.
    """
    request = _begun(model, asked)
    own = {name: value for name, value in fields.items() if name in ChatRequest.__struct_fields__}
    others = {name: value for name, value in fields.items() if name not in own}
    extra = {**request.extra, **own.pop("extra", {}), **others}
    told = {name: own.pop(name) for name in _AS_JSON if _is_json(own.get(name))}
    if told:
        read = ChatRequestModel(model=model, messages=[{"role": "user", "content": "-"}], **told).to_canonical()
        own.update({name: getattr(read, name) for name in told})
    own = {name: tuple(value) if isinstance(value, list) else value for name, value in own.items()}
    return replace(request, **own, extra=extra)


def _begun(model: str, asked: Asked) -> ChatRequest:
    if isinstance(asked, ChatRequest):
        return asked if asked.model else replace(asked, model=model)
    if isinstance(asked, ChatRequestModel):
        return asked.to_canonical(model)
    if isinstance(asked, str):
        return ChatRequest(model=model, messages=(user(asked),))
    if not isinstance(asked, Sequence) or not asked:
        raise UsageError("there is nothing to say", "give a prompt, messages, or a ChatRequest")
    several: Sequence[Any] = asked
    if all(isinstance(one, Message) for one in several):
        return ChatRequest(model=model, messages=tuple(several))
    if all(isinstance(one, Mapping) for one in several):
        return ChatRequestModel(model=model, messages=[dict(one) for one in several]).to_canonical()
    raise UsageError("messages are canonical values or JSON objects, all of one kind", "see conformance.Message")


def _is_json(value: Any) -> bool:
    """Whether this is a field as chat completions have it, and not a canonical value."""
    within = value if isinstance(value, list) else [value]
    return all(isinstance(one, str | dict) for one in within)
