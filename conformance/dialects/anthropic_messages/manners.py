"""How Anthropic behaves beyond its language: its keys, its ids, its list of models.

Rule of the file: data and the form of the list.
"""

from __future__ import annotations

from collections.abc import Sequence

from conformance.dialects.manners import Counting, Form, Listing, Manners
from conformance.exchange import Headers, header_of
from conformance.model import JSON


def _asks(headers: Headers, target: str) -> bool:
    return header_of(headers, "anthropic-version") is not None or "/messages" in target.partition("?")[0]


def _item(name: str) -> dict[str, JSON]:
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


def _page(items: Sequence[dict[str, JSON]]) -> JSON:
    first, last = (items[0]["id"], items[-1]["id"]) if items else (None, None)
    return {"data": list(items), "has_more": False, "first_id": first, "last_id": last}


def _limited(body: JSON) -> JSON:
    """The body with max_tokens, which a count does without and a call must have."""
    return {"max_tokens": 1, **body} if isinstance(body, dict) else body


MANNERS = Manners(
    key_headers=("x-api-key", "authorization"),
    no_key="x-api-key header is required",
    wrong_key="invalid x-api-key",
    no_model="model: {model}",
    request_id="request-id",
    answer_id="msg_",
    call_id="toolu_",
    counted=("cache_read", "cache_write"),
    listing=Listing("/v1/models", _item, _page, _asks, form=Form(cursor="after_id", following="last_id", size="limit")),
    counting=(Counting("/v1/messages/count_tokens", _limited, lambda count: {"input_tokens": count}),),
)
