"""The command beside a finding sends the request again that showed it: parsed as a shell does, and really run.

Rule of the file: what the server got is compared, byte by byte.
"""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess

import pytest
from plain_server import KEY, PlainServer


def curls(result) -> dict[str, str]:
    """The last command of each finding, by its rule."""
    findings = json.loads(result.stdout)["findings"]
    return {one["rule"]: one["evidence"]["curl"].splitlines()[-1] for one in findings}


def meaning(body: bytes) -> object:
    """What a body says: a command is in ASCII, and JSON has words for the rest."""
    try:
        return json.loads(body)
    except ValueError:
        return body


FAULTS = ("error-as-content", "any-json", "any-label", "any-method", "odd-status", "unlisted")
NAMES = ("no_messages", "torn_json", "wrong_content_type", "wrong_method", "unicode_text", "models")
CASES = tuple(word for name in NAMES for word in ("--scenario", name))


def test_the_command_of_a_finding_is_the_request_that_was_sent(said_of, run) -> None:
    """Parsed as a shell parses it: the method, the URL, every header that matters, and the body."""
    with PlainServer(*FAULTS) as server:
        found = curls(run(*said_of(server), *CASES, "--format", "json"))
        sent = list(server.calls)
    assert found.keys() >= {"EP-03", "EP-08", "EP-10", "EP-12", "EP-51"}
    for command in found.values():
        words = shlex.split(command)
        body = words[words.index("--data-binary") + 1].encode() if "--data-binary" in words else b""
        method = words[words.index("-X") + 1] if "-X" in words else "POST" if body else "GET"
        url = next(word for word in words if word.startswith("http"))
        lines = dict(words[at + 1].split(": ", 1) for at, word in enumerate(words) if word == "-H")
        same = [one for one in sent if one[0] == method and meaning(one[3]) == meaning(body) and url.endswith(one[1])]
        assert same, command
        for name, value in lines.items():
            assert any(one[2].get(name) == value.replace("$PLAIN_KEY", KEY) for one in same), command


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_curl_shows_the_same_again(said_of, run) -> None:
    with PlainServer(*FAULTS) as server:
        found = curls(run(*said_of(server), *CASES, "--format", "json"))
        for command in found.values():
            number = len(server.calls)
            out = subprocess.run(
                ["sh", "-c", command], capture_output=True, env={"PLAIN_KEY": KEY, "PATH": "/usr/bin:/bin"}, check=True
            )
            again, first = server.calls[number], server.calls[:number]
            known = [(one[0], one[1], meaning(one[3])) for one in first]
            assert (again[0], again[1], meaning(again[3])) in known, command
            assert again[2].get("authorization") in (f"Bearer {KEY}", None)
            assert b"HTTP/1.1 200" in out.stdout
