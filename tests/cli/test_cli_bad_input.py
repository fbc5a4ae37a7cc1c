"""Whatever is wrong with what a user gives: one clear error, exit 2, no traceback, nothing lost."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from click.testing import Result

Run: TypeAlias = Callable[..., Result]
Refused: TypeAlias = Callable[..., None]


def empty(good: bytes) -> bytes:
    return b""


def truncated(good: bytes) -> bytes:
    return good[: len(good) // 2]


def another_version(good: bytes) -> bytes:
    return json.dumps({**json.loads(good), "version": 99}).encode()


def not_json(good: bytes) -> bytes:
    return b"once upon a time { there was"


def garbage(good: bytes) -> bytes:
    return bytes(range(256)) * 40


def cut_gzip(good: bytes) -> bytes:
    return gzip.compress(good)[:-20]


def other_json(good: bytes) -> bytes:
    return b'{"name": "package", "dependencies": {}}'


def number(good: bytes) -> bytes:
    return b"42"


def deep(good: bytes) -> bytes:
    return b"[" * 100_000


def lone_surrogate(good: bytes) -> bytes:
    return good.replace(b'"eof"', b'"\\ud800\\u001b[2J"', 1)


def cassette_without_exchanges(good: bytes) -> bytes:
    return json.dumps({**json.loads(good), "interactions": []}).encode()


SPOILT = [empty, truncated, another_version, not_json, garbage, cut_gzip, other_json, number, deep, lone_surrogate]


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda one: one.__name__)
@pytest.mark.parametrize("command", ["lint", "show"])
def test_a_spoilt_recording(
    run: Run, refused: Refused, copy: Path, command: str, spoil: Callable[[bytes], bytes]
) -> None:
    file = copy / "verify_openai_simple_text.json"
    file.write_bytes(spoil(file.read_bytes()))
    result = run(command, file)
    refused(result, file.name)
    assert "\x1b" not in result.stderr


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda one: one.__name__)
def test_check_names_a_spoilt_cassette_and_judges_the_rest(
    run: Run, refused: Refused, copy: Path, spoil: Callable[[bytes], bytes]
) -> None:
    file = copy / "verify_openai_simple_text.json"
    file.write_bytes(spoil(file.read_bytes()))
    result = run("check", "openai", "-s", "simple_text", "-s", "unicode_text", "--folder", copy, "--verbose")
    assert "PASS  openai/conformance/unicode_text " in result.stdout
    assert file.name in result.output
    assert "PASS  openai/conformance/simple_text " not in result.stdout
    assert result.exit_code in (1, 2)
    assert "Traceback" not in result.output


def test_a_recording_without_exchanges_is_no_pass(run: Run, refused: Refused, copy: Path) -> None:
    file = copy / "verify_openai_simple_text.json"
    file.write_bytes(cassette_without_exchanges(file.read_bytes()))
    refused(run("lint", file), "simple_text")
    refused(run("show", file), "simple_text")


def test_a_directory_where_a_file_is_wanted(run: Run, refused: Refused, copy: Path, tmp_path: Path) -> None:
    refused(run("show", copy), "is a directory")
    (tmp_path / "hollow").mkdir()
    refused(run("lint", tmp_path / "hollow"), "hollow")


def test_files_that_do_not_exist(run: Run, refused: Refused, tmp_path: Path) -> None:
    refused(run("lint", tmp_path / "none.json"), "none.json")
    refused(run("show", tmp_path / "none.json"), "none.json")
    refused(run("check", "--folder", tmp_path / "none"), "does not exist")
    refused(run("show", "openai/simple_text", "--folder", tmp_path), "verify_openai_simple_text.json")


def test_lint_judges_the_others_before_it_names_the_spoilt(run: Run, copy: Path) -> None:
    spoilt = copy / "verify_openai_simple_text.json"
    spoilt.write_bytes(truncated(spoilt.read_bytes()))
    result = run("lint", copy)
    assert result.exit_code == 2
    assert result.stderr.count("error: ") == 1
    assert spoilt.name in result.stderr
    judged = sum(len(json.loads(file.read_bytes())["interactions"]) for file in copy.glob("*.json") if file != spoilt)
    assert f"{judged} exchanges: {judged} judged, 0 not judged" in result.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["check", "opnai"], "did you mean openai?"),
        (["check", "openai", "--tier", "contarct"], "did you mean contract"),
        (["check", "openai", "--scenario", "simple_txt"], "did you mean simple_text"),
        (["check", "openai", "--case", "openai/unit/auht"], "did you mean openai/unit/auth"),
        (["show", "openai/simple_txt"], "did you mean simple_text"),
        (["show", "opnai/simple_text"], "did you mean openai?"),
        (["record", "opnai", "--from", "virtual"], "did you mean openai?"),
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


def test_recording_wants_a_key(run: Run, refused: Refused, tmp_path: Path) -> None:
    refused(run("record", "openai", "--folder", tmp_path), "OPENAI_API_KEY", "--from virtual")
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
