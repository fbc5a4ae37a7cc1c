"""Rules on the output items of a stream: announced once, told under one id, done, and the same in the end.

Rule of the file: items are told apart by `output_index`; servers keep encrypted content and token details as they like.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, objects
from .reply import pieces_of, said_in
from .story import DONE, Item, story


@BOOK.rule(
    "OR-S05",
    "MUST",
    Scope.STREAM,
    "openai SDK: looks the item up by output_index",
    good="output_item.added (output_index 0), then its deltas, then output_item.added (output_index 1)",
    bad="output_text.delta with an output_index that no item was added at",
    why="the SDK's stream helper raises; others lose the text",
)
def added_once(reading: Reading) -> Iterator[Violation]:
    """output_item.added comes exactly once for every output_index, before any other event of it."""
    for item in story(reading).items.values():
        where = f"output_index {item.index}"
        if not item.added:
            yield Violation(f"{where} was never added", "$.output_index", item.first, got=item.index)
        elif item.first != item.added[0].frame:
            yield Violation(f"{where} is spoken of before it is added", "$.output_index", item.first, got=item.index)
        for again in item.added[1:]:
            yield Violation(f"{where} is added again", "$.output_index", again.frame, got=item.index)


@BOOK.rule(
    "OR-S06",
    "MUST",
    Scope.STREAM,
    "official server: 4155 of 4155 recorded events",
    good='item.id "msg_1", then "item_id":"msg_1" on each of its events',
    bad='"item_id" of another item, or another one in every event',
    why="clients that group by item_id tear the answer apart",
)
def item_ids(reading: Reading) -> Iterator[Violation]:
    """The item_id of an event equals the id of the item at its output_index."""
    for item in story(reading).items.values():
        id = item.begun.get("id")
        wrong = [step for step in item.told if "item_id" in step.data and step.data["item_id"] != id]
        if isinstance(id, str) and wrong:
            got = wrong[0].data["item_id"]
            yield Violation(f"{len(wrong)} event(s) name another item", "$.item_id", wrong[0].frame, id, got)


@BOOK.rule(
    "OR-S07",
    "MUST",
    Scope.STREAM,
    "openai SDK: compares the finished item with the added one",
    good='added {"type":"function_call","id":"fc_1","call_id":"c1"}, done the same',
    bad="another call_id when it is done",
    why="the SDK's stream helper raises; a result sent for the first id finds no call",
)
def same_when_done(reading: Reading) -> Iterator[Violation]:
    """output_item.done holds the same type, id and call_id as output_item.added."""
    for item in story(reading).items.values():
        for key in ("type", "id", "call_id") if item.added and item.done else ():
            before, after = item.begun.get(key), item.final.get(key)
            if before != after:
                yield Violation(
                    f"{key} differs from the added one", f"$.item.{key}", item.done[-1].frame, before, after
                )


@BOOK.rule(
    "OR-S12",
    "MUST",
    Scope.STREAM,
    "openai SDK; codex acts on output_item.done alone",
    good="output_item.done for every item, then response.completed",
    bad="deltas, then response.completed with an empty output",
    why="codex ends the turn empty",
)
def every_item_is_done(reading: Reading) -> Iterator[Violation]:
    """Every added item is done, or stands in the final output, before the answer completes."""
    told = story(reading)
    for end in told.finished[:1]:
        owed = Counter(item.kind for item in told.items.values() if item.added and not item.done)
        done = Counter(item.kind for item in told.items.values() if item.done)
        final = Counter(str(one.get("type")) for _, one in objects(end.object("response"), "output"))
        for kind, count in (owed - (final - done)).items():
            yield Violation(f"{count} item(s) of type {kind} never end", None, end.frame)


@BOOK.rule(
    "OR-S15",
    "MUST",
    Scope.STREAM,
    "SDK types: Response.output",
    good="output of response.completed: the finished items in order",
    bad='response.completed with "output":[] after an item was done',
    why="clients that read only the last event see another answer, or none",
)
def final_output(reading: Reading) -> Iterator[Violation]:
    """The output of the terminal event equals the finished items in the order of output_index."""
    told = story(reading)
    items = [item for item in told.items.values() if item.done and isinstance(item.index, int)]
    for end in told.finished[:1] if len(items) == len(told.items) else ():
        done = [item.final for item in sorted(items, key=_index)]
        if not items:  # no event has an index, which OR-S17 tells: the order in which they came is left
            done = [step.object("item") for step in told.steps if step.kind == DONE]
        streamed = [_essence(one) for one in done]
        final = [_essence(one) for _, one in objects(end.object("response"), "output")]
        if streamed != final:
            differ = [at for at, pair in enumerate(zip(streamed, final, strict=False)) if pair[0] != pair[1]]
            at = differ[0] if differ else min(len(streamed), len(final))
            shown = ([*streamed, None][at], [*final, None][at]) if at < max(len(streamed), len(final)) else (None, None)
            yield Violation("the final output is another", f"$.response.output[{at}]", end.frame, *shown)


def _index(item: Item) -> int:
    return int(item.index)


def _essence(item: dict[str, JSON]) -> JSON:
    """What an item says, without what may be sealed or counted anew."""
    fixed = {key: item[key] for key in ("type", "id", "call_id", "name", "arguments", "input") if key in item}
    return fixed | ({"said": [said_in(part) for part in pieces_of(item, "content")]} if item.get("content") else {})
