"""Faults of a stream: its lines, its end, its texts, its calls.

Rule of the file: one key, one line, one value at a time.
"""

from __future__ import annotations

from conformance.deviating import Chunk
from conformance.faults import kit
from conformance.faults.every.telling import Teller

NAME = "ollama"
ONE = "tool_call_single"
Told = list[Chunk]

_line, _end, _text = Teller(NAME, "line"), Teller(NAME, "end"), Teller(NAME, "text")


def _letters_first(told: Told) -> Told:
    """The text in lines of four characters, each with all that came before."""
    text = "".join(one["message"]["content"] for one in told)
    said = [told[0] | {"message": {"role": "assistant", "content": text[:at]}} for at in range(4, len(text) + 4, 4)]
    return [*said, told[-1]]


def _late(told: Told) -> Told:
    """A thought comes after the text."""
    thought = told[0] | {"message": {"role": "assistant", "content": "", "thinking": "Hm."}}
    return [*told[:-1], thought, told[-1]]


FAULTS = (
    _line.fault(
        "model-missing",
        "OL-R01",
        "Lines name no model.",
        kit.chunks(kit.drop_at("", "model")),
    ),
    _line.fault(
        "created-missing",
        "OL-R01",
        "Lines have no time.",
        kit.chunks(kit.drop_at("", "created_at")),
    ),
    _line.fault(
        "created-seconds",
        "OL-R01",
        "The time of lines is in seconds.",
        kit.chunks(kit.set_at("", created_at=1790000000)),
    ),
    _line.fault(
        "created-without-zone",
        "OL-R01",
        "The time of lines has no zone.",
        kit.chunks(kit.set_at("", created_at="2026-01-01 00:00:00")),
    ),
    _line.fault(
        "role-missing",
        "OL-R01",
        "Messages have no role.",
        kit.chunks(kit.drop_at("message", "role")),
    ),
    _line.fault(
        "role-other", "OL-R01", "The role of messages is `model`.", kit.chunks(kit.set_at("message", role="model"))
    ),
    _line.fault(
        "done-missing",
        "OL-R01",
        "Lines do not say whether they are done.",
        kit.chunks(lambda told: None if told["done"] else told.pop("done")),
    ),
    _line.fault(
        "of-generate",
        "OL-R01",
        "Lines are those of another path: `response` in place of a message.",
        kit.chunks(lambda told: told.update(response=told.pop("message")["content"])),
        also=frozenset({"JS-S", "OL-R05", "OL-S03"}),
    ),
    _line.fault(
        "event-stream",
        "OL-S01",
        "The stream is one of events.",
        kit.each_frame(lambda line: b"data: " + line + b"\n"),
    ),
    _line.fault(
        "sentinel",
        "OL-S01",
        "[DONE] closes the stream.",
        kit.frames(lambda told: [*told, b"[DONE]\n"]),
    ),
    _line.fault(
        "unended",
        "OL-S01",
        "The last line is not ended.",
        kit.frames(lambda told: [*told[:-1], told[-1].rstrip()]),
    ),
    _line.fault(
        "over-lines",
        "OL-S01",
        "An object goes over several lines.",
        kit.frames(lambda told: [told[0].replace(b",", b",\n"), *told[1:]]),
    ),
    _line.fault(
        "two-objects",
        "OL-S01",
        "A line holds two objects.",
        kit.frames(lambda told: [told[0].rstrip() + told[1], *told[2:]]),
    ),
    _line.fault(
        "list",
        "OL-S01",
        "The stream is one list of objects.",
        kit.frames(lambda told: [b"[" + told[0], *(b"," + one for one in told[1:]), b"]\n"]),
    ),
    _line.fault(
        "model-changes", "OL-S03", "The last line names another model.", kit.nth(-1, kit.set_at("", model="m-2"))
    ),
    _line.fault(
        "content-missing",
        "OL-S03",
        "A message has no content.",
        kit.nth(-1, kit.drop_at("message", "content")),
    ),
    _line.fault(
        "content-null", "OL-S03", "The content of a message is null.", kit.nth(-1, kit.set_at("message", content=None))
    ),
    _line.fault(
        "content-parts",
        "OL-S03",
        "The content is a list of parts.",
        kit.nth(0, kit.set_at("message", content=[{"type": "text", "text": "Hello"}])),
    ),
    _end.fault("missing", "OL-S02", "No line says done.", kit.sequence(lambda told: told[:-1])),
    _end.fault(
        "never-done",
        "OL-S02",
        "The last line is not done.",
        kit.nth(-1, kit.set_at("", done=False)),
        also=frozenset({"OL-S06"}),
    ),
    _end.fault("twice", "OL-S02", "Two lines are done.", kit.sequence(lambda told: [*told, told[-1]])),
    _end.fault(
        "each", "OL-S02", "Every line is done.", kit.chunks(kit.set_at("", done=True)), also=frozenset({"OL-R04"})
    ),
    _end.fault(
        "early",
        "OL-S02",
        "Lines follow the one that is done.",
        kit.sequence(lambda told: [told[0], told[-1], *told[1:-1]]),
    ),
    _end.fault(
        "reason-of-chat",
        "OL-S07",
        "The done_reason is tool_calls.",
        kit.nth(-1, kit.set_at("", done_reason="tool_calls")),
        on=ONE,
    ),
    _end.fault("reason-unknown", "OL-S07", "The done_reason is `eos`.", kit.nth(-1, kit.set_at("", done_reason="eos"))),
    _end.fault("reason-null", "OL-S07", "The done_reason is null.", kit.nth(-1, kit.set_at("", done_reason=None))),
    _end.fault(
        "reason-unknown_whole",
        "OL-S07",
        "The done_reason is `end_turn`.",
        kit.whole_set("", done_reason="end_turn"),
        on="simple_text_whole",
    ),
    _text.fault(
        "cumulative",
        "OL-S08",
        "Every line holds all of the text so far.",
        kit.sequence(_letters_first),
        also=frozenset({"GN-34"}),
    ),
    _text.fault("thinking-late", "OL-S05", "A thought comes after the text.", kit.sequence(_late), on="thinking"),
    _text.fault(
        "says-nothing",
        "OL-R05",
        "Tokens were made, and nothing is said.",
        kit.chunks(kit.set_at("message", content="")),
    ),
    _text.fault(
        "says-nothing_whole",
        "OL-R05",
        "Tokens were made, and nothing is said.",
        kit.whole_set("message", content=""),
        on="simple_text_whole",
    ),
)
