"""A session on disk: one message a line, written before the next request goes out.

Rule of the file: what was said is never lost; only a line that a crash tore is.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from conformance.errors import InputError
from conformance.model import Message


def read_session(path: Path) -> list[Message]:
    """The messages of a session. A last line that a crash cut short is dropped; any other damage is an `InputError`."""
    found: list[Message] = []
    lines = path.read_bytes().split(b"\n")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found.append(msgspec.json.decode(line, type=Message))
        except (msgspec.DecodeError, UnicodeDecodeError) as fault:
            if number == len(lines):
                break
            raise InputError(
                f"{path}: line {number} is not a message of a session: {fault}", "start a new session, or mend the line"
            ) from fault
    return found


def resume(path: Path) -> list[Message]:
    """The messages of a session to go on with; a torn last line is taken out, so that the next one starts clean."""
    messages = read_session(path)
    if not path.read_bytes().endswith(b"\n"):
        mended = path.with_suffix(path.suffix + ".mended")
        mended.write_bytes(b"".join(msgspec.json.encode(message) + b"\n" for message in messages))
        mended.replace(path)
    return messages


def keep(path: Path, message: Message) -> None:
    """Append a message."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(msgspec.json.encode(message) + b"\n")
