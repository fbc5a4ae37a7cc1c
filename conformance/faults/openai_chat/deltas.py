"""Faults of what a stream says piece by piece: choices, deltas, roles, text.

Rule of the file: calls and ends have modules of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.deviating import Chunk
from conformance.faults import kit
from conformance.faults.form import Fault
from conformance.faults.kit import drop_at, moved, set_at, swap_at

from .telling import WHOLE, after, choice_of, counter, delta_of, ends, fault, like, lost, nth, opens, says


def _choices() -> Iterator[Fault]:
    piece = "choices[]"
    for how, value, sentence in (
        ("null", None, "null"),
        ("text", "Hello", "a string"),
        ("list", [{"content": "a"}], "a list"),
    ):
        yield fault(f"delta.{how}", "OC-S04", f"A delta is {sentence}.", nth(set_at(piece, delta=value), says))
    yield fault(
        "delta.missing", "OC-S04", "A choice has no delta.", nth(drop_at(piece, "delta"), says), source="autogen, Azure"
    )
    yield fault(
        "delta.text-beside",
        "OC-S04",
        "A choice holds text in place of a delta.",
        kit.chunks(_as_text, says),
        source="completions endpoints",
    )
    yield fault(
        "delta.message", "OC-S04", "A choice holds a message in place of a delta.", kit.chunks(_as_message, says)
    )
    yield fault(
        "delta.message-beside",
        "OC-S04",
        "A choice holds a message beside its delta.",
        kit.chunks(set_at(piece, message={"role": "assistant", "content": "a"}), says),
        source="foundry-local, SGLang",
    )
    yield fault(
        "choice.reason-missing",
        "OC-S04",
        "Choices have no finish_reason until the end.",
        kit.chunks(_without_reason, lambda one: not ends(one)),
        source="Bedrock gateways, xAI",
    )
    for kind, index, told_as in (
        ("null", None, "null"),
        ("text", "0", "a string"),
        ("negative", -1, "-1"),
        ("one", 1, "1"),
        ("bool", False, "a boolean"),
    ):
        yield fault(
            f"choice.index-{kind}",
            "OC-S04",
            f"The index of the only choice is {told_as}.",
            kit.chunks(set_at(piece, index=index)),
        )
    yield fault("choice.index-missing", "OC-S04", "Choices have no index.", kit.chunks(drop_at(piece, "index")))
    number = counter()
    yield fault(
        "choice.index-counts",
        "OC-S04",
        "The index counts the chunks.",
        kit.chunks(lambda told: [one.update(index=number() % 9 + 1) for one in told["choices"]]),
        source="foundry-local",
        also=frozenset({"OC-A03", "OC-S05", "OC-S10"}),
    )
    yield fault("choice.null", "JS-S", "A choice is null.", nth(lambda told: told.update(choices=[None]), says))
    yield fault(
        "choice.nested",
        "JS-S",
        "Choices are lists of choices.",
        kit.chunks(lambda told: told.update(choices=[told["choices"]]), says),
    )
    yield fault("choice.logprobs-list", "JS-S", "logprobs is a list.", kit.chunks(set_at(piece, logprobs=[])))


def _as_text(told: dict[str, Any]) -> None:
    choice = choice_of(told)
    choice["text"] = choice.pop("delta")["content"]


def _as_message(told: dict[str, Any]) -> None:
    choice = choice_of(told)
    choice["message"] = choice.pop("delta")


def _without_reason(told: dict[str, Any]) -> None:
    choice_of(told).pop("finish_reason", None)


def _roles() -> Iterator[Fault]:
    delta = "choices[].delta"
    yield fault(
        "role.every-chunk",
        "OC-S05",
        "Every delta tells the role.",
        kit.chunks(set_at(delta, role="assistant"), lambda one: not ends(one)),
        source="ollama, litellm",
    )
    yield fault(
        "role.twice", "OC-S05", "The second delta tells the role again.", nth(set_at(delta, role="assistant"), says, 0)
    )
    yield fault(
        "role.at-end",
        "OC-S05",
        "The last delta tells the role again.",
        kit.chunks(set_at(delta, role="assistant"), ends),
    )
    yield fault("role.missing", "OC-S05", "No delta tells the role.", kit.chunks(drop_at(delta, "role")))
    yield fault("role.first-chunk-lost", "OC-S05", "The first chunk is lost.", lost(opens))
    yield fault(
        "role.late", "OC-S05", "The role comes after the first text.", kit.sequence(lambda told: moved(told, 0, 2))
    )
    yield fault("role.null", "OC-S05", "The role is null.", kit.chunks(set_at(delta, role=None), opens))
    for role in ("user", "model", "bot", "Assistant", ""):
        yield fault(
            f"role.{role or 'empty'}", "OC-S05", f"The role is {role!r}.", kit.chunks(set_at(delta, role=role), opens)
        )


def _texts() -> Iterator[Fault]:
    delta = "choices[].delta"
    for how, value, sentence in (
        ("list", [{"type": "text", "text": "a"}], "a list of parts"),
        ("object", {"text": "a"}, "an object"),
        ("number", 7, "a number"),
        ("bool", True, "a boolean"),
    ):
        yield fault(
            f"text.{how}", "JS-S", f"The content of a delta is {sentence}.", nth(set_at(delta, content=value), says)
        )
    yield fault(
        "text.cumulative",
        "OC-S19",
        "Each delta holds the whole text so far.",
        kit.sequence(_growing),
        source="Perplexity",
    )
    yield fault("text.piece-lost", "GN-13", "One piece of the text is lost.", lost(says, 1))
    yield fault(
        "text.piece-twice",
        "GN-13",
        "One piece of the text is told twice.",
        kit.sequence(lambda told: [*told[:3], told[2], *told[3:]]),
    )
    yield fault(
        "text.pieces-swapped",
        "GN-13",
        "Two pieces of the text have changed places.",
        kit.sequence(lambda told: moved(told, 2, 3)),
    )
    yield fault(
        "text.blanks-lost",
        "GN-13",
        "The blanks between words are lost.",
        kit.chunks(swap_at(delta, "content", lambda said: said and said.strip()), says),
    )
    yield fault("text.first-lost", "GN-13", "The text of the first delta is lost.", lost(says, 0))
    yield fault(
        "text.told-again",
        "OC-S19",
        "The last delta holds the whole text again.",
        after(says, lambda one: like(one, {"content": "Hello, dear reader, and welcome!"})),
    )
    yield fault(
        "text.twice",
        "OC-S19",
        "Each delta is told twice.",
        kit.sequence(lambda told: [one for chunk in told for one in [chunk] * (1 + says(chunk))]),
    )
    yield fault("text.none", "OC-A06", "An answer ends with stop and said nothing.", lost(says))
    yield fault("text.all-blank", "OC-A06", "Every delta is empty.", kit.chunks(set_at(delta, content=""), says))
    yield fault("text.blank", "OC-A06", "All that is said is blanks.", kit.chunks(set_at(delta, content=" \n"), says))
    for how, said in (("null", None), ("empty", ""), ("blank", " \n")):
        nothing = kit.whole(set_at("choices[].message", content=said))
        yield fault(f"whole.text-{how}", "OC-A06", f"A whole answer says {said!r}.", nothing, on=WHOLE)


def _growing(told: list[Chunk]) -> list[Chunk]:
    text = ""
    for one in filter(says, told):
        text = delta_of(one)["content"] = text + delta_of(one)["content"]
    return told


FAULTS = (*_choices(), *_roles(), *_texts())
