"""Tool calls of a stream, put together from their fragments.

Rule of the file: a fragment belongs to the call of its index; without one, to the call of its id; without both, to
the last call, unless it brings a name of its own. The first id and the first name that are not empty count; a later
id that differs and comes with a name of its own is another call.
"""

from __future__ import annotations

from conformance.model import Event, ToolCall, ToolCallDelta, ToolCallEnd, ToolCallStart

from .chunks import Call, Delta, Function


class Building:
    """One call under construction. Its block begins when its name is known."""

    __slots__ = ("at", "held", "id", "name", "pieces")

    def __init__(self) -> None:
        self.id = self.name = ""
        self.at: int | None = None
        self.pieces: list[str] = []
        self.held: list[str] = []


class Calls:
    """All calls of one answer, in the order in which they began."""

    def __init__(self) -> None:
        self._all: list[Building] = []
        self._by_index: dict[int | str, Building] = {}

    def __bool__(self) -> bool:
        return bool(self._all)

    def read(self, delta: Delta) -> bool:
        """Take the fragments of a delta; True when a new call began."""
        before = len(self._all)
        for call in delta.tool_calls or ():
            said = call.function or call.custom
            if call.id or _speaks(said):
                self._take(self._find(call), call.id, said)
        if _speaks(delta.function_call):  # deprecated; some servers always send a blank one
            old = self._by_index.get("function_call") or self._new("function_call")
            self._take(old, None, delta.function_call)
        return len(self._all) > before

    def goes_on(self, fragments: list[Call], out: list[Event]) -> bool:
        """The common case, on its own for speed: one more piece of arguments for a call whose block has begun."""
        if len(fragments) != 1:
            return False
        call, said = fragments[0], fragments[0].function
        if call.index is None or call.id or said is None or said.name or not said.arguments:
            return False
        known = self._by_index.get(call.index)
        if known is None or known.at is None:
            return False
        known.pieces.append(said.arguments)
        out.append(ToolCallDelta(known.at, said.arguments))
        return True

    def _find(self, call: Call) -> Building:
        named = call.function or call.custom
        if call.index is None:
            return self._find_by_id(call.id, bool(named and named.name))
        known = self._by_index.get(call.index)
        if known is None or (call.id and known.id and call.id != known.id and named and named.name):
            return self._new(call.index)
        return known

    def _find_by_id(self, id: str | None, named: bool) -> Building:
        if not id:  # whole calls come without index and id too: each brings its name
            last = self._all[-1] if self._all else None
            return self._new("") if last is None or (named and last.name) else last
        return next((one for one in self._all if one.id == id), None) or self._new(id)

    def _new(self, key: int | str) -> Building:
        made = self._by_index[key] = Building()
        self._all.append(made)
        return made

    @staticmethod
    def _take(call: Building, id: str | None, said: Function | None) -> None:
        call.id = call.id or id or ""
        if said is None:
            return
        call.name = call.name or said.name or ""
        if piece := said.arguments or said.input:
            call.held.append(piece)

    def begin(self, blocks: int, out: list[Event]) -> int:
        """Say what is new of every call whose name is known; return the number of blocks begun so far."""
        for call in self._all:
            if call.at is None and call.name:
                blocks = self._start(call, blocks, out)
            if call.at is not None and call.held:
                out.extend([ToolCallDelta(call.at, piece) for piece in call.held])
                call.pieces += call.held
                call.held = []
        return blocks

    @staticmethod
    def _start(call: Building, blocks: int, out: list[Event]) -> int:
        call.at = blocks
        out.append(ToolCallStart(blocks, call.id, call.name))
        return blocks + 1

    def finish(self, blocks: int, out: list[Event]) -> dict[int, ToolCall]:
        """End every call, the nameless ones too; return the finished calls by block."""
        for call in self._all:
            if call.at is None:
                blocks = self._start(call, blocks, out)
        self.begin(blocks, out)
        whole = {
            call.at: ToolCall(call.id, call.name, "".join(call.pieces)) for call in self._all if call.at is not None
        }
        out.extend([ToolCallEnd(at, whole[at]) for at in sorted(whole)])
        return whole


def _speaks(said: Function | None) -> bool:
    """Whether a fragment says anything: blank ones are padding."""
    return said is not None and bool(said.name or said.arguments or said.input)
