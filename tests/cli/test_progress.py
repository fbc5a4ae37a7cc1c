"""Progress: on a terminal when the work is long, elsewhere only when it is asked for, and never in a report."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from conformance.report.progress import track


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def slow(steps: float) -> Callable[[], float]:
    """A clock that moves on by so many seconds whenever it is asked."""
    return partial(next, count(0.0, steps))


def test_progress_of_long_work_is_a_line_on_stderr_that_makes_way(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal, seen = Terminal(), []
    monkeypatch.setattr("sys.stderr", terminal)
    for item in track("ab", "judging", 2, clock=slow(1.0)):
        assert terminal.getvalue().endswith("\r\x1b[2K")
        seen.append(item)
    assert seen == ["a", "b"]
    assert "judging: 1 of 2" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[2K")


@pytest.mark.parametrize(("show", "drawn"), [(None, False), (False, False), (True, True)])
def test_on_a_terminal_short_work_shows_none_unless_asked_to(
    show: bool | None, drawn: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    assert list(track("ab", "judging", show=show, clock=slow(0.001))) == ["a", "b"]
    assert ("judging: 1" in terminal.getvalue()) == drawn == bool(terminal.getvalue())


def test_progress_may_be_forbidden_on_long_work(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    assert list(track("ab", "judging", show=False, clock=slow(9.0))) == ["a", "b"]
    assert terminal.getvalue() == ""


def test_without_a_terminal_there_is_no_progress(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(track("ab", "judging", clock=slow(9.0))) == ["a", "b"]
    assert capsys.readouterr().err == ""


def test_without_a_terminal_progress_that_is_asked_for_is_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert list(track(range(100), "judging", 100, show=True, clock=slow(1.0))) == list(range(100))
    *lines, last = capsys.readouterr().err.splitlines()
    assert lines[:2] == ["judging: 0 of 100", "judging: 5 of 100"]
    assert 10 < len(lines) < 30
    assert last == "judging: 100 of 100, done"
    assert "\x1b" not in "".join(lines)


def test_who_leaves_early_leaves_no_line_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    tracked = track("ab", "judging", show=True)
    assert next(tracked) == "a"
    tracked.close()  # type: ignore[attr-defined]  # a generator, here
    assert terminal.getvalue().endswith("\r\x1b[2K")


@pytest.mark.parametrize(
    ("words", "said"),
    [([], ""), (["--no-progress"], ""), (["--progress"], "judging: 0\njudging: 3, done\n")],
    ids=["by default", "forbidden", "asked for"],
)
def test_lint_in_a_pipe_counts_only_when_asked_to(
    words: list[str],
    said: str,
    run: Callable[..., Result],
    tmp_path: Path,
    line: Callable[..., dict[str, Any]],
    write: Callable[..., Path],
) -> None:
    file = write(tmp_path / "three.jsonl", line("a"), line("b"), line("c"))
    plain, counted = run("lint", file), run("lint", file, *words)
    assert counted.stderr == said
    assert (counted.stdout, counted.exit_code) == (plain.stdout, 0)


def test_a_selftest_says_how_many_there_are(run: Callable[..., Result]) -> None:
    tried = run("selftest", "--fault", "ollama.line.role-missing", "--progress")
    assert tried.stderr.endswith("trying: 1 of 1, done\n"), tried.stderr
