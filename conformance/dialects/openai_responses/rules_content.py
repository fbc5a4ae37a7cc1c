"""Rules on what events say inside an item: parts, texts, arguments, summaries, and their indexes.

Rule of the file: a part is judged by what came of it; what a failed or left stream still owed is not asked for.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, inside, whole
from .reply import pieces_of, said_in
from .story import Item, Step, story, text_of

TEXT, REFUSAL, SUMMARY = "response.output_text", "response.refusal", "response.reasoning_summary_text"
PART, SUMMARY_PART = "response.content_part", "response.reasoning_summary_part"
ARGUMENTS = "response.function_call_arguments"
INDEXES = {
    f"{TEXT}.delta": "content_index",
    f"{REFUSAL}.delta": "content_index",
    "response.reasoning_text.delta": "content_index",
    f"{SUMMARY}.delta": "summary_index",
}


def by(key: str, steps: list[Step]) -> dict[int, list[Step]]:
    """Events by their content or summary index; those without one are another rule's business."""
    found: dict[int, list[Step]] = {}
    for step in steps:
        if whole(step.data.get(key)):
            found.setdefault(step.data[key], []).append(step)
    return found


def joined(steps: list[Step]) -> str:
    """What the deltas of these events say together."""
    return "".join(text_of(step.data.get("delta")) for step in steps)


@BOOK.rule(
    "OR-S08",
    "MUST",
    Scope.STREAM,
    "openai SDK: looks the part up by content_index",
    good="content_part.added, output_text.delta …, output_text.done, content_part.done",
    bad="output_text.delta without content_part.added",
    why="the SDK's stream helper raises IndexError",
)
def parts_enclose_texts(reading: Reading) -> Iterator[Violation]:
    """content_part.added comes before the deltas of its content_index, content_part.done after its text is done."""
    for item in story(reading).items.values():
        for at, steps in by("content_index", item.told).items():
            texts = [step for step in steps if step.kind.startswith((f"{TEXT}.", f"{REFUSAL}."))]
            opened = [step.frame for step in steps if step.kind == f"{PART}.added"]
            closed = [step.frame for step in steps if step.kind == f"{PART}.done"]
            if texts and (not opened or opened[0] > texts[0].frame):
                yield Violation(
                    f"part {at} was not added", "$.content_index", texts[0].frame, f"{PART}.added", texts[0].kind
                )
            late = [step for step in texts if closed and step.frame > closed[0]]
            if late:
                yield Violation(f"part {at} is done already", "$.content_index", late[0].frame, got=late[0].kind)


@BOOK.rule(
    "OR-S09",
    "MUST",
    Scope.STREAM,
    "official server; clients choose freely which of them they read",
    good='deltas "Hel", "lo", then done "Hello", then part "Hello"',
    bad='deltas "Hel", "lo", then done "Hello!"',
    why="two clients show two answers",
)
def texts_agree(reading: Reading) -> Iterator[Violation]:
    """The deltas of a text, its done event, its part and the finished item all say the same."""
    told = story(reading)
    for item in () if told.left else told.items.values():
        for name, key in ((TEXT, "text"), (REFUSAL, "refusal")):
            deltas = by("content_index", item.all(f"{name}.delta"))
            said = {at: joined(steps) for at, steps in deltas.items()}
            for frame, path, at, text in _whole_texts(item, name, key):
                if said.setdefault(at, text) != text:
                    yield Violation(f"part {at} differs from what was said", path, frame, said[at], text)


def _at(step: Step) -> int:
    index = step.data.get("content_index")
    return index if whole(index) else 0


def _whole_texts(item: Item, name: str, key: str) -> Iterator[tuple[int, str, int, JSON]]:
    kind = name.removeprefix("response.")
    for step in item.all(f"{name}.done"):
        yield step.frame, f"$.{key}", _at(step), step.data.get(key)
    for step in item.all(f"{PART}.done"):
        if inside(step.data, "part", "type") == kind:
            yield step.frame, f"$.part.{key}", _at(step), inside(step.data, "part", key)
    for at, part in enumerate(pieces_of(item.final, "content")):
        if part.get("type") == kind:
            yield item.done[-1].frame, f"$.item.content[{at}].{key}", at, said_in(part)


@BOOK.rule(
    "OR-S10",
    "MUST",
    Scope.STREAM,
    "official server; clients append to the arguments of the added item",
    good='added "arguments":"", deltas "{", "}", done "{}", item "{}"',
    bad='added "arguments":"{}", then deltas "{", "}"',
    why='clients that append get "{}{}", which is no JSON',
)
def arguments_agree(reading: Reading) -> Iterator[Violation]:
    """A function call begins with empty arguments; its deltas, its done event and the finished item say the same."""
    for item in story(reading).items.values():
        if item.kind != "function_call":
            continue
        deltas, done = item.all(f"{ARGUMENTS}.delta"), item.all(f"{ARGUMENTS}.done")
        if item.begun.get("arguments"):
            got = item.begun["arguments"]
            yield Violation("arguments before any delta", "$.item.arguments", item.added[0].frame, "", got)
        said = joined(deltas)
        wholes = [(step.frame, "$.arguments", step.data.get("arguments")) for step in done]
        wholes += [(step.frame, "$.item.arguments", step.object("item").get("arguments")) for step in item.done]
        for frame, path, text in wholes:
            if text != said:
                yield Violation("the arguments differ from their deltas", path, frame, said, text)
                break


@BOOK.rule(
    "OR-S11",
    "MUST",
    Scope.STREAM,
    "SDK types: reasoning summary events",
    good="reasoning_summary_part.added, …_text.delta, …_text.done, reasoning_summary_part.done",
    bad="reasoning_summary_text.delta alone",
    why="clients that open a block at part.added show no thinking",
)
def summaries_in_order(reading: Reading) -> Iterator[Violation]:
    """A summary is added, told in deltas, its text done, then the part done, for each summary_index."""
    order = [f"{SUMMARY_PART}.added", f"{SUMMARY}.delta", f"{SUMMARY}.done", f"{SUMMARY_PART}.done"]
    for item in story(reading).items.values():
        for at, steps in by("summary_index", item.told).items():
            known = [step for step in steps if step.kind in order]
            ranks = [order.index(step.kind) for step in known]
            wrong = [place for place, rank in enumerate(ranks) if ranks[:place] and rank < max(ranks[:place])]
            if known and ranks[0] != 0:
                yield Violation(f"summary {at} was not added", "$.type", known[0].frame, order[0], known[0].kind)
            elif wrong:
                yield Violation(
                    f"summary {at} is out of order", "$.type", known[wrong[0]].frame, got=known[wrong[0]].kind
                )


@BOOK.rule(
    "OR-S17",
    "MUST",
    Scope.STREAM,
    "SDK types: content_index and summary_index of delta events",
    good='"output_index":0,"content_index":0,"delta":"Hel"',
    bad='"delta":"Hel" alone',
    why="the SDK's stream helper raises TypeError: list indices must be integers, not NoneType",
)
def deltas_say_where(reading: Reading) -> Iterator[Violation]:
    """Every delta says its output_index, and its content_index or summary_index where it has one."""
    told: set[str] = set()
    for step in story(reading).steps:
        keys = ["output_index", INDEXES[step.kind]] if step.kind in INDEXES else []
        for key in ["output_index"] if step.kind == f"{ARGUMENTS}.delta" else keys:
            if not whole(step.data.get(key)) and f"{step.kind} {key}" not in told:
                told.add(f"{step.kind} {key}")
                yield Violation(f"{step.kind} without {key}", f"$.{key}", step.frame, "an integer", step.data.get(key))


@BOOK.rule(
    "OR-S18",
    "SHOULD",
    Scope.STREAM,
    "SDK types: ResponseTextDeltaEvent.logprobs",
    good='"delta":"Hel","logprobs":[]',
    bad='"delta":"Hel" without logprobs',
    why="typed clients fail on the absent list",
)
def logprobs_lists(reading: Reading) -> Iterator[Violation]:
    """output_text.delta and output_text.done carry logprobs, a list that may be empty."""
    texts = [step for step in story(reading).steps if step.kind in (f"{TEXT}.delta", f"{TEXT}.done")]
    bare = [step for step in texts if not isinstance(step.data.get("logprobs"), list)]
    if bare:
        got = bare[0].data.get("logprobs")
        yield Violation(f"{len(bare)} of {len(texts)} have none", "$.logprobs", bare[0].frame, "a list", got)
