"""Text that is safe to print, on a terminal and off it."""

from __future__ import annotations

import io
import json
import re

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from conformance.cases import Verdict
from conformance.report import FORMATS, Style, listener
from conformance.report.paper import PlainPaper, TerminalPaper, paper
from conformance.report.printable import ascii_line, clipped, one_line
from conformance.rulebook import Finding

NASTY = 'a\x1b[2J\x07\r\nb\ud800c\u2028d\u202ee\x9bf\x00 "ok" 日本 …'


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class OldTerminal(Terminal):
    """One that cannot show all of Unicode."""

    encoding = "latin-1"


@pytest.mark.parametrize("safe", [one_line, ascii_line])
def test_nothing_that_moves_a_cursor_or_breaks_an_encoder_is_left(safe) -> None:  # type: ignore[no-untyped-def]
    told = safe(NASTY)
    told.encode("utf-8")
    assert told.isprintable()
    for escape in ("\\x1b[2J", "\\x07", "\\r\\n", "\\ud800", "\\u2028", "\\u202e", "\\x9b", "\\x00"):
        assert escape in told


def test_printable_text_stays_as_it_is() -> None:
    assert one_line('plain, "日本" naïve …') == 'plain, "日本" naïve …'
    assert ascii_line("a → b … ≥ 日") == "a -> b ... >= \\u65e5"
    assert clipped("abcdef", 4) == "abc…"
    assert clipped("abcd", 4) == "abcd"


def test_plain_paper_is_ascii_and_never_wraps() -> None:
    out = io.StringIO()
    page = paper(out)
    assert isinstance(page, PlainPaper)
    page.line(NASTY * 50, "red", indent=3)
    page.table(["name", "n"], [["日本", "1"], ["x" * 300, "22"]], (1,))
    lines = out.getvalue().splitlines()
    assert len(lines) == 5
    assert out.getvalue().isascii()
    assert "\x1b" not in out.getvalue()
    assert lines[3].endswith(" 1")
    assert lines[4].endswith("x 22") or lines[4].endswith("x  22")


@pytest.mark.parametrize("width", ["20", "80"])
def test_a_terminal_is_never_written_past_its_width(monkeypatch: pytest.MonkeyPatch, width: str) -> None:
    monkeypatch.setenv("COLUMNS", width)
    monkeypatch.setenv("NO_COLOR", "1")
    out = Terminal()
    page = paper(out)
    assert isinstance(page, TerminalPaper)
    page.line("word " * 40 + NASTY + "x" * 200, "bold red", indent=4)
    page.table(["provider", "tier"], [["some-quite-long-name" * 4, "conformance"]])
    shown = re.sub(r"\x1b\[\d*m", "", out.getvalue())
    assert "\x1b" not in shown
    assert max(map(cell_len, shown.split("\n"))) <= int(width)


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured, plain = Terminal(), Terminal()
    paper(coloured).line("FAIL", "red")
    monkeypatch.setenv("NO_COLOR", "1")
    paper(plain).line("FAIL", "red")
    assert "\x1b[31m" in coloured.getvalue()
    assert "\x1b[31m" not in plain.getvalue()


@pytest.mark.parametrize("stream", [io.StringIO, Terminal, OldTerminal])
@pytest.mark.parametrize("kind", ["check", "lint"])
@pytest.mark.parametrize("format", FORMATS)
def test_evidence_of_any_kind_can_be_reported(stream, kind: str, format: str) -> None:  # type: ignore[no-untyped-def]
    finding = Finding("OC-S01", "MUST", NASTY, f"$.{NASTY}", 3, NASTY, NASTY * 100, NASTY)
    verdict = replace(
        Verdict(case=NASTY, subject=NASTY, tier="unit", title=NASTY, outcome="fail"), findings=(finding,), origin=NASTY
    )
    odd = Verdict(case="y", subject="s", tier="unit", title="t", outcome="not_judged", reason=NASTY)
    out = stream()
    to = listener(kind, format, out, Style(verbose=True))  # type: ignore[arg-type]
    to.verdict(verdict)
    to.verdict(odd)
    assert to.close() == 1
    written = out.getvalue()
    written.encode(getattr(out, "encoding", None) or "ascii")
    for raw in ("\x1b[2J", "\x07", "\ud800", "\u2028", "\u202e", "\x00"):
        assert raw not in written


@pytest.mark.parametrize("kind", ["check", "lint"])
def test_one_run_has_two_verdicts_and_one_decides_the_exit_code(kind: str) -> None:
    survived = Finding("OC-S01", "MUST", "bad", survived="nobody reads it")
    harmless = Verdict(case="a", subject="s", tier="unit", title="t", outcome="fail", findings=(survived,))
    for compat, code, boxes in ((False, 1, ("fail", 1)), (True, 0, ("warn", 1))):
        out = io.StringIO()
        to = listener(kind, "json", out, Style(compat=compat))  # type: ignore[arg-type]
        to.verdict(harmless)
        assert to.close() == code
        told = json.loads(out.getvalue())
        assert told["judged_by"] == ("compat" if compat else "strict")
        assert told["counts"][boxes[0]] == boxes[1]
        assert told["compat"] == {"pass": 0, "warn": 1, "fail": 0, "not_judged": 0}
        assert [(one["level"], one["compat"]) for one in told["findings"]] == [("MUST", "SHOULD")]
        assert [(one["outcome"], one["compat"]) for one in told["verdicts"]] == [("fail", "pass")]
    breaks = replace(harmless, findings=(survived, Finding("OC-S02", "MUST", "bad")))
    to = listener(kind, "json", io.StringIO(), Style(compat=True))  # type: ignore[arg-type]
    to.verdict(breaks)
    assert to.close() == 1
