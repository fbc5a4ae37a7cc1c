"""End-to-end tier: an agent works with the adapter, turn after turn, and keeps what was said.

Rule of the file: the whole loop is real; only the network is a recording.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from conformance.errors import ConformanceError
from conformance.model import Done, ToolCall, ToolResult, grammar_faults
from conformance.obligations.misses import debt_of, missed
from conformance.obligations.registry import Bench, obligation
from conformance.rulebook import Violation

if TYPE_CHECKING:
    from conformance.adapters import Adapter
    from conformance.model import Message
    from conformance.subjects.agent import Transcript


@obligation("e2e", "agent_loop", why="what works call by call may still fail as a conversation")
def agent_loop(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """A turn, a tool, a second turn, rendered output; the session is kept on disk, resumed, and goes on."""
    from conformance.scenarios import AGENT_LOOP
    from conformance.tape import cassette_path

    path = cassette_path(adapter.name, AGENT_LOOP, bench.folder)
    debt = debt_of(adapter.name, AGENT_LOOP)
    if not path.exists():
        yield Violation(f"there is no cassette {path.name}; {debt}", path.name)
        return
    with TemporaryDirectory() as scratch:
        session = Path(scratch) / "session.jsonl"
        try:
            told, unused = _play(adapter, path, session)
        except ConformanceError as fault:
            yield from missed(fault, path, debt)
            return
        yield from _told_well(told, session)
    if unused:
        yield Violation(f"{unused} recorded exchanges were never asked for; {debt}", path.name)


def _play(adapter: Adapter, path: Path, session: Path) -> tuple[list[Transcript], int]:
    import httpx

    from conformance.calls import CallOptions
    from conformance.subjects.samples import KEY
    from conformance.subjects.story import tell
    from conformance.tape import open_tape

    with open_tape(path) as tape, httpx.Client(transport=tape.transport()) as client:
        return tell(adapter, client, CallOptions(api_key=KEY), session), len(tape.unused)


def _told_well(told: list[Transcript], session: Path) -> Iterator[Violation]:
    from conformance.subjects.session import read_session

    for number, part in enumerate(told):
        if part.failure:
            yield Violation(
                f"prompt {number}: the agent failed as {part.failure.kind}", None, None, None, part.failure.message
            )
            return
        for turn in part.turns:
            for fault in grammar_faults(turn):
                yield Violation(f"prompt {number}: {fault}", None, None, None, part.timeline)
        if not part.rendered.strip():
            yield Violation(f"prompt {number}: nothing was rendered", None, None, None, part.timeline)
        elif (last := part.turns[-1][-1]) and isinstance(last, Done) and part.rendered != last.reply.text:
            yield Violation(f"prompt {number}: another text was rendered", None, None, last.reply.text, part.rendered)
    first, *later = told
    yield from _used_its_tool(first)
    if [one.resumed for one in later] != [len(one.messages) for one in told[:-1]]:
        yield Violation("the session was not resumed where it ended", None, None, None, [one.resumed for one in later])
    if (kept := read_session(session)) != told[-1].messages:
        yield Violation("the session on disk is not what was said", None, None, len(told[-1].messages), len(kept))


def _used_its_tool(first: Transcript) -> Iterator[Violation]:
    calls = [part.id for part in _parts(first.messages) if isinstance(part, ToolCall)]
    results = [part.call_id for part in _parts(first.messages) if isinstance(part, ToolResult) and not part.is_error]
    if not calls or calls != results or len(first.turns) < 2:
        yield Violation("no turn with a tool and a turn with its result", None, None, calls, results)


def _parts(messages: list[Message]) -> list[object]:
    return [part for message in messages for part in message.parts]
