"""A streamed answer folded by choice, once a reading: what the stream rules look at.

Rule of the file: facts with their frame numbers, no opinion. Error frames are not chunks.
"""

from __future__ import annotations

from conformance.model import JSON
from conformance.reading import Frame, Reading

from .book import objects, whole
from .going_on import GoingOn, begun
from .told import DONE, Choice, Fold, Fragment, Piece


def folded(reading: Reading) -> Fold:
    """The fold of a reading, computed at the first look."""
    kept: dict[str, Fold] = reading.__dict__  # where its cached properties live too
    if "openai_chat_fold" not in kept:
        kept["openai_chat_fold"] = _fold(reading)
    return kept["openai_chat_fold"]


def _fold(reading: Reading) -> Fold:
    fold = Fold(left=reading.partial)
    first_like, going_on = reading.first_like, dict[int, GoingOn]()
    for frame in reading.frames:
        number, _, data, said = frame
        if not isinstance(said, dict):
            if data.strip() == DONE:
                fold.done.append(number)
        elif (more := going_on.get(first_like[number])) and not more.choice.finishes:
            fold.chunks.append(frame)
            more.take(number, said)
        elif _tells_failure(frame):
            fold.failed = True
        else:
            fold.chunks.append(frame)
            _add(fold, frame)
            if same := begun(fold, frame):
                going_on[number] = same
    told = {frame.number for frame in reading.kinds}
    fold.kinds = [frame for frame in fold.chunks if frame.number in told]
    return fold


def _tells_failure(frame: Frame) -> bool:
    said = frame.json
    return bool(said.get("error")) or frame.event == "error" or said.get("object") == "error"


def _add(fold: Fold, frame: Frame) -> None:
    for at, said in objects(frame.json, "choices"):
        told = said.get("index")
        index = told if whole(told) else 0
        choice = fold.choices.get(index)
        if choice is None:
            choice = fold.choices[index] = Choice(index)
        delta = said.get("delta")
        if isinstance(delta, dict):
            fold.audio = fold.audio or delta.get("audio") is not None
            _add_delta(choice, frame.number, f"$.choices[{at}].delta", delta)
        if said.get("finish_reason") is not None:
            choice.finishes.append(Piece(frame.number, f"$.choices[{at}].finish_reason", said["finish_reason"]))
        if said.get("error"):
            fold.failed = True


def _add_delta(choice: Choice, frame: int, path: str, delta: dict[str, JSON]) -> None:
    if delta.get("role") is not None:
        choice.roles.append(Piece(frame, f"{path}.role", delta["role"]))
    if text := delta.get("content"):
        (choice.late if choice.finishes else choice.texts).append(Piece(frame, f"{path}.content", text))
    if text := delta.get("refusal"):
        (choice.late if choice.finishes else choice.texts).append(Piece(frame, f"{path}.refusal", text))
        choice.refused = True
    for at, call in objects(delta, "tool_calls") if "tool_calls" in delta else ():
        fragment = Fragment(frame, f"{path}.tool_calls[{at}]", call)
        choice.fragments.append(fragment)
        choice.telling.append(fragment)
        if whole(index := call.get("index")):
            choice.by_call.setdefault(index, []).append(fragment)
        if choice.finishes:
            choice.late.append(Piece(frame, f"{path}.tool_calls[{at}]", call))


__all__ = ["DONE", "Choice", "Fold", "Fragment", "Piece", "folded"]
