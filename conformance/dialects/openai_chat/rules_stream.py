"""Rules on the chunks of a streamed answer: their shape, and what they say of a choice, tool calls apart.

Rule of the file: a stream that failed or was left early is judged for what came, never for what did not.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, inside, is_choice_number, objects
from .fold import folded
from .rules_reply import head_faults
from .words import OFFICIAL_FINISH


@BOOK.rule(
    "OC-S01",
    "MUST",
    Scope.STREAM,
    "OpenAPI: CreateChatCompletionStreamResponse; the SDK's helper drops chunks with another object",
    good='{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[…]}',
    bad='{"id":"c","object":"chat.completion","choices":[…]}',
    why="the SDK's stream helper silently drops the chunk, text and all",
)
def chunk_head(reading: Reading) -> Iterator[Violation]:
    """Every chunk is a chat.completion.chunk object with id, model, created and a list of choices."""
    fold = folded(reading)
    for chunk in fold.kinds:
        if (kind := chunk.json.get("object")) != "chat.completion.chunk":
            yield Violation("object is wrong", "$.object", chunk.number, "chat.completion.chunk", kind)
        if fold.audio and "choices" not in chunk.json:
            continue  # the official server pads spoken answers with chunks that say nothing
        yield from head_faults(chunk.json, chunk.number, exact=reading.exchange.fidelity == "exact")


@BOOK.rule(
    "OC-S04",
    "MUST",
    Scope.STREAM,
    "OpenAPI: choices[] of a chunk",
    good='{"index":0,"delta":{"content":"a"},"finish_reason":null}',
    bad='{"index":197,"message":{"content":"a"}}',
    why="clients that read choice.delta.content crash on None",
)
def piece_shape(reading: Reading) -> Iterator[Violation]:
    """Each choice of a chunk has a delta object, an index below n and a finish_reason key, and no message."""
    for chunk in folded(reading).kinds:
        for at, choice in objects(chunk.json, "choices"):
            where, index = f"$.choices[{at}]", choice.get("index")
            if not isinstance(choice.get("delta"), dict):
                yield Violation("delta is no object", f"{where}.delta", chunk.number, got=choice.get("delta"))
            if not is_choice_number(index, reading.asked):
                yield Violation("index is no number of a choice", f"{where}.index", chunk.number, "0 up to n", index)
            # the last update of an audio answer holds its expiry only, and no reason
            if "finish_reason" not in choice and inside(choice, "delta", "audio") is None:
                yield Violation("finish_reason is missing", f"{where}.finish_reason", chunk.number)
            if "message" in choice:
                yield Violation("a chunk carries a message beside its delta", f"{where}.message", chunk.number)


@BOOK.rule(
    "OC-S05",
    "MUST",
    Scope.STREAM,
    "SDK accumulator: repeated strings are concatenated",
    good='"role":"assistant" on the first delta only',
    bad='"role":"assistant" on every delta',
    why='the SDK\'s accumulator ends with the role "assistantassistant"',
)
def one_role(reading: Reading) -> Iterator[Violation]:
    """The role is told once for a choice, on its first delta, and is assistant."""
    fold = folded(reading)
    for choice in () if fold.audio else fold.choices.values():  # spoken answers tell the role again
        for role in choice.roles[1:2]:
            yield Violation("role is repeated", role.path, role.frame, got=f"{len(choice.roles)} times")
        for role in choice.roles[:1]:
            if role.value != "assistant":
                yield Violation("role is wrong", role.path, role.frame, "assistant", role.value)
            if any(text.frame < role.frame for text in choice.texts):
                yield Violation("role comes after content", role.path, role.frame)
        if not choice.roles and choice.texts:
            yield Violation("no delta tells the role", "$.choices[].delta.role", choice.texts[0].frame)


@BOOK.rule(
    "OC-S10",
    "MUST",
    Scope.STREAM,
    "OpenAPI: finish_reason",
    good='"finish_reason":null …, then "finish_reason":"stop" once',
    bad="[DONE] without any finish_reason",
    why="a client cannot tell a finished answer from one that was cut",
)
def one_finish(reading: Reading) -> Iterator[Violation]:
    """Each choice is given exactly one finish reason, an official word."""
    fold = folded(reading)
    for choice in fold.choices.values():
        for finish in choice.finishes:
            if finish.value not in OFFICIAL_FINISH:
                message = "finish_reason is no official word"
                yield Violation(message, finish.path, finish.frame, OFFICIAL_FINISH, finish.value)
        for finish in choice.finishes[1:2]:
            yield Violation("a choice finishes again", finish.path, finish.frame, got=finish.value)
        if not choice.finishes and fold.judged_to_the_end and not fold.audio:
            yield Violation(f"choice {choice.index} never finishes", "$.choices[].finish_reason")
    if not fold.choices and fold.judged_to_the_end:
        yield Violation("no choice ever came", "$.choices")


@BOOK.rule(
    "OC-S11",
    "MUST",
    Scope.STREAM,
    "OpenAPI: finish_reason ends a choice",
    good="content, then the finish chunk",
    bad="the finish chunk, then content",
    why="clients that stop at the reason lose the rest",
)
def nothing_after_finish(reading: Reading) -> Iterator[Violation]:
    """After its finish reason a choice says nothing more."""
    for choice in folded(reading).choices.values():
        for late in choice.late[:1]:
            yield Violation("content comes after finish_reason", late.path, late.frame, got=late.value)
