"""Refuse a request as the server does: for its headers, for its shape, for its sense.

Rule of the file: one fault is enough; it is told as the vendor tells it, the path with dots first.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from conformance.dialects.anthropic_messages.schemas import SCHEMAS
from conformance.dialects.anthropic_messages.sense import SENSE
from conformance.dialects.anthropic_messages.turns import (
    Fault,
    assistant_documents,
    misplaced_results,
    sampling,
    unanswered_calls,
    user_citations,
)
from conformance.dialects.anthropic_messages.words import HOSTED_VERSIONS, VERSION, VERSIONS
from conformance.exchange import Headers, header_of
from conformance.model import JSON, Error, error


def refuse(headers: Headers, body: JSON) -> Error | None:
    """Why the version header, or what that version forbids, makes the server refuse; None when nothing does."""
    version, known = header_of(headers, "anthropic-version"), VERSIONS
    if version is None and isinstance(body, dict):  # behind other clouds it stands in the body
        version, known = body.get("anthropic_version"), HOSTED_VERSIONS
    if version is None:
        return _refusal("anthropic-version: header is required")
    if version not in known:
        return _refusal(f"anthropic-version: {version!r} is not a valid version")
    if version == VERSION:
        for fault in chain(sampling(body), assistant_documents(body), user_citations(body)):
            return _refusal(_worded(fault))
    return None


def refuse_body(body: JSON) -> Error | None:
    """Why the server answers 400 to a body, whatever the headers; None when it does not."""
    if not isinstance(body, dict):
        return _refusal("the request body is not a JSON object")
    return next((_refusal(_worded(fault)) for fault in _faults(body)), None)


def _refusal(message: str) -> Error:
    return error("invalid_request", message, status=400, code="invalid_request_error")


def _worded(fault: Fault) -> str:
    """A fault as the vendor writes one: the path with dots, then what is wrong."""
    path = fault.path.removeprefix("$").lstrip(".").replace("[", ".").replace("]", "")
    return f"{path}: {fault.message}" if path else fault.message


def _faults(body: dict[str, JSON]) -> Iterator[Fault]:
    """What the server refuses, shape before sense."""
    from conformance.schema import problems  # a schema engine is no part of a client

    for name in ("model", "max_tokens", "messages"):
        if name not in body:
            yield Fault(f"$.{name}", "Field required")
    for one in problems(SCHEMAS["request"], body):
        yield Fault(one.path or "$", one.message, one.got)
    for fact in SENSE:
        yield from fact(body)
    yield from misplaced_results(body)
    yield from unanswered_calls(body)
    yield from _unknown_choice(body)
    yield from _budget(body)
    if isinstance(wanted := (body.get("output_config") or {}).get("format"), dict):
        yield from _open_objects(wanted["schema"], "$.output_config.format.schema")


def _unknown_choice(body: dict[str, JSON]) -> Iterator[Fault]:
    choice, tools = body.get("tool_choice"), body.get("tools") or []
    if choice and not tools and not body.get("mcp_servers"):
        yield Fault("$.tool_choice", "may only be given together with tools")
    elif choice and choice["type"] == "tool" and choice["name"] not in [tool.get("name") for tool in tools]:
        yield Fault("$.tool_choice.name", f"tool {choice['name']!r} is not among the tools")


def _budget(body: dict[str, JSON]) -> Iterator[Fault]:
    thinking = body.get("thinking") or {}
    if thinking.get("type") == "enabled" and thinking["budget_tokens"] >= body["max_tokens"]:
        yield Fault("$.max_tokens", "must be greater than thinking.budget_tokens")


def _open_objects(schema: JSON, path: str) -> Iterator[Fault]:
    """Each object of an output schema that admits unknown properties: the vendor wants them ruled out."""
    if isinstance(schema, list):
        for number, inner in enumerate(schema):
            yield from _open_objects(inner, f"{path}[{number}]")
    if not isinstance(schema, dict):
        return
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        yield Fault(path, "for type object, additionalProperties must be set to false")
    for key, inner in schema.items():
        if key in ("properties", "$defs", "definitions") and isinstance(inner, dict):
            for name, one in inner.items():
                yield from _open_objects(one, f"{path}.{key}.{name}")
        elif key in ("items", "anyOf", "allOf"):
            yield from _open_objects(inner, f"{path}.{key}")
