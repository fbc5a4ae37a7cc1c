"""The target of fuzzing, driven without a fuzzer: mutated recordings of every dialect, and what once crashed it."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from target import DIALECTS, one_answer

from conformance.faults import Bent
from conformance.selftest import perform

PIECES = (b"", b"null", b"\xff", b"\n\n", b"\r", b"data: ", b"data: [DONE]\n\n", b"{", b"}", b'"', b"[]", b"\0\0\0\x10")


@cache
def body(number: int, on: str) -> bytes:
    name = DIALECTS[number].name
    sound = Bent(id=f"{name}.sound", dialect=name, sentence="Nothing is wrong.")
    return perform(sound, on).response.body


@pytest.mark.parametrize("number", range(len(DIALECTS)), ids=[one.name for one in DIALECTS])
@given(
    on=st.sampled_from(["simple_text", "tool_call_single", "simple_text_whole"]),
    how=st.integers(0, 255),
    cut=st.integers(0, 255),
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.sampled_from(PIECES)), max_size=4),
)
def test_a_mutated_answer_is_read(
    number: int, on: str, how: int, cut: int, changes: list[tuple[float, int, bytes]]
) -> None:
    told = body(number, on)
    for where, lost, put in changes:
        at = int(where * len(told))
        told = told[:at] + put + told[at + lost :]
    one_answer(bytes([number, how, cut]) + told)


@given(st.binary(max_size=200))
def test_any_bytes_are_read(data: bytes) -> None:
    one_answer(data)
