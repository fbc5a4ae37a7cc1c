"""How Cohere behaves beyond its language: its key, its ids, its list of models.

Rule of the file: data and the form of the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qs

from conformance.dialects.manners import Form, Listing, Manners
from conformance.exchange import Headers, header_of
from conformance.model import JSON

_ASKED = ("endpoint", "page_size", "page_token", "default_only")


def _asks(headers: Headers, target: str) -> bool:
    path, _, query = target.partition("?")
    named = (header_of(headers, "x-fern-sdk-name") or "").lower() == "cohere"
    return named or path.startswith("/v2/") or any(name in parse_qs(query, keep_blank_values=True) for name in _ASKED)


def _item(name: str) -> dict[str, JSON]:
    return {"name": name, "endpoints": ["chat"], "finetuned": False, "context_length": 256_000, "features": ["tools"]}


def _page(items: Sequence[dict[str, JSON]]) -> JSON:
    return {"models": list(items)}


MANNERS = Manners(
    key_headers=("authorization",),
    no_key="no api key supplied",
    wrong_key="invalid api token",
    no_model=(
        "model '{model}' not found, make sure the correct model ID was used and that you have access to the model."
    ),
    request_id="x-debug-trace-id",
    answer_id="",
    call_id="call_",
    listing=Listing(
        "/v1/models", _item, _page, _asks, form=Form("models", "name", "page_token", "next_page_token", "page_size")
    ),
)
