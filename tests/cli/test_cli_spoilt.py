"""Recordings that are spoilt: each is named in one clear error, and whatever else there is still gets judged."""

from __future__ import annotations

import gzip
import json
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


def test_lint_judges_the_others_before_it_names_the_spoilt(run: Run, copy: Path) -> None:
    spoilt = copy / "verify_openai_simple_text.json"
    spoilt.write_bytes(truncated(spoilt.read_bytes()))
    result = run("lint", copy)
    assert result.exit_code == 2
    assert result.stderr.count("error: ") == 1
    assert spoilt.name in result.stderr
    judged = sum(len(json.loads(file.read_bytes())["interactions"]) for file in copy.glob("*.json") if file != spoilt)
    assert f"{judged} exchanges: {judged} judged, 0 not judged" in result.stdout
