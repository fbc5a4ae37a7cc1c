"""Rules on how an answer grows in a stream: it stays one answer, its items begin empty, are counted, and end.

Rule of the file: what a failed or left stream still owed is not asked for.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, whole
from .reply import pieces_of, said_in
from .rules_content import PART, SUMMARY, SUMMARY_PART, by, joined
from .story import TERMINAL, story, text_of


@BOOK.rule(
    "OR-S20",
    "MUST",
    Scope.STREAM,
    "official server: the lifecycle events hold one response",
    good='"model":"gpt-5.4-mini","created_at":1790000000 in created and in completed',
    bad='"created_at":1790000000 in created, 1790000004 in completed',
    why="clients that store the answer under its time or model write it twice",
    survived="the SDK hands out the finished response, with the same text and calls",
)
def one_response(reading: Reading) -> Iterator[Violation]:
    """created_at and model are the same in all lifecycle events."""
    steps = story(reading).lifecycle
    for key in ("created_at", "model"):
        for step in steps[1:]:
            first, found = (one.object("response").get(key) for one in (steps[0], step))
            if found != first:
                yield Violation(f"{key} changes in the stream", f"$.response.{key}", step.frame, first, found)
                break


@BOOK.rule(
    "OR-S21",
    "MUST",
    Scope.STREAM,
    "official server: an error is followed by response.failed, or by nothing",
    good="error, response.failed",
    bad="error, response.completed",
    why="clients that look at the terminal event alone take half an answer for a whole one",
)
def errors_end_it(reading: Reading) -> Iterator[Violation]:
    """After an error no event of the answer follows but response.failed."""
    told = story(reading)
    first = told.errors[0].frame if told.errors else None
    for step in told.steps:
        if first is not None and step.frame > first and step.kind in TERMINAL and step.kind != "response.failed":
            yield Violation("the answer completes after an error", "$.type", step.frame, "response.failed", step.kind)


@BOOK.rule(
    "OR-S22",
    "MUST",
    Scope.STREAM,
    "official server; openai SDK: appends the item, then looks it up by output_index",
    good='"output_index":0, then 1',
    bad='"output_index":1 first, or 0, then 2',
    why="the SDK's stream helper raises IndexError",
)
def indexes_count(reading: Reading) -> Iterator[Violation]:
    """Items are told with output_index 0, 1, 2 …, none left out."""
    known = [item for item in story(reading).items.values() if whole(item.index) and (item.added or item.done)]
    for at, item in enumerate(sorted(known, key=lambda one: one.first)):
        if item.index != at:
            yield Violation("an output_index is left out", "$.output_index", item.first, at, item.index)
            return


@BOOK.rule(
    "OR-S23",
    "MUST",
    Scope.STREAM,
    "openai SDK: appends deltas to what the added item and part hold",
    good='added {"type":"message",…,"content":[]}, part {"type":"output_text","text":""}',
    bad='added {"type":"message",…,"content":[{"type":"output_text","text":"Hello"}]}',
    why="the SDK's stream helper shows the text twice",
)
def items_begin_empty(reading: Reading) -> Iterator[Violation]:
    """What is told in deltas begins empty: the content of an added message, the text of an added part."""
    for item in story(reading).items.values():
        told = any(step.kind.endswith(".delta") for step in item.told)
        if item.added and told and pieces_of(item.begun, "content"):
            got = item.begun["content"]
            yield Violation("the message has content before any delta", "$.item.content", item.added[0].frame, [], got)
        for step in item.told:
            said = said_in(step.object("part")) if step.kind in (f"{PART}.added", f"{SUMMARY_PART}.added") else ""
            if said and told:
                yield Violation("the part has text before any delta", "$.part.text", step.frame, "", said)


@BOOK.rule(
    "OR-S24",
    "MUST",
    Scope.STREAM,
    "SDK types: status of output items",
    good='output_item.done with "status":"completed"',
    bad='output_item.done with "status":"in_progress"',
    why="clients that read the item's status wait for what has come",
    survived="the SDK hands out an item that is done whatever it says of its status",
)
def done_items_are_done(reading: Reading) -> Iterator[Violation]:
    """An item that is done is no longer in progress, neither in its done event nor in the finished response."""
    told = story(reading)
    for item in told.items.values():
        for step in item.done:
            if step.object("item").get("status") == "in_progress":
                yield Violation(
                    "the item is done, and in progress", "$.item.status", step.frame, "completed", "in_progress"
                )
    for end in told.finished:
        for at, one in enumerate(pieces_of(end.object("response"), "output")):
            if one.get("status") == "in_progress":
                where = f"$.response.output[{at}].status"
                yield Violation("the item is done, and in progress", where, end.frame, "completed", "in_progress")


@BOOK.rule(
    "OR-S25",
    "SHOULD",
    Scope.STREAM,
    "official server, which was once seen to rewrite a long summary",
    good='deltas "Let ", "me", then done "Let me", then part "Let me"',
    bad='deltas "Let ", "me", then done "me"',
    why="two clients show two trains of thought",
)
def summaries_agree(reading: Reading) -> Iterator[Violation]:
    """The deltas of a summary, its done event, its part and the finished item all say the same."""
    for item in story(reading).items.values():
        deltas = by("summary_index", item.all(f"{SUMMARY}.delta"))
        said = {at: joined(steps) for at, steps in deltas.items()}
        wholes = [(step, "$.text", step.data.get("text")) for step in item.all(f"{SUMMARY}.done")]
        wholes += [(step, "$.part.text", said_in(step.object("part"))) for step in item.all(f"{SUMMARY_PART}.done")]
        for step, path, text in wholes:
            at = step.data.get("summary_index")
            before = said.setdefault(at, text_of(text)) if whole(at) else text
            if before != text:
                yield Violation("the summary differs from what was said", path, step.frame, before, text)
                break
        final = [said_in(one) for one in pieces_of(item.final, "summary")]
        if said and item.done and final != list(said.values()):
            where = item.done[-1].frame
            yield Violation("the summary differs from what was said", "$.item.summary", where, [*said.values()], final)
