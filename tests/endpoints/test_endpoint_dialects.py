"""The virtual provider is sound in every dialect: a whole check finds nothing at all, and asks no more than it may.

Rule of the file: what went over the wire is counted at the server, not by the check.
"""

from __future__ import annotations

import json

import pytest

from conformance.dialects import dialect_names
from conformance.endpoints.endpoint import speaker_for
from conformance.virtual import VIRTUAL_KEY, VirtualProvider

MOST = 60
"""Requests of one full pass."""


@pytest.mark.parametrize("speaks", dialect_names())
def test_a_sound_server_has_no_findings(speaks: str, endpoint_of, judged, rules_of) -> None:
    with VirtualProvider() as server:
        model = speaker_for(speaks).model
        found = judged(endpoint_of(server.base_url(speaks), speaks, model=model, key=VIRTUAL_KEY))
        sent = server.requests
    assert rules_of(found) == set()
    assert {one.outcome for one in found.values()} <= {"pass", "not_judged"}
    judged_ones = [one for one in found.values() if one.outcome == "pass"]
    assert len(judged_ones) >= 50
    assert all(one.rules for one in judged_ones if one.case.rpartition("/")[2] in ("simple_text", "tool_call_single"))
    assert 35 <= len(sent) <= MOST
    bodies = [
        (one.method, one.url.rpartition("?")[0] or one.url, one.body, one.header("authorization")) for one in sent
    ]
    again = len(bodies) - len(set(bodies))
    assert again <= 2, "a question was asked twice that tells nothing new"


@pytest.mark.parametrize("speaks", dialect_names())
def test_strict_from_the_command_line(speaks: str, virtual: VirtualProvider, run) -> None:
    at = ("--base-url", virtual.base_url(speaks), "--dialect", speaks, "--model", speaker_for(speaks).model)
    cases = ("--scenario", "simple_text*", "--scenario", "error_auth_401", "--scenario", "tool_call_single*")
    result = run(*at, "--api-key-env", "VIRTUAL_KEY", "--strict", "--format", "json", *cases)
    document = json.loads(result.stdout)
    assert (result.exit_code, document["findings"], document["errors"]) == (0, [], [])
    assert document["counts"]["pass"] == document["counts"]["total"] == 7
    assert document["counts"]["warn"] == 0
