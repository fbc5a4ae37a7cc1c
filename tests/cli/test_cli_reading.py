"""The commands that only tell: show, explain, list."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from click.testing import Result

Run: TypeAlias = Callable[..., Result]


# ------------------------------------------------------------------ show


def test_show_tells_what_was_asked_what_came_when_and_what_it_means(run: Run, folder: Path) -> None:
    result = run("show", "openai/tool_call_single", "--folder", folder)
    assert result.exit_code == 0, result.stderr
    told = result.stdout
    assert told.isascii()
    assert "source: virtual (synthetic" in told
    assert "POST https://api.openai.com/v1/chat/completions" in told
    assert "authorization: " in told
    assert "conformance-virtual-key" not in told
    assert '"model": ' in told
    assert "status 200" in told
    timed = [line for line in told.splitlines() if " bytes " in line]
    times = [float(line.split()[0]) for line in timed]
    assert times == sorted(times)
    assert "-> Start id=" in timed[0]
    assert "ToolCallStart index=0 id=" in told
    assert "ToolCallEnd index=0 id=" in told
    assert "Done reason=" in timed[-1]
    assert "end: eof" in told
    assert "findings: none (" in told


def test_show_takes_a_path_and_an_alias(run: Run, folder: Path) -> None:
    by_path = run("show", folder / "verify_openai_simple_text.json")
    assert by_path.stdout == run("show", "oai/simple_text", "--folder", folder).stdout
    assert by_path.exit_code == 0


def test_show_tells_a_whole_answer_and_a_refusal(run: Run, folder: Path) -> None:
    whole = run("show", "openai/simple_text_whole", "--folder", folder).stdout
    assert "    -> Start id=" in whole
    assert "    -> Done reason=" in whole
    refused = run("show", "openai/error_bad_request_400", "--folder", folder).stdout
    assert "status 400" in refused
    assert "-> Error kind=" in refused


def test_show_tells_every_exchange_of_an_agent_loop(run: Run, folder: Path) -> None:
    told = run("show", "openai/agent_loop", "--folder", folder).stdout
    recorded = json.loads((folder / "verify_openai_agent_loop.json").read_text(encoding="utf-8"))
    assert told.count("] POST ") == len(recorded["interactions"]) > 1


def test_show_verbose_holds_the_bytes_of_every_chunk(run: Run, folder: Path) -> None:
    short = run("show", "openai/unicode_text", "--folder", folder).stdout
    long = run("show", "openai/unicode_text", "--folder", folder, "--verbose").stdout
    assert "data: [DONE]\\n\\n" in long
    assert "data: [DONE]" not in short
    assert long.isascii()


def test_show_json_is_the_recording(run: Run, folder: Path) -> None:
    told = json.loads(run("show", "openai/simple_text", "--folder", folder, "--format", "json").stdout)
    (one,) = told["exchanges"]
    file = json.loads((folder / "verify_openai_simple_text.json").read_text(encoding="utf-8"))
    chunks = file["interactions"][0]["response"]["body"]["chunks"]
    assert [chunk["data"] for chunk in one["response"]["chunks"]] == chunks
    assert one["events"][0]["type"] == "Start"
    assert one["events"][-1]["type"] == "Done"
    assert (one["source"], one["findings"]) == ("virtual", [])


def test_show_reads_other_recordings_too(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "other.yaml"
    file.write_text(
        "version: 1\ninteractions:\n- request:\n    method: POST\n    uri: https://api.one.test/v1/chat/completions\n"
        '    headers: {content-type: [application/json]}\n    body: \'{"model": "m", "messages": []}\'\n'
        "  response:\n    status: {code: 401, message: no}\n    headers: {}\n    body: {string: '{\"error\": {}}'}\n"
    )
    result = run("show", file)
    assert result.exit_code == 0, result.stderr
    assert "[0] POST https://api.one.test/v1/chat/completions" in result.stdout
    assert "status 401" in result.stdout
    assert "MUST OC-E01" in result.stdout


# ------------------------------------------------------------------ explain


def test_explain_tells_all_there_is_about_a_rule(run: Run) -> None:
    from conformance.dialects import dialect

    rule = dialect("openai-chat").rules.rules["OC-S06"]
    told = run("explain", "oc-s06").stdout
    assert told.startswith("OC-S06  MUST  (openai-chat, judged on: stream)\n")
    for text in (rule.sentence, rule.why, rule.source, rule.good):
        assert text.encode("ascii", "backslashreplace").decode() in told


def test_every_rule_and_every_obligation_can_be_explained(run: Run) -> None:
    from conformance.dialects import dialect, dialect_names
    from conformance.obligations import OBLIGATIONS
    from conformance.rules import UNIVERSAL

    books = [UNIVERSAL, *(dialect(name).rules for name in dialect_names())]
    ids = [rule.id for book in books for rule in book] + list(OBLIGATIONS)
    result = run("explain", *ids)
    assert result.exit_code == 0, result.stderr
    heads = [line.split()[0] for line in result.stdout.splitlines() if line and not line.startswith(" ")]
    assert heads == ids


def test_explain_names_the_command_of_an_obligation(run: Run) -> None:
    told = run("explain", "unit.auth").stdout
    assert "obligation of every provider, tier unit" in told
    command = next(line for line in told.splitlines() if "run it:" in line).split("conformance ", 1)[1]
    assert run(*command.replace("'", "").split(), "--verbose").stdout.count("/unit/auth  ") >= 2


# ------------------------------------------------------------------ list


@pytest.mark.parametrize(
    ("what", "key", "known"),
    [
        ("providers", "name", {"openai", "anthropic"}),
        ("dialects", "name", {"openai-chat", "anthropic-messages"}),
        ("scenarios", "name", {"simple_text", "tool_call_multiple", "error_rate_limit_429"}),
        ("rules", "id", {"GN-07", "OC-S06", "AM-S01"}),
        ("obligations", "id", {"unit.auth", "contract.payload", "e2e.agent_loop"}),
    ],
)
def test_list_is_complete_in_both_formats(run: Run, what: str, key: str, known: set[str]) -> None:
    rows = json.loads(run("list", what, "--format", "json").stdout)[what]
    names = [row[key] for row in rows]
    assert known <= set(names)
    assert len(set(names)) == len(names)
    table = run("list", what).stdout.splitlines()
    assert [line.split()[0] for line in table[2:]] == names
    assert all(line.isascii() for line in table)


def test_list_rules_of_one_dialect(run: Run) -> None:
    rows = json.loads(run("list", "rules", "--dialect", "anthropic-messages", "--format", "json").stdout)["rules"]
    assert {row["dialect"] for row in rows} == {"anthropic-messages"}
    assert all(row["sentence"] and row["source"] for row in rows)
