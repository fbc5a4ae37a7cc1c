"""A recording told as a timeline: what was asked, what came when, which events that made, what is wrong with it.

Rule of the file: tells what stands in the recording; the only thing it computes is the decoding.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import asdict

from conformance.decoding import came_streamed, decode
from conformance.dialects import dialect, dialect_names
from conformance.exchange import Broken, Exchange, Headers
from conformance.model import Done, Event, ToolCallEnd, name_of
from conformance.report.evidence import COLOURS, write_finding
from conformance.report.paper import Paper
from conformance.report.printable import clipped
from conformance.subjects.traffic import judge_exchange

if TYPE_CHECKING:
    from conformance.tape import Provenance

_LINES, _WIDE = 24, 160


class Step(NamedTuple):
    """One chunk of the body, and the events that it completed."""

    at: float
    """Seconds after the headers."""
    data: bytes
    events: tuple[Event, ...]


def steps(one: Exchange) -> tuple[list[Step], list[Event]]:
    """The chunks with their events, and the events that came of the end of the body (of a whole answer: all)."""
    chunks = one.response.chunks
    known = dialect(one.dialect) if one.dialect in dialect_names() else None
    answered = 200 <= one.response.status < 300
    decoder = known.decoder() if known and answered and came_streamed(one, known) else None
    at, told = 0.0, []
    for chunk in chunks:
        at += chunk.gap
        told.append(Step(at, chunk.data, tuple(decoder.feed(chunk.data)) if decoder else ()))
    if decoder:
        return told, decoder.close(one.response.end)
    return told, decode(one, known) if known else []


def write_exchange(page: Paper, one: Exchange, number: int, *, verbose: bool) -> None:
    """Tell one exchange."""
    page.line(f"[{number}] {one.request.method} {one.request.url}", "bold")
    _write_headers(page, one.request.headers)
    _write_body(page, one.request.body, verbose)
    page.line(f"    status {one.response.status}", "bold")
    _write_headers(page, one.response.headers)
    told, last = steps(one)
    for step in told:
        events = ", ".join(map(event_line, step.events))
        page.line(f"{step.at:8.3f} s {len(step.data):7} bytes  {events and '-> '}{events}", indent=4)
        if verbose:
            page.line(step.data.decode("utf-8", "backslashreplace"), "dim", indent=14)
    page.line(f"end: {_end(one)}", indent=4)
    for event in last:
        page.line(f"-> {event_line(event)}", indent=4)
    _write_findings(page, one)


def write_provenance(page: Paper, found: Provenance) -> None:
    """Tell where a cassette comes from; a synthetic one says so."""
    made = " (synthetic: made by this kit's virtual provider, not by the vendor)" if found.source == "virtual" else ""
    page.line(f"source: {found.source}{made}", "yellow" if made else "green")
    rows = {"recorded": found.recorded_at, "by": found.tool, "from": found.base_url, "dialect": found.dialect}
    page.line(", ".join(f"{name} {value}" for name, value in rows.items() if value))


def event_line(event: Event) -> str:
    """An event in one line: its name and what it says."""
    fields = asdict(event)
    if isinstance(event, Done):
        usage = {name: number for name, number in asdict(event.usage).items() if number is not None}
        fields = {"reason": event.reason, **usage, "text": event.reply.text}
    elif isinstance(event, ToolCallEnd):
        fields = {"index": event.index, **asdict(event.call)}
    said = [f"{name}={_short(value)}" for name, value in fields.items() if value not in (None, "")]
    return " ".join([name_of(event), *said])


def _short(value: object) -> str:
    return clipped(json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value), 60)


def _end(one: Exchange) -> str:
    end = one.response.end
    return f"{end.error}: {end.message}" if isinstance(end, Broken) else end


def _write_headers(page: Paper, headers: Headers) -> None:
    for name, value in headers:
        page.line(f"{name}: {clipped(value, _WIDE)}", "dim", indent=4)


def _write_body(page: Paper, body: bytes, verbose: bool) -> None:
    lines = list(_pretty(body))
    for line in lines if verbose else lines[:_LINES]:
        page.line(line if verbose else clipped(line, _WIDE), indent=4)
    if len(lines) > _LINES and not verbose:
        page.line(f"... {len(lines) - _LINES} more lines (--verbose shows them)", "dim", indent=4)


def _pretty(body: bytes) -> Iterable[str]:
    if not body:
        return ()
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False).splitlines()
    except (ValueError, RecursionError):
        return body.decode("utf-8", "backslashreplace").splitlines()


def _write_findings(page: Paper, one: Exchange) -> None:
    verdict = judge_exchange(one)
    if verdict.reason:
        page.line(f"not judged: {verdict.reason}", COLOURS["not_judged"], 4)
        return
    page.line(f"findings: {len(verdict.findings) or 'none'} ({len(verdict.rules)} rules applied)", "bold", 4)
    for finding in verdict.findings:
        write_finding(page, finding, 6)


def document_of(one: Exchange) -> dict[str, object]:
    """One exchange as JSON values."""
    from msgspec import to_builtins

    told, last = steps(one)
    verdict = judge_exchange(one)
    return {
        "id": one.id,
        "dialect": one.dialect,
        "source": one.source,
        "request": {"method": one.request.method, "url": one.request.url, "headers": one.request.headers,
                    "body": one.request.body.decode("utf-8", "backslashreplace")},
        "response": {
            "status": one.response.status,
            "headers": one.response.headers,
            "chunks": [{"at": round(s.at, 6), "data": s.data.decode("utf-8", "backslashreplace")} for s in told],
            "end": _end(one),
        },
        "events": [to_builtins(event) for event in _all_events(told, last)],
        "findings": [to_builtins(finding) for finding in verdict.findings],
        "not_judged": verdict.reason,
    }  # fmt: skip


def _all_events(told: list[Step], last: list[Event]) -> Iterator[Event]:
    for step in told:
        yield from step.events
    yield from last
