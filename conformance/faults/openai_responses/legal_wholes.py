"""Variations of whole answers, and of what was asked: odd, and as legal as the rest.

Rule of the file: each was seen of a server that clients work with, or follows from the specification.
"""

from __future__ import annotations

from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.openai_responses.changing import (
    NAME,
)

_told = Teller(NAME, "legal")


VARIATIONS = (
    _told.legal(
        "unknown-keys",
        "Objects have keys that nobody knows.",
        kit.both(lambda told: told.update(vendor={"region": "eu"})),
    ),
    _told.legal(
        "unknown-item",
        "An item of an unknown kind stands in the output.",
        kit.whole(
            lambda told: told["output"].insert(0, {"id": "ws_1", "type": "web_search_call", "status": "completed"})
        ),
        on="simple_text_whole",
    ),
    _told.legal(
        "annotations",
        "The text cites.",
        kit.whole(
            kit.set_at(
                "output[].content[]",
                annotations=[
                    {
                        "type": "url_citation",
                        "url": "https://example.org",
                        "start_index": 0,
                        "end_index": 5,
                        "title": "x",
                    }
                ],
            )
        ),
        on="simple_text_whole",
    ),
    _told.legal(
        "forced-completes",
        "A call that was demanded comes, and the status is completed.",
        kit.both(lambda told: None),
        on="tool_call_single",
        asks=kit.asking(lambda body: body.update(tool_choice="required")),
    ),
    _told.legal(
        "no-arguments",
        "A call of a tool without required arguments has the arguments {}.",
        kit.both(lambda told: None),
        on="tool_call_single",
        asks=kit.asking(lambda body: [tool["parameters"].pop("required", None) for tool in body["tools"]]),
    ),
    _told.legal(
        "item-without-status",
        "A call has no status.",
        kit.whole(kit.drop_at("output[]", "status")),
        on="tool_call_single_whole",
        source="OpenAPI: optional",
    ),
    _told.legal(
        "reason-unknown",
        "An incomplete answer gives a reason that is new.",
        kit.whole(kit.set_at("", incomplete_details={"reason": "server_budget"})),
        on="max_tokens_whole",
    ),
)
