"""Requests as programs write them: fields by name, others kept as they are, equal after a round trip through JSON.

Rule of the file: shapes only; a server half of a dialect is what reads them into the canonical request.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import msgspec
from msgspec import Struct, StructMeta, field

from conformance.errors import InputError
from conformance.model import JSON, ChatRequest

_SPEAKS = "openai-chat"
"""The language whose fields these are."""
_VENDORS_OWN = 1.0
"""The default of `temperature` and `top_p`: not said to a model, since some take no value at all."""


class _KeepsOthers(StructMeta):
    """Puts arguments that are no fields into `extra`, where msgspec alone would refuse them."""

    def __call__(cls, *args: Any, **fields: Any) -> Any:
        known = set(cls.__struct_fields__)
        others = {name: fields.pop(name) for name in [*fields] if name not in known}
        if others:
            fields["extra"] = {**fields.get("extra", {}), **others}
        return super().__call__(*args, **fields)


class RequestModel(Struct, frozen=True, kw_only=True, metaclass=_KeepsOthers):
    """What all requests have. Any other keyword argument is kept in `extra` and travels beside the fields."""

    model: str | None = None
    stream: bool = False
    extra: dict[str, JSON] = field(default_factory=dict)

    def as_dict(self) -> dict[str, JSON]:
        """The fields that are said, and the others, side by side."""
        own = {name: value for name, value in msgspec.structs.asdict(self).items() if name != "extra"}
        return {**{name: value for name, value in own.items() if value is not None}, **self.extra}

    def to_json(self) -> bytes:
        """`as_dict` as JSON in UTF-8: `from_json` reads it back equal."""
        return msgspec.json.encode(self.as_dict())

    @classmethod
    def from_dict(cls, told: Mapping[str, JSON]) -> Self:
        """The request of these values. Raises `InputError` that names the field that does not fit."""
        known = set(cls.__struct_fields__) - {"extra"}
        own = {name: value for name, value in told.items() if name in known}
        others = {name: value for name, value in told.items() if name not in known}
        try:
            return msgspec.convert({**own, "extra": others}, cls)
        except msgspec.ValidationError as fault:
            raise InputError(f"this is no {cls.__name__}: {fault}", "mend that field") from fault

    @classmethod
    def from_json(cls, data: bytes | str) -> Self:
        """The request of a JSON object. Raises `InputError` for anything else."""
        try:
            told = msgspec.json.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError) as fault:
            raise InputError(f"a request is a JSON object, and this is not JSON: {fault}") from fault
        if not isinstance(told, dict):
            raise InputError(f"a request is a JSON object, and this is a {type(told).__name__}")
        return cls.from_dict(told)


class ChatRequestModel(RequestModel, frozen=True, kw_only=True):
    """A conversation to go on with, in the fields of chat completions."""

    messages: list[dict[str, JSON]]
    temperature: float = _VENDORS_OWN
    top_p: float = _VENDORS_OWN
    max_tokens: int | None = None
    stop: str | list[str] | None = None
    tools: list[dict[str, JSON]] | None = None
    tool_choice: str | dict[str, JSON] | None = None
    response_format: dict[str, JSON] | None = None

    def to_canonical(self, model: str = "") -> ChatRequest:
        """The canonical request; `model` stands in where none is named. Raises `InputError` for what no server takes.

        A temperature or top_p of 1.0 is not said: it is what vendors take anyway, where they take one.
        """
        from conformance.dialects import Refusal, dialect

        body = self.as_dict()
        body["model"] = self.model or model
        for name in ("temperature", "top_p"):
            if body[name] == _VENDORS_OWN:
                del body[name]
        try:
            return dialect(_SPEAKS).server.parse(body)
        except Refusal as refusal:
            raise InputError(f"this is no chat request: {refusal.error.message}") from refusal

    @classmethod
    def from_canonical(cls, request: ChatRequest) -> Self:
        """The same request in the fields of chat completions. Raises `UnsupportedError` for what they cannot say."""
        from conformance.dialects import dialect

        return cls.from_dict(dialect(_SPEAKS).body(request, {}))


class CompletionRequestModel(RequestModel, frozen=True, kw_only=True):
    """A text to be continued."""

    prompt: str | list[str]
    temperature: float = _VENDORS_OWN
    top_p: float = _VENDORS_OWN
    max_tokens: int | None = None
    stop: str | list[str] | None = None


class EmbeddingRequestModel(RequestModel, frozen=True, kw_only=True):
    """Texts to be embedded."""

    input: str | list[str]
    dimensions: int | None = None
    encoding_format: str | None = None
