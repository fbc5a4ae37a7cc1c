"""Every promise broken once by a plain server, and found by its id; nothing is found of a server that keeps them.

Rule of the file: a row is one fault of `plain_server`, the case that shows it, and the promise; no promise is without.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest
from click.testing import CliRunner
from plain_server import PlainServer

from conformance.cli import cli
from conformance.endpoints.endpoint import Limits
from conformance.endpoints.promises import PROMISES


class Row(NamedTuple):
    fault: str
    case: str
    rule: str
    level: str = "MUST"


ROWS = (
    Row("silent", "no_messages", "EP-01"),
    Row("images-500", "image_input", "EP-02"),
    Row("torn-json-500", "torn_json", "GN-33"),  # the rule of every exchange stands for EP-02
    Row("error-as-content", "no_messages", "EP-03"),
    Row("no-streams", "simple_text", "EP-04"),
    Row("any-model", "unknown_model_whole", "EP-06"),
    Row("error-as-content", "no_messages", "EP-07"),
    Row("any-json", "torn_json", "EP-08"),
    Row("any-key", "error_auth_401", "EP-09"),
    Row("any-key", "error_auth_401_whole", "EP-09"),
    Row("key-as-404", "error_auth_401_whole", "EP-09"),
    Row("any-label", "wrong_content_type", "EP-10", "SHOULD"),
    Row("any-path", "unknown_path", "EP-11", "SHOULD"),
    Row("any-method", "wrong_method", "EP-12", "SHOULD"),
    Row("any-limit", "error_bad_request_400", "EP-13", "SHOULD"),
    Row("no-allow", "wrong_method", "EP-12", "SHOULD"),
    Row("odd-status", "no_messages", "EP-14", "SHOULD"),
    Row("only-max_tokens", "max_tokens_name", "EP-15", "SHOULD"),
    Row("stop-says-length", "stop_at_a_letter_whole", "EP-20"),
    Row("ignored-max_tokens", "max_tokens_least", "GN-23"),  # the rule of every exchange stands for EP-21
    Row("cut-says-stop", "max_tokens_least_whole", "EP-21"),
    Row("no-max_tokens", "max_tokens_older", "GN-23"),
    Row("no-json", "json_object", "GN-26"),
    Row("ignored-n", "n_two", "OC-A03"),
    Row("ignored-n", "n_two_whole", "OC-A03"),
    Row("ignored-tools", "tool_choice_required", "OC-A01"),
    Row("ignored-tools", "tool_choice_named_whole", "OC-A01"),
    Row("ignored-name", "tool_choice_named", "GN-24"),
    Row("silent-json", "structured_output", "EP-28", "SHOULD"),
    Row("ascii-only", "unicode_text", "EP-28", "SHOULD"),
    Row("prompt-zero", "simple_text_whole", "EP-29"),
    Row("late", "story", "EP-30"),
    Row("pause", "story", "EP-31"),
    Row("one-block", "simple_text,in_pieces", "EP-32"),
    Row("stream-says-less", "simple_text_twins", "EP-40"),
    Row("one-id", "simple_text_whole,unicode_text_whole,own_ids", "EP-41", "SHOULD"),
    Row("no-time", "simple_text,dated", "EP-42", "SHOULD"),
    Row("other-name", "models,simple_text,named", "EP-43", "SHOULD"),
    Row("prompt-nine", "simple_text_whole,cached_prompt_whole,prompts_counted", "EP-44", "SHOULD"),
    Row("bare-models", "models", "EP-50"),
    Row("unowned", "models", "EP-50", "SHOULD"),
    Row("unlisted", "models", "EP-51", "SHOULD"),
    Row("unwell", "health", "EP-60", "SHOULD"),
    Row("chatty", "simple_text_whole,recall", "EP-70", "SHOULD"),
    Row("chatty", "image_input_whole,picture", "EP-71", "SHOULD"),
    Row("sound", "memory_extract", "EP-80", "SHOULD"),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.fault}-{row.case}")
def test_a_broken_promise_is_found(row: Row, endpoint_of, judged, rules_of) -> None:
    limits = Limits(ttft=0.03, gap=0.03) if row.case == "story" else Limits(simple=20, streaming=20)
    with PlainServer(row.fault) as server:
        found = judged(endpoint_of(server.base_url, limits=limits), *row.case.split(","))
    assert (row.level, row.rule) in rules_of(found)
    name = row.case.split(",")[-1]
    assert row.rule in {one.rule for one in found[name].findings}
    assert found[name].outcome == ("fail" if row.level == "MUST" else "pass")


def test_a_required_model_that_is_not_listed(plain: PlainServer, endpoint_of, judged) -> None:
    found = judged(endpoint_of(plain.base_url), "models*", require=("plain-1", "plain-2"))
    assert found["models"].findings == ()
    (told,) = found["models_required"].findings
    assert (told.rule, told.level, told.expected) == ("EP-52", "MUST", "plain-2")


def test_no_promise_is_without_something_that_breaks_it() -> None:
    rules = {row.rule for row in ROWS if row.rule.startswith("EP-")}
    assert rules | {"EP-52"} == set(PROMISES)


def test_a_promise_is_not_told_beside_the_rule_that_tells_it(endpoint_of, judged) -> None:
    with PlainServer("ignored-max_tokens") as server:
        found = judged(endpoint_of(server.base_url), "max_tokens_least")
    assert {finding.rule for finding in found["max_tokens_least"].findings} == {"GN-23"}


def test_a_server_that_keeps_them_all_has_no_findings(plain: PlainServer, endpoint_of, judged, rules_of) -> None:
    before = len(plain.calls)
    found = judged(endpoint_of(plain.base_url))
    assert rules_of(found) == set()
    assert {name for name, one in found.items() if one.outcome == "not_judged"} == {"docs", "recall", "picture"}
    assert len(found) >= 70
    assert len(plain.calls) - before <= 60


@pytest.mark.parametrize("id", PROMISES)
def test_each_promise_is_explained(id: str) -> None:
    result = CliRunner().invoke(cli, ["explain", id.lower()], prog_name="conformance")
    assert result.exit_code == 0
    assert PROMISES[id].sentence in result.stdout
    assert PROMISES[id].why in result.stdout
