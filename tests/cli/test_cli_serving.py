"""The commands that make something: record and serve."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import httpx
from click.testing import Result

Run: TypeAlias = Callable[..., Result]


def test_record_says_what_came_of_each_scenario(run: Run, tmp_path: Path) -> None:
    words = ("record", "openai", "claude", "--from", "virtual", "-s", "simple_text", "--folder", tmp_path)
    first = run(*words)
    assert first.exit_code == 0, first.stderr
    assert first.stdout.splitlines() == [
        "recorded   openai/simple_text",
        "recorded   anthropic/simple_text",
        "2 recordings: 2 recorded; 0 moved in shape since the last",
    ]
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "verify_anthropic_simple_text.json",
        "verify_openai_simple_text.json",
    ]
    told = json.loads((tmp_path / "verify_openai_simple_text.json").read_text(encoding="utf-8"))
    assert told["provenance"]["source"] == "virtual"
    again = run(*words)
    assert again.stdout.splitlines() == [
        "unchanged  openai/simple_text",
        "unchanged  anthropic/simple_text",
        "2 recordings: 2 unchanged",
    ]


def test_record_skips_aloud_what_does_not_fit(run: Run, tmp_path: Path) -> None:
    result = run("record", "anthropic", "--from", "virtual", "-s", "content_filter", "--folder", tmp_path)
    assert result.stdout.splitlines() == [
        "skipped    anthropic/content_filter: anthropic does not claim content_filter",
        "1 recording: 1 skipped",
    ]


def test_serve_says_where_and_answers_the_very_call_that_it_shows() -> None:
    words = [sys.executable, "-m", "conformance", "serve", "--port", "0", "--key", "my-own-key"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        said = [child.stdout.readline()]
        while "-d '" not in said[-1]:
            said.append(child.stdout.readline())
            assert child.poll() is None, said
        text = "".join(said)
        url, body = re.search(r"curl (\S+)", text), re.search(r"-d '(.*)'", text)
        assert url is not None
        assert body is not None
        try:
            headers = {"authorization": "Bearer my-own-key", "content-type": "application/json"}
            answer = httpx.post(url[1], content=body[1], headers=headers)
            stranger = httpx.post(url[1], content=body[1], headers={**headers, "authorization": "Bearer other"})
        finally:
            child.send_signal(signal.SIGINT)
            assert child.wait(20) in (0, 130)
    assert f"anthropic-messages: base URL {url[1].removesuffix('/v1/chat/completions')}\n" in text
    assert answer.status_code == 200, answer.text
    assert answer.json()["choices"][0]["message"]["content"]
    assert stranger.status_code == 401
