"""Rules on a stream as a whole: how it begins, how events are named and numbered, how it ends.

Rule of the file: a stream that failed or was left early is judged for what came, never for what did not. Events of
unknown types, such as a gateway's ping, are nobody's business.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, inside, whole
from .story import TERMINAL, Step, Story, story

UNNUMBERED = range(1_741_000_000, 1_748_000_000)
"""Creation times of the API's first weeks, March to May 2025, when its events had no numbers yet."""


@BOOK.rule(
    "OR-S01",
    "MUST",
    Scope.STREAM,
    "openai SDK: expects response.created before any other event",
    good="response.created (status in_progress), response.in_progress, …",
    bad="response.output_item.added as the first event",
    why="the SDK's stream helper raises RuntimeError",
)
def created_first(reading: Reading) -> Iterator[Violation]:
    """The first event is response.created, and its status is in_progress or queued."""
    told = story(reading)
    known = [step for step in told.steps if step.kind.startswith("response.")]
    if not known:
        return
    first = known[0]
    if first.kind != "response.created":
        yield Violation(
            "the stream does not begin with response.created", "$.type", first.frame, "response.created", first.kind
        )
    elif (status := first.object("response").get("status")) not in ("in_progress", "queued"):
        yield Violation("created, but not begun", "$.response.status", first.frame, ["in_progress", "queued"], status)


@BOOK.rule(
    "OR-S02",
    "MUST",
    Scope.STREAM,
    "official server: every recorded event has its line",
    framing=True,
    good='event: response.created / data: {"type":"response.created",…}',
    bad='data: {"type":"response.created",…} alone',
    why="clients that listen by event name hear nothing",
    survived="the SDK goes by the type in the data and looks at no event line but an error's",
)
def event_lines(reading: Reading) -> Iterator[Violation]:
    """The `event:` line of a frame equals the type in its data."""
    named = [frame for frame in reading.chunks if isinstance(frame.json.get("type"), str)]
    bare = [frame for frame in named if not frame.event]
    if bare:
        text = f"{len(bare)} of {len(named)} frames have no event line"
        yield Violation(text, None, bare[0].number, f"event: {bare[0].json['type']}")
    for frame in named:
        if frame.event and frame.event != frame.json["type"]:
            yield Violation("the event line says another type", "$.type", frame.number, frame.event, frame.json["type"])


@BOOK.rule(
    "OR-S03",
    "MUST",
    Scope.STREAM,
    "SDK types: sequence_number of every event",
    good='"sequence_number":0, then 1, 2, 3 …',
    bad='"sequence_number":0 on every event, or none',
    why="clients that resume with starting_after lose or repeat events; the SDK's filter drops them",
    survived="the SDK reads events in the order of their coming; only who resumes an answer needs the number",
)
def numbered(reading: Reading) -> Iterator[Violation]:
    """Every event has a sequence_number, one more than that of the event before."""
    last: int | None = None
    told = story(reading)
    for step in _numbered_steps(told):
        number = step.data.get("sequence_number")
        if not whole(number):
            if step.kind.startswith("response."):
                yield Violation("no sequence_number", "$.sequence_number", step.frame, "an integer", number)
                return  # one says it all
            continue
        if last is not None and number != last + 1:
            if step.kind == "error" or (told.left and number > last):
                continue  # a gateway's error does not know where the stream was; what is lost leaves a gap
            yield Violation("the numbers do not follow", "$.sequence_number", step.frame, last + 1, number)
            return
        last = number


def _numbered_steps(told: Story) -> list[Step]:
    times = [inside(step.data, "response", "created_at") for step in told.lifecycle]
    return [] if any(whole(time) and time in UNNUMBERED for time in times) else told.steps


@BOOK.rule(
    "OR-S04",
    "MUST",
    Scope.STREAM,
    "openai SDK: raises when the id changes",
    good='"response":{"id":"resp_1",…} in created, in_progress and completed',
    bad='"id":"resp_1" in created, "id":"resp_2" in completed',
    why="previous_response_id of the next turn names a response that does not exist",
)
def one_id(reading: Reading) -> Iterator[Violation]:
    """response.id is the same in all lifecycle events."""
    steps = story(reading).lifecycle
    for step in steps[1:]:
        first, found = (one.object("response").get("id") for one in (steps[0], step))
        if found != first:
            yield Violation("the id changes in the stream", "$.response.id", step.frame, first, found)
            return


@BOOK.rule(
    "OR-S13",
    "MUST",
    Scope.STREAM,
    "official server; codex: the turn fails without response.completed",
    good="…, response.completed",
    bad="…, response.output_item.done, end of the body",
    why="a cut stream looks like a finished one; codex fails the turn",
)
def one_terminal(reading: Reading) -> Iterator[Violation]:
    """A stream ends with exactly one of completed, incomplete and failed; an error may precede it, or stand alone."""
    told = story(reading)
    if not told.terminals and not told.errors and not told.left:
        yield Violation("the stream has no terminal event", None, None, list(TERMINAL))
    ends = [at for at, step in enumerate(told.steps) if step.kind in TERMINAL]
    for step in told.steps[ends[0] + 1 :] if ends else ():
        if step.kind.startswith("response."):
            yield Violation("an event follows the terminal event", "$.type", step.frame, got=step.kind)


@BOOK.rule(
    "OR-S14",
    "MUST",
    Scope.STREAM,
    "SDK types: ResponseCompletedEvent and its like",
    good='{"type":"response.completed","response":{"status":"completed",…}}',
    bad='{"type":"response.completed","response":{"status":"in_progress",…}}',
    why="clients that read the status think that it still runs",
)
def status_fits_event(reading: Reading) -> Iterator[Violation]:
    """The status in a terminal event is the one that the event's name says."""
    for step in story(reading).terminals:
        wanted, found = step.kind.removeprefix("response."), step.object("response").get("status")
        if found != wanted:
            yield Violation("the status is another", "$.response.status", step.frame, wanted, found)


@BOOK.rule(
    "OR-S16",
    "SHOULD",
    Scope.STREAM,
    "official server: none recorded",
    good="response.completed, end of the body",
    bad="response.completed, data: [DONE]",
    why="clients that parse every frame as JSON fail at the very end",
)
def no_done_line(reading: Reading) -> Iterator[Violation]:
    """No [DONE] closes the stream: the terminal event does."""
    for frame in story(reading).done_lines:
        yield Violation("[DONE] has no place here", None, frame)
