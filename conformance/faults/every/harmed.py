"""Faults of text that was harmed on its way: read in another encoding, or escaped once more.

Rule of the file: another text is rendered as it should be, so the fault is the same in every dialect.
"""

from __future__ import annotations

import html
from collections.abc import Iterator

from conformance.dialects import Dialect
from conformance.faults.every.answers import text
from conformance.faults.every.telling import Teller
from conformance.faults.form import Bent


def of(language: Dialect) -> Iterator[Bent]:
    told = Teller(language.name, "answer")
    for twin in ("", "_whole"):
        yield from _harmed(told, twin)
        yield from _escaped(told, twin)


def _harmed(told: Teller, twin: str) -> Iterator[Bent]:
    on = f"unicode_text{twin}"
    yield told.fault(
        f"mojibake{twin}",
        "GN-28",
        "Text in UTF-8 was read as Latin-1.",
        text(lambda said: said.encode().decode("latin-1")),
        on=on,
    )
    yield told.fault(
        f"mojibake-windows{twin}",
        "GN-28",
        "Text in UTF-8 was read as Windows-1252.",
        text(lambda said: "".join(map(_windows, said))),
        on=on,
    )
    yield told.fault(
        f"replaced{twin}",
        "GN-28",
        "Characters were replaced by U+FFFD.",
        text(lambda said: said.encode("ascii", "replace").decode().replace("?", "\ufffd")),
        on=on,
    )


def _escaped(told: Teller, twin: str) -> Iterator[Bent]:
    """Text that was escaped once more than its reader takes back."""
    for name, sentence, on, change in (
        ("escaped-json", "Letters are told as backslash, u and a number.", "unicode_text", _by_number),
        ("escaped-html", "Signs are told as entities of HTML.", "simple_text", _as_entities),
        ("escaped-lines", "Line ends are told as backslash and n.", "simple_text", _in_one_line),
    ):
        yield told.fault(f"{name}{twin}", "GN-37", sentence, text(change), on=f"{on}{twin}")


def _by_number(said: str) -> str:
    return said.encode("ascii", "backslashreplace").decode()


def _as_entities(said: str) -> str:
    return html.escape(f"{said} It's so.")


def _in_one_line(said: str) -> str:
    return f"{said}\\n\\nWelcome!"


def _windows(sign: str) -> str:
    try:
        return sign.encode().decode("cp1252")
    except UnicodeDecodeError:
        return sign
