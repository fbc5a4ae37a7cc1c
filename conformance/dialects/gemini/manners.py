"""How Google's Developer API behaves beyond its language: its keys, its ids, its list of models, its counts.

Rule of the file: data and the forms of lists and counts.
"""

from __future__ import annotations

from collections.abc import Sequence

from conformance.dialects.manners import Counting, Form, Listing, Manners
from conformance.exchange import Headers, header_of
from conformance.model import JSON

from .paths import query_of


def _asks(headers: Headers, target: str) -> bool:
    path = target.partition("?")[0]
    ours = header_of(headers, "x-goog-api-key") is not None or bool(query_of(target, "key"))
    return ours or path.startswith("/v1beta") or ":generateContent" in path or ":streamGenerateContent" in path


def _item(name: str) -> dict[str, JSON]:
    return {
        "name": f"models/{name}",
        "version": "001",
        "displayName": name,
        "inputTokenLimit": 1_048_576,
        "outputTokenLimit": 65_536,
        "supportedGenerationMethods": ["generateContent", "countTokens"],
        "thinking": True,
    }


def _page(items: Sequence[dict[str, JSON]]) -> JSON:
    return {"models": list(items)}


def _counted(body: JSON) -> JSON:
    """The call whose prompt is counted: the body itself, or what it holds."""
    held = body.get("generateContentRequest") if isinstance(body, dict) else None
    return held if isinstance(held, dict) else body


MANNERS = Manners(
    key_headers=("x-goog-api-key", "authorization"),
    key_query="key",
    no_key=(
        "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other"
        " form of API consumer identity to call this API."
    ),
    wrong_key="API key not valid. Please pass a valid API key.",
    no_model="models/{model} is not found for API version v1beta, or is not supported for generateContent.",
    request_id="x-goog-request-id",
    answer_id="",
    call_id="",
    listing=Listing(
        "/v1beta/models", _item, _page, _asks, form=Form("models", "name", "pageToken", "nextPageToken", "pageSize")
    ),
    counting=(
        Counting("/v1beta/models/{model}:countTokens", _counted, lambda count: {"totalTokens": count}),
        Counting("/v1/models/{model}:countTokens", _counted, lambda count: {"totalTokens": count}),
    ),
)
