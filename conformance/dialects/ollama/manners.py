"""How Ollama behaves beyond its language: its key (of the cloud), its ids, its list of models.

Rule of the file: data and the form of the list. A server at home asks for no key; the virtual provider does.
"""

from __future__ import annotations

from collections.abc import Sequence

from conformance.dialects.manners import Form, Listing, Manners
from conformance.exchange import Headers
from conformance.model import JSON


def _asks(headers: Headers, target: str) -> bool:
    return target.startswith("/api/")


def _item(name: str) -> dict[str, JSON]:
    return {
        "name": name,
        "model": name,
        "modified_at": "2026-01-01T00:00:00Z",
        "size": 1,
        "digest": "0" * 64,
        "details": {
            "parent_model": "",
            "format": "gguf",
            "family": "virtual",
            "families": ["virtual"],
            "parameter_size": "1B",
            "quantization_level": "F16",
        },
    }


def _page(items: Sequence[dict[str, JSON]]) -> JSON:
    return {"models": list(items)}


MANNERS = Manners(
    key_headers=("authorization",),
    no_key="unauthorized",
    wrong_key="unauthorized",
    no_model="model '{model}' not found",
    answer_id="",
    call_id="call_",
    listing=Listing("/api/tags", _item, _page, _asks, single=False, form=Form("models", "model")),
)
