"""Deviations in framing, and in how a stream ends: sentinel, finish reason, comments, line ends.

Rule of the file: what a parser that follows the standard makes of it is the same.
"""

from __future__ import annotations

from conformance.deviating import Bend, Chunk, Deviation
from conformance.model import Reply

from .shaping import choices_of, each_choice, finish_of, streams_only

LATE_KEY = "the vendor sends finish_reason only when there is one"
OWN_OBJECT = "the vendor's last chunk has an object of its own"
EOS = "the vendor says eos where the language says stop"
BLANK = "the vendor says an empty finish_reason until there is one"
_REASON = "$.choices[].finish_reason"


def _comments(frames: list[bytes]) -> list[bytes]:
    note = b": PROCESSING\n\n"
    return [note, frames[0], note, *frames[1:]]


def _until_finish(choice: Chunk) -> None:
    if choice.get("finish_reason") is None:
        choice.pop("finish_reason", None)


def _blank_until_finish(choice: Chunk) -> None:
    if choice.get("finish_reason") is None:
        choice["finish_reason"] = ""


def _eos(choice: Chunk) -> None:
    if choice.get("finish_reason") == "stop":
        choice["finish_reason"] = "eos"


def _done_object(chunks: list[Chunk], reply: Reply) -> list[Chunk]:
    finish_of(chunks)["object"] = "chat.completion.done"
    return chunks


def _message_beside(chunks: list[Chunk], reply: Reply) -> list[Chunk]:
    said = ""
    for chunk in chunks:
        for choice in choices_of(chunk):
            said += choice["delta"].get("content") or ""
            choice["message"] = {"role": "assistant", "content": said}
    return chunks


ENDING = (
    Deviation(
        id="comments",
        sentence="Comment lines keep the connection alive.",
        source="openrouter's reference of streaming",
        bend=Bend(frames=_comments),
    ),
    Deviation(
        id="crlf",
        sentence="Lines of a stream end with CR LF.",
        source="recorded streams of perplexity",
        bend=Bend(frames=lambda frames: [frame.replace(b"\n", b"\r\n") for frame in frames]),
    ),
    Deviation(
        id="blank_keepalive",
        sentence="Blank lines before a whole answer keep the connection alive.",
        source="recorded answers of openrouter",
        bend=Bend(body=lambda body: b"\n         \n" * 3 + body),
    ),
    Deviation(
        id="no_done",
        sentence="No [DONE] ends a stream.",
        source="recorded streams of perplexity and minimax",
        bend=Bend(frames=lambda frames: [frame for frame in frames if frame.strip() != b"data: [DONE]"]),
        excuses={"OC-S15": (None, "the vendor's streams end without [DONE]")},
    ),
    Deviation(
        id="done_object",
        sentence='The finish chunk says object "chat.completion.done".',
        source="recorded streams of perplexity",
        bend=Bend(chunks=_done_object),
        excuses={"OC-S01 $.object": (None, OWN_OBJECT), "JS-S $.object": (None, OWN_OBJECT)},
    ),
    Deviation(
        id="message_beside_delta",
        sentence="Each chunk carries the message so far beside its delta.",
        source="recorded streams of perplexity",
        bend=Bend(chunks=_message_beside),
        excuses={"OC-S04 $.choices[].message": (None, "the vendor tells the message so far beside the delta")},
    ),
    Deviation(
        id="finish_key_absent",
        sentence="The key finish_reason is absent until there is one.",
        source="recorded streams of xai, cerebras and perplexity",
        bend=streams_only(each_choice(_until_finish)),
        excuses={f"OC-S04 {_REASON}": (None, LATE_KEY)},
    ),
    Deviation(
        id="finish_blank",
        sentence='finish_reason is "" until there is one.',
        source="recorded streams of snowflake",
        bend=streams_only(each_choice(_blank_until_finish)),
        excuses={
            f"OC-S10 {_REASON}": (None, BLANK),
            "OC-S11": (None, BLANK),
            f"JS-S {_REASON}": (None, BLANK),
        },
    ),
    Deviation(
        id="finish_eos",
        sentence='A finished answer may say "eos" for "stop".',
        source="recorded streams of together",
        bend=each_choice(_eos),
        excuses={
            f"OC-S10 {_REASON}": (None, EOS),
            f"OC-R02 {_REASON}": (None, EOS),
            f"JS-S {_REASON}": (None, EOS),
            f"JS-R {_REASON}": (None, EOS),
        },
    ),
)
