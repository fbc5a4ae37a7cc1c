"""Lint knows the speakers of this kit's own recordings: their deviations, their hosts, and who issues their tokens."""

from __future__ import annotations

from conformance import adapter, adapter_names, read_cassette
from conformance.subjects.traffic import judge_exchange
from conformance.tape import cassette_path

VIRTUAL = [
    name
    for name in adapter_names()
    if (path := cassette_path(name, "simple_text")).exists() and read_cassette(path).provenance.source == "virtual"
]


def test_no_recording_of_the_virtual_provider_has_a_finding_that_fails() -> None:
    assert VIRTUAL
    for name in VIRTUAL:
        verdicts = [judge_exchange(one) for one in read_cassette(cassette_path(name, "simple_text")).exchanges]
        assert {one.outcome for one in verdicts} == {"pass"}, (adapter(name).name, [one.findings for one in verdicts])
