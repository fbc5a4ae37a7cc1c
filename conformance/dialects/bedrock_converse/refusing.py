"""Refuse a request as the service does: for its shape, for its sense.

Rule of the file: one fault is enough; it is told with the path where it stands.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.model import JSON, Error, error

from .schemas import SCHEMAS
from .turns import Fault, blocks_in, misplaced_results, schema_faults
from .words import object_of


def refuse_body(body: JSON) -> Error | None:
    """Why the service answers 400 to a body; None when it does not."""
    if not isinstance(body, dict):
        return _refusal("the request body is not a JSON object")
    return next((_refusal(f"{fault.path}: {fault.message}") for fault in _faults(body)), None)


def _refusal(message: str) -> Error:
    return error("invalid_request", message, status=400, code="ValidationException")


def _faults(body: dict[str, JSON]) -> Iterator[Fault]:
    """What the service refuses, shape before sense."""
    from conformance.schema import problems  # a schema engine is no part of a client

    for one in problems(SCHEMAS["request"], body):
        yield Fault(one.path or "$", one.message, one.got)
    yield from schema_faults(body)
    for placed in blocks_in(body):
        if "text" in placed.block and not placed.block["text"].strip():
            yield Fault(placed.path, "The text field in the ContentBlock object is blank")
        thought = placed.inside("reasoningContent")
        if placed.block.keys() == {"reasoningContent"} and not thought.keys() & {"reasoningText", "redactedContent"}:
            yield Fault(placed.path, "reasoningContent holds neither reasoningText nor redactedContent")
    yield from misplaced_results(body)
    if "toolConfig" not in body and any(placed.block.keys() & {"toolUse", "toolResult"} for placed in blocks_in(body)):
        yield Fault("$.toolConfig", "must be defined when using toolUse and toolResult content blocks")
    yield from _unknown_choice(body)


def _unknown_choice(body: dict[str, JSON]) -> Iterator[Fault]:
    config = body.get("toolConfig") or {}
    wanted = object_of(object_of(config.get("toolChoice")).get("tool")).get("name")
    names = [object_of(tool.get("toolSpec")).get("name") for tool in config.get("tools", ())]
    if wanted is not None and wanted not in names:
        yield Fault("$.toolConfig.toolChoice.tool.name", f"tool {wanted!r} is not among the tools")
