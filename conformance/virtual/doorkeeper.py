"""Who may come in: the checks that a vendor makes before a model sees the request.

Rule of the file: it refuses by raising `Refusal`, in the order of the vendors: key, content type, JSON, headers, body,
model. What a refusal looks like on the wire is the dialect's business.
"""

from __future__ import annotations

import json
from functools import cache, lru_cache
from typing import NamedTuple, NoReturn
from urllib.parse import parse_qs, urlsplit

from conformance.adapters import adapter, adapter_names
from conformance.dialects import Dialect, Refusal, heard
from conformance.exchange import Headers, Request, header_of
from conformance.model import JSON, ChatRequest, ErrorKind, error

VIRTUAL_KEY = "conformance-virtual-key"
"""The one key that is good."""

MODEL_PREFIX = "virtual-"
"""Beside the models of known adapters, every model of such a name exists."""
MODEL = f"{MODEL_PREFIX}model"
"""The model that is proposed to who has none in mind."""


class Admitted(NamedTuple):
    """A request that may be answered: as it was sent, and as it was understood."""

    body: JSON
    request: ChatRequest


def admit(language: Dialect, sent: Request, key: str = VIRTUAL_KEY) -> Admitted:
    """Let a request in. Raises `Refusal` with what the real vendor would refuse it for."""
    check_key(language, sent.headers, key, sent.url)
    body = heard(language, sent.url, _json(sent.headers, sent.body))
    judge = getattr(language.server, "refuse", None)  # only dialects with rules on headers have one
    if judge and (fault := judge(sent.headers, body)):
        raise Refusal(fault)
    request = language.server.parse(body)
    _check_schemas(language, body, request)
    if not knows(request.model):
        ways = language.manners
        _refuse("not_found", ways.no_model.format(model=request.model), ways.no_model_status, ways.no_model_code)
    return Admitted(body, request)


def check_key(language: Dialect, headers: Headers, key: str = VIRTUAL_KEY, url: str = "") -> None:
    """Raises `Refusal` unless the good key is where the dialect looks for it."""
    ways = language.manners
    told = next((value for name in ways.key_headers if (value := header_of(headers, name)) is not None), None)
    if told is None and ways.key_query:
        told = next(iter(parse_qs(urlsplit(url).query).get(ways.key_query, ())), None)
    if told is None:
        _refuse("auth", ways.no_key, 401)
    if ways.key_of(told) != key:
        _refuse("auth", ways.wrong_key, 401)


def knows(model: str) -> bool:
    """Does this model exist here?"""
    return model in known_models() or model.startswith(MODEL_PREFIX)


@cache
def known_models() -> frozenset[str]:
    """The models that are listed: those of the adapters, and the one that is proposed."""
    return frozenset([*(adapter(name).model for name in adapter_names()), MODEL])


def _json(headers: Headers, content: bytes) -> JSON:
    label = (header_of(headers, "content-type") or "").partition(";")[0].strip().lower()
    if label != "application/json":
        _refuse("invalid_request", f"content-type must be application/json, not {label or 'absent'}", 400)
    try:
        body = json.loads(content, parse_constant=_no_constant)
        if b"\\ud" in content.lower():  # half a surrogate pair is no character: it cannot be sent back
            json.dumps(body, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as fault:
        _refuse("invalid_request", f"the request body is not valid JSON: {fault}", 400)
    return body


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _check_schemas(language: Dialect, body: JSON, request: ChatRequest) -> None:
    """Refuse a JSON Schema that is none, as vendors do: a tool's, or the one of the answer."""
    for number, schema in enumerate(language.tool_schemas(body)):
        if schema is not None and (fault := schema_fault(json.dumps(schema))):
            _refuse("invalid_request", f"the schema of tool {number} is no JSON Schema: {fault}", 400)
    wanted = request.response_format.schema if request.response_format else None
    if wanted is not None and (fault := schema_fault(json.dumps(wanted))):
        _refuse("invalid_request", f"the schema of the answer is no JSON Schema: {fault}", 400)


@lru_cache(512)
def schema_fault(text: str) -> str | None:
    """What is wrong with a JSON Schema, given as JSON text; None when nothing is."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError
    from jsonschema.validators import validator_for

    schema = json.loads(text)
    named = isinstance(schema, dict) and "$schema" in schema  # older drafts are taken at their word
    judge = validator_for(schema, Draft202012Validator) if named else Draft202012Validator
    try:
        judge.check_schema(schema)
    except SchemaError as fault:
        return f"{fault.message} at {fault.json_path}"
    return None


def _refuse(kind: ErrorKind, message: str, status: int, code: str | None = None) -> NoReturn:
    raise Refusal(error(kind, message, status=status, code=code))
