"""The lists of models, as each family of vendors gives them.

Rule of the file: one path serves all families, so the request's headers tell them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from conformance.dialects import dialect_names
from conformance.exchange import Headers, header_of
from conformance.model import JSON
from conformance.virtual.doorkeeper import known_models, knows

_SINCE = 1_767_225_600
"""1 January 2026, when all these models appeared."""


def speaker(headers: Headers, path: str = "") -> str:
    """The dialect whose words an answer outside of a call must use."""
    anthropic = header_of(headers, "anthropic-version") is not None or "/messages" in path
    wanted = "anthropic-messages" if anthropic else "openai-chat"
    return wanted if wanted in dialect_names() else dialect_names()[0]


def models(dialect: str) -> JSON:
    """The list, in the form of this dialect's family."""
    items = [_ITEMS[dialect](name) for name in sorted(known_models())]
    if dialect == "anthropic-messages":
        ends = (
            {"first_id": items[0]["id"], "last_id": items[-1]["id"]} if items else {"first_id": None, "last_id": None}
        )
        return {"data": items, "has_more": False, **ends}
    return {"object": "list", "data": items}


def model(name: str, dialect: str) -> JSON:
    """One model in the form of this dialect's family; None when it does not exist."""
    return _ITEMS[dialect](name) if knows(name) else None


def _openai(name: str) -> dict[str, JSON]:
    return {"id": name, "object": "model", "created": _SINCE, "owned_by": "conformance"}


def _anthropic(name: str) -> dict[str, JSON]:
    return {
        "type": "model",
        "id": name,
        "display_name": name,
        "created_at": "2026-01-01T00:00:00Z",
        "lifecycle": "active",
        "max_input_tokens": 200_000,
        "max_tokens": 64_000,
        "capabilities": None,
    }


_ITEMS: Mapping[str, Callable[[str], dict[str, JSON]]] = {"openai-chat": _openai, "anthropic-messages": _anthropic}
