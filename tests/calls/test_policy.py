"""Capability security: what is required must be granted, and a wildcard counts on the granted side alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.calls.context import CallContext
from conformance.calls.failures import PolicyError
from conformance.calls.policy import PolicyGate, covered

OPENAI, OTHER = "net.out:api.openai.com", "net.out:api.anthropic.com"


class Asked:
    def __init__(self, *requires: str) -> None:
        self._extra_requires = requires


async def through(ctx: CallContext, gate: PolicyGate | None = None, request=None) -> list[str]:
    """Which of call and stream ran."""
    gate, ran, told = gate or PolicyGate(), [], []

    def call():
        ran.append("call")
        return {"ok": True}

    def stream():
        ran.append("stream")
        return iter(["piece"])

    for step in ("call", "stream"):
        try:
            if step == "call":
                assert await gate(request, ctx, call) == {"ok": True}
            else:
                assert [one async for one in gate.stream(request, ctx, stream)] == ["piece"]
        except PolicyError as refused:
            told.append(str(refused))
    assert all("Insufficient capabilities" in one for one in told)
    assert len(told) + len(ran) == 2
    return ran


def context(capabilities, requires=(OPENAI,)) -> CallContext:
    return CallContext.new(capabilities=capabilities, service_requires=set(requires))


BOTH, NONE = ["call", "stream"], []


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("granted", "ran"),
    [
        ({OPENAI}, BOTH),
        ({OTHER}, NONE),
        ({OTHER, OPENAI}, BOTH),
        ({"net.out:*"}, BOTH),
        ({"*"}, BOTH),
        (set(), NONE),
        (None, BOTH),
    ],
)
async def test_what_is_granted_decides(granted, ran) -> None:
    assert await through(context(granted)) == ran


@pytest.mark.anyio
async def test_everything_that_is_required_counts_wherever_it_is_said() -> None:
    ctx = context({OPENAI})
    assert await through(ctx, request=Asked("fs.read:/data")) == NONE
    assert await through(ctx, PolicyGate({"gpu"})) == NONE
    assert await through(context({OPENAI, "gpu", "fs.read:*"}), PolicyGate({"gpu"}), Asked("fs.read:/data")) == BOTH


@pytest.mark.anyio
async def test_what_is_required_is_never_granted_by_being_required() -> None:
    """The mistake of the original: a falsy set of capabilities was taken for none given."""
    assert await through(context(set())) == NONE
    assert await through(context(frozenset(), requires=[OPENAI, OTHER])) == NONE


@pytest.mark.anyio
async def test_all_that_is_missing_is_named() -> None:
    with pytest.raises(PolicyError, match=f"gpu, {OTHER} are not granted"):
        await PolicyGate({"gpu"})(None, context({OPENAI}, [OPENAI, OTHER]), dict)


@pytest.mark.anyio
async def test_one_capability_may_be_said_as_a_word() -> None:
    ctx = CallContext.new(capabilities={OTHER}, service_requires=OPENAI)
    with pytest.raises(PolicyError, match=OPENAI):
        PolicyGate().check(None, ctx)


@pytest.mark.parametrize(
    ("granted", "required", "yes"),
    [
        ("net.out:*", "net.out:api.openai.com", True),
        ("net.out:*", "net.out:", False),
        ("net.out:*", "net.outer:x", False),
        ("net.out:*", "net.in:x", False),
        ("net.*", "net.out:x", True),
        ("net*", "net.out:x", False),
        ("net.out:api*", "net.out:api.openai.com", False),
        ("net.out:*.example.com", "net.out:foo.example.com", True),
        ("net.out:*.example.com", "net.out:example.com", False),
        ("net.out:*.example.com", "net.out:evilexample.com", False),
        ("net.out:*.example.com", "net.out:foo.example.com.evil.org", False),
        ("net.out:*.*", "net.out:a.b", False),
        ("net.out:api.openai.com", "net.out:*", False),
        ("net.out:*", "net.out:*", True),
        ("fs:/data/*", "fs:/data/x", True),
        ("fs:/data/*", "fs:/database/x", False),
        ("*", "anything", True),
        ("*", "", False),
        ("", "", True),
    ],
)
def test_wildcards(granted: str, required: str, yes: bool) -> None:
    assert covered(required, {granted}) is yes


words = st.text(alphabet="abz.:/*-", max_size=12)


@given(words, st.sets(words, max_size=4))
def test_wildcards_never_crash_and_never_cover_another_root(required: str, granted: set[str]) -> None:
    if covered(required, granted) and required not in granted:
        heads = [one.partition("*")[0] for one in granted if "*" in one]
        assert any(required.startswith(head) and len(required) > len(head) for head in heads)


@given(words, st.sets(words, max_size=3), words)
def test_more_grants_never_take_away(required: str, granted: set[str], more: str) -> None:
    if covered(required, granted):
        assert covered(required, granted | {more})


@given(words.filter(lambda word: "*" not in word), words)
def test_a_wildcard_in_what_is_required_grants_nothing(granted: str, required: str) -> None:
    if granted != required:
        assert not covered(required, {granted})
