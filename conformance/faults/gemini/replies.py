"""Faults of whole replies, of their usage, and of calls.

Rule of the file: one key, one value at a time.
"""

from __future__ import annotations

from conformance.faults import kit
from conformance.faults.every.telling import Teller
from conformance.faults.gemini.changing import CALL, NAME, ONE, PARTS

_reply, _usage = Teller(NAME, "reply", "simple_text_whole"), Teller(NAME, "usage", "simple_text_whole")


FAULTS = (
    _reply.fault("candidates-missing", "GM-R01", "There are no candidates.", kit.whole_drop("", "candidates")),
    _reply.fault("candidates-empty", "GM-R01", "The candidates are an empty list.", kit.whole_set("", candidates=[])),
    _reply.fault("candidates-null", "GM-R01", "The candidates are null.", kit.whole_set("", candidates=None)),
    _reply.fault(
        "feedback-empty",
        "GM-R01",
        "The prompt was blocked, and nothing says why.",
        kit.whole(kit.become({"promptFeedback": {}})),
        also=frozenset({"GM-R10"}),
    ),
    _reply.fault(
        "error-under-200",
        "GM-R01",
        "An error comes with the status 200.",
        kit.whole(kit.become({"error": {"code": 503, "message": "no", "status": "UNAVAILABLE"}})),
    ),
    _reply.fault(
        "of-chat",
        "GM-R01",
        "A whole answer of openai-chat comes.",
        kit.whole(
            kit.become(
                {
                    "id": "c",
                    "object": "chat.completion",
                    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello"}}],
                }
            )
        ),
        also=frozenset({"GM-R10"}),
    ),
    _reply.fault(
        "wrapped",
        "GM-R01",
        "The reply stands under `response`.",
        kit.whole(lambda told: kit.become({"response": dict(told)})(told)),
        source="Code Assist",
        also=frozenset({"GM-R10"}),
    ),
    _reply.fault(
        "role-assistant", "GM-R02", "The role is `assistant`.", kit.whole_set("candidates[].content", role="assistant")
    ),
    _reply.fault("role-missing", "GM-R02", "The content has no role.", kit.whole_drop("candidates[].content", "role")),
    _reply.fault("finish-missing", "GM-R03", "The candidate has no finishReason.", kit.whole_drop(ONE, "finishReason")),
    _reply.fault("finish-null", "GM-R03", "The finishReason is null.", kit.whole_set(ONE, finishReason=None)),
    _reply.fault(
        "finish-snake-case",
        "GM-R03",
        "The finishReason is called finish_reason.",
        kit.whole(kit.rename_at(ONE, "finishReason", "finish_reason")),
        also=frozenset({"GM-R08"}),
    ),
    _reply.fault("finish-lower-case", "GM-R04", "The finishReason is `stop`.", kit.whole_set(ONE, finishReason="stop")),
    _reply.fault(
        "block-lower-case",
        "GM-R04",
        "The blockReason is `safety`.",
        kit.whole(
            lambda told: kit.become(
                {key: value for key, value in told.items() if key != "candidates"}
                | {"promptFeedback": {"blockReason": "safety"}}
            )(told)
        ),
    ),
    _reply.fault(
        "parts-missing",
        "GM-R05",
        "The content has no parts.",
        kit.whole_drop("candidates[].content", "parts"),
        source="Portkey-AI/gateway 1705",
    ),
    _reply.fault("text-empty", "GM-R05", "The text is empty.", kit.whole_set(PARTS, text="")),
    _reply.fault(
        "malformed-call-as-stop",
        "GM-R05",
        "A malformed call is told as an empty answer that ended well.",
        kit.whole(kit.set_at("candidates[].content", parts=[])),
        on=f"{CALL}_whole",
        source="Wei-Shaw/sub2api 7081",
    ),
    _reply.fault("text-null", "GM-R05", "The text is null.", kit.whole_set(PARTS, text=None)),
    _reply.fault("text-object", "JS-R", "The text is an object.", kit.whole_set(PARTS, text={"value": "Hello"})),
    _reply.fault(
        "parts-object",
        "JS-R",
        "The parts are one object, in no list.",
        kit.whole(kit.swap_at("candidates[].content", "parts", lambda parts: parts[0])),
        also=frozenset({"GM-R05"}),
    ),
    _reply.fault(
        "content-string",
        "JS-R",
        "The content is a string.",
        kit.whole_set(ONE, content="Hello, dear reader, and welcome!"),
        also=frozenset({"GM-R05"}),
    ),
    _reply.fault(
        "candidates-object",
        "GM-R01",
        "The candidates are one object, in no list.",
        kit.whole(kit.swap_at("", "candidates", lambda told: told[0])),
    ),
    _reply.fault(
        "snake-case",
        "GM-R08",
        "Keys are in snake_case.",
        kit.whole(
            lambda told: [
                kit.rename_at("", *names)(told)
                for names in (("responseId", "response_id"), ("modelVersion", "model_version"))
            ]
        ),
        also=frozenset({"GM-R10"}),
    ),
    _reply.fault("id-missing", "GM-R10", "The reply has no responseId.", kit.whole_drop("", "responseId")),
    _reply.fault("model-missing", "GM-R10", "The reply names no model.", kit.whole_drop("", "modelVersion")),
    _reply.fault("id-null", "GM-R10", "The responseId is null.", kit.whole_set("", responseId=None)),
    _usage.fault("missing_whole", "GM-R09", "There is no usage.", kit.whole_drop("", "usageMetadata")),
    _usage.fault(
        "total-missing_whole", "GM-R09", "Usage has no total.", kit.whole_drop("usageMetadata", "totalTokenCount")
    ),
    _usage.fault(
        "of-chat",
        "GM-R09",
        "Usage has the names of openai-chat.",
        kit.whole_set("", usageMetadata={"prompt_tokens": 24, "completion_tokens": 9, "total_tokens": 33}),
    ),
    _usage.fault(
        "snake-case",
        "GM-R08",
        "Usage is in snake_case.",
        kit.whole_set(
            "", usageMetadata={"prompt_token_count": 24, "candidates_token_count": 9, "total_token_count": 33}
        ),
        also=frozenset({"GM-R09"}),
    ),
    _usage.fault(
        "sum_whole", "GM-U01", "The total is not the sum.", kit.whole_set("usageMetadata", totalTokenCount=99)
    ),
    _usage.fault(
        "thoughts-twice",
        "GM-U01",
        "Thoughts are counted among the candidates too.",
        kit.whole(kit.set_at("usageMetadata", candidatesTokenCount=52)),
        on="thinking_whole",
    ),
    _usage.fault(
        "cached-exceeds",
        "GM-U02",
        "More tokens are cached than there are.",
        kit.whole_set("usageMetadata", cachedContentTokenCount=99),
    ),
    _usage.fault(
        "strings",
        "GN-16",
        "Counts are strings.",
        kit.whole(kit.swap_at("usageMetadata", "totalTokenCount", lambda count: f"{count} tokens")),
    ),
    _usage.fault(
        "negative",
        "GN-16",
        "A count is negative.",
        kit.whole_set("usageMetadata", candidatesTokenCount=-9),
        also=frozenset({"GM-U01", "GN-34"}),
    ),
)
