"""vcrpy's serializer for our form: between its dicts and the cassette's text.

Rule of the file: nothing is lost on the way round, provenance included.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.exchange import Broken, Headers
from conformance.model import JSON
from conformance.tape import form
from conformance.tape.headers import HeaderLists, header_lists
from conformance.tape.recording import chunks_of, end_of
from conformance.tape.streams import Reel
from conformance.tape.vcrdeck import reel_in


class JsonForm:
    """What `register_serializer("json", …)` takes."""

    @staticmethod
    def serialize(data: dict[str, Any]) -> str:
        reels = [reel_in(one["response"]) for one in data["interactions"]]
        found = next((reel.provenance for reel in reels if reel.provenance), form.Provenance())
        return form.render(found, [_stored(one, reel) for one, reel in zip(data["interactions"], reels, strict=True)])

    @staticmethod
    def deserialize(text: str) -> dict[str, Any]:
        stored = form.parse(text, "the cassette")
        interactions = [_loaded(one, stored.provenance, number) for number, one in enumerate(stored.interactions)]
        return {"version": 1, "interactions": interactions}


def _stored(one: dict[str, Any], reel: Reel) -> JSON:
    sent, came = one["request"], one["response"]
    body = sent["body"].encode() if isinstance(sent["body"], str) else sent["body"]
    end = {"error": reel.ended[0], "message": reel.ended[1]} if isinstance(reel.ended, Broken) else reel.ended
    return {
        "request": {
            "method": sent["method"],
            "uri": sent["uri"],
            "headers": header_lists(_lines(sent["headers"])),
            **form.body_fields(body),
        },
        "response": {
            "status": came["status"],
            "headers": header_lists(_lines(came["headers"])),
            "body": {
                "chunks": [form.piece_of(chunk.data) for chunk in reel],
                "end": end,
                "gaps_ms": [round(chunk.gap * 1000) for chunk in reel],
            },
        },
    }


def _lines(lists: Mapping[str, list[str]]) -> Headers:
    return tuple((name, value) for name, values in lists.items() for value in values)


def _lists(stored: HeaderLists) -> dict[str, list[str]]:
    return {name: [values] if isinstance(values, str) else values for name, values in stored.items()}


def _loaded(one: form.StoredInteraction, found: form.Provenance, number: int) -> dict[str, Any]:
    where = f"interaction {number}"
    reel = Reel(chunks_of(one.response.body, where))
    reel.end, reel.provenance = end_of(one.response.body), found
    status = {"code": one.response.status.code, "message": one.response.status.message}
    return {
        "request": {
            "method": one.request.method,
            "uri": one.request.uri,
            "body": form.body_of(one.request, where) or None,
            "headers": _lists(one.request.headers),
        },
        "response": {
            "status": status,
            "headers": _lists(one.response.headers),
            "body": {"chunks": reel, "string": reel.body},  # `string` is for vcrpy's other stubs
        },
    }
