"""Faults of whole answers and of what is counted.

Rule of the file: one key, one value at a time.
"""

from __future__ import annotations

from conformance.deviating import Chunk
from conformance.faults import kit
from conformance.faults.every.telling import Teller

NAME = "ollama"
Told = list[Chunk]

_count, _reply = Teller(NAME, "count"), Teller(NAME, "reply", "simple_text_whole")


FAULTS = (
    _count.fault("early", "OL-S06", "Counters stand on every line.", kit.chunks(kit.set_at("", eval_count=9))),
    _count.fault("missing", "OL-R04", "The tokens are not counted.", kit.nth(-1, kit.drop_at("", "eval_count"))),
    _count.fault(
        "missing_whole",
        "OL-R04",
        "The tokens are not counted.",
        kit.whole_drop("", "eval_count"),
        on="simple_text_whole",
    ),
    _count.fault(
        "of-chat_whole",
        "OL-R04",
        "Usage is told as openai-chat does.",
        kit.whole(
            lambda told: [
                told.pop("eval_count"),
                told.pop("prompt_eval_count"),
                told.update(usage={"prompt_tokens": 24, "completion_tokens": 9, "total_tokens": 33}),
            ]
        ),
        on="simple_text_whole",
    ),
    _count.fault(
        "negative_whole",
        "GN-16",
        "A count is negative.",
        kit.whole_set("", eval_count=-9),
        on="simple_text_whole",
        also=frozenset({"GN-34"}),
    ),
    _count.fault(
        "duration-string_whole",
        "JS-R",
        "A duration is told in words.",
        kit.whole_set("", total_duration="900ms"),
        on="simple_text_whole",
    ),
    _reply.fault("model-missing", "OL-R01", "The answer names no model.", kit.whole_drop("", "model")),
    _reply.fault("created-seconds", "OL-R01", "The time is in seconds.", kit.whole_set("", created_at=1790000000)),
    _reply.fault("message-missing", "OL-R01", "The answer has no message.", kit.whole_drop("", "message")),
    _reply.fault(
        "content-null",
        "OL-R01",
        "The content is null.",
        kit.whole_set("message", content=None),
        also=frozenset({"OL-R05"}),
    ),
    _reply.fault(
        "of-generate",
        "OL-R01",
        "The answer is that of another path: `response` in place of a message.",
        kit.whole(lambda told: told.update(response=told.pop("message")["content"])),
    ),
    _reply.fault(
        "of-chat",
        "OL-R01",
        "A whole answer of openai-chat comes.",
        kit.whole(
            kit.become(
                {
                    "id": "c",
                    "object": "chat.completion",
                    "choices": [
                        {"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}
                    ],
                }
            )
        ),
    ),
    _reply.fault(
        "done-missing",
        "OL-R01",
        "The answer does not say that it is done.",
        kit.whole_drop("", "done"),
    ),
    _reply.fault("done-false", "OL-R02", "A whole answer is not done.", kit.whole_set("", done=False)),
)
