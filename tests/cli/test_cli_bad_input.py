"""Whatever is wrong with what a user gives: one clear error, exit 2, no traceback, nothing lost."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from click.testing import Result

Run: TypeAlias = Callable[..., Result]
Refused: TypeAlias = Callable[..., None]


def test_files_that_do_not_exist(run: Run, refused: Refused, tmp_path: Path) -> None:
    refused(run("lint", tmp_path / "none.json"), "none.json")
    refused(run("show", tmp_path / "none.json"), "none.json")
    refused(run("check", "--folder", tmp_path / "none"), "does not exist")
    refused(run("show", "openai/simple_text", "--folder", tmp_path), "verify_openai_simple_text.json")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["check", "opnai"], "did you mean openai"),
        (["check", "openai", "--tier", "contarct"], "did you mean contract"),
        (["check", "openai", "--scenario", "simple_txt"], "did you mean simple_text"),
        (["check", "openai", "--case", "openai/unit/auht"], "did you mean openai/unit/auth"),
        (["show", "openai/simple_txt"], "did you mean simple_text"),
        (["show", "opnai/simple_text"], "did you mean openai"),
        (["record", "opnai", "--from", "virtual"], "did you mean openai"),
        (["record", "openai", "--from", "virtual", "-s", "simple"], "there is no scenario 'simple'"),
        (["record"], "no provider is named"),
        (["explain", "OC-S99"], "there is no rule or obligation 'OC-S99'"),
        (["explain", "OC-S06", "unit.atuh"], "did you mean unit.auth"),
        (["list", "rulez"], "did you mean rules?"),
        (["list", "rules", "--dialect", "openai"], "did you mean openai-chat"),
        (["list", "scenarios", "--dialect", "openai-chat"], "--dialect goes with rules"),
        (["lint", "x.json", "--dialect", "anthropic"], "did you mean anthropic-messages"),
        (["check", "openai", "-s", "simple_text", "-t", "unit"], "no case is left"),
    ],
)
def test_an_unknown_name_shows_a_way_on(run: Run, refused: Refused, words: list[str], said: str) -> None:
    result = run(*words)
    refused(result, said)
    assert result.stdout == ""


def test_a_bad_mode_is_no_default(run: Run, refused: Refused, folder: Path) -> None:
    refused(run("check", "openai", "--folder", folder, VCR_MODE="replay"), "VCR_MODE is 'replay'", "playback")


def test_a_bad_strictness_is_told_first(run: Run, refused: Refused, folder: Path) -> None:
    refused(run("check", "openai", "--folder", folder, VCR_STRICT="maybe"), "VCR_STRICT is 'maybe'")


@pytest.mark.parametrize(
    "words",
    [
        ["lint", ""],
        ["lint", "x.json", "--host", " "],
        ["lint", "x.json", "--output", ""],
        ["show", ""],
        ["check", "openai", "--folder", ""],
        ["record", "openai", "--folder", ""],
        ["serve", "--key", ""],
    ],
)
def test_an_empty_word_is_no_wish(run: Run, refused: Refused, words: list[str]) -> None:
    refused(run(*words), "it is empty")


def test_recording_wants_a_key(run: Run, refused: Refused, tmp_path: Path) -> None:
    refused(run("record", "openai", "--folder", tmp_path), "OPENAI_API_KEY", "--from virtual")
    refused(run("record", "openai", "anthropic", "--folder", tmp_path), "OPENAI_API_KEY", "ANTHROPIC_API_KEY")
    refused(run("check", "openai", "-s", "simple_text", "--folder", tmp_path, VCR_MODE="auto"), "OPENAI_API_KEY")
    assert list(tmp_path.iterdir()) == []


def test_ci_never_records(run: Run, refused: Refused, folder: Path) -> None:
    refused(run("check", "openai", "--folder", folder, VCR_MODE="record", CI="true"), "CI never records")


def test_a_host_that_cannot_be_reached(run: Run, tmp_path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from conformance import adapters

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    nowhere = replace(adapters.adapter("openai"), base_url=f"http://127.0.0.1:{port}/v1")  # type: ignore[type-var]
    monkeypatch.setattr(adapters, "_adapters", lambda: {"openai": nowhere})
    before = (copy / "verify_openai_simple_text.json").read_bytes()
    result = run("record", "openai", "-s", "simple_text", "--folder", copy, OPENAI_API_KEY="sk-nowhere-0123456789")
    assert result.exit_code == 2
    assert "failed     openai/simple_text: " in result.stdout
    assert result.stderr.startswith("error: 1 of 1 recordings failed")
    assert "sk-nowhere" not in result.output
    assert (copy / "verify_openai_simple_text.json").read_bytes() == before


def test_no_cassettes_is_said_though_debts_are_listed(run: Run, refused: Refused, tmp_path: Path) -> None:
    result = run("check", "openai", "--folder", tmp_path)
    refused(result, "there are no cassettes of openai", "conformance record openai --from virtual")
    assert "FAIL  openai/conformance/simple_text " in result.stdout


def test_a_port_that_is_taken(run: Run, refused: Refused) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused(run("serve", "--port", str(taken.getsockname()[1])), "cannot listen")


def test_many_names_are_listed_by_a_command_that_is_named(run: Run, refused: Refused) -> None:
    refused(run("check", "zzqqxx#"), "conformance list providers")
    refused(run("explain", "zzqqxx#"), "conformance list rules")


def test_a_folder_to_record_into_may_be_new(run: Run, tmp_path: Path) -> None:
    words = ("check", "openai", "-s", "simple_text", "--folder", tmp_path / "new")
    assert "does not exist" in run(*words).stderr
    assert "OPENAI_API_KEY" in run(*words, VCR_MODE="record").stderr
