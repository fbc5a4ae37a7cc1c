"""Rules on log probabilities: what is said of each token, and that these are the tokens of the text.

Rule of the file: whether any come at all is a rule of `rules_kept`; here only what came is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from conformance.model import JSON
from conformance.reading import Frame, Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, inside, objects, whole
from .fold import folded
from .rules_reply import choices

_ROUNDING = 1e-3
"""So far above 0 a logarithm may be by the arithmetic of the server."""
_BYTE = range(256)
_PART = re.compile(r"\ufffd|\\x|bytes:|<0x")
"""How a token is told that is only a part of a character."""
_LISTS = {"content", "refusal", "reasoning_content"}
"""What tokens are of; the last is the word of vendors who tell of thoughts as well."""


@BOOK.rule(
    "OC-A11",
    "MUST",
    Scope.ANSWER,
    "OpenAPI: ChatCompletionTokenLogprob",
    good='{"token":"Hi","logprob":-0.1,"bytes":[72,105],"top_logprobs":[]}',
    bad='{"token":"Hi","logprob":0.9,"bytes":"Hi"}',
    why="SDKs hand on fields that are not there, and perplexities come out above what is possible",
)
def tokens_are_told_in_form(reading: Reading) -> Iterator[Violation]:
    """Of a token are told its text, a logarithm of at most 0, its bytes or null, and no more likely ones than asked."""
    allowed = reading.asked.get("top_logprobs") or 0
    for frame, path, told in _tokens(reading):
        where = f"{path}.logprobs"
        listed = told.get("content")
        if not isinstance(listed, list | None) or not told.keys() & _LISTS:
            yield Violation("there is no list of tokens, nor null", f"{where}.content", frame, "a list", sorted(told))
            continue
        for at, token in enumerate(listed or ()):
            yield from _one_token(token, f"{where}.content[{at}]", frame)
            ranked = inside(token, "top_logprobs")
            if not isinstance(ranked, list):
                yield Violation("top_logprobs is no list", f"{where}.content[{at}].top_logprobs", frame, [], ranked)
            elif whole(allowed) and reading.asked and len(ranked) > allowed:
                told_more = f"{where}.content[{at}].top_logprobs"
                yield Violation("more top_logprobs came than were asked for", told_more, frame, allowed, len(ranked))


def _one_token(token: JSON, where: str, frame: int | None) -> Iterator[Violation]:
    if not isinstance(inside(token, "token"), str):
        yield Violation("token is no string", f"{where}.token", frame, "a string", inside(token, "token"))
    likely = inside(token, "logprob")
    if not isinstance(likely, int | float) or isinstance(likely, bool) or likely > _ROUNDING:
        yield Violation("logprob is no logarithm of a probability", f"{where}.logprob", frame, "<= 0", likely)
    spelt, text = inside(token, "bytes"), inside(token, "token")
    told = _bytes(spelt)
    if spelt is not None and told is None:
        yield Violation("bytes is no list of bytes, nor null", f"{where}.bytes", frame, "a list of 0 to 255", spelt)
    elif (
        told is not None
        and isinstance(text, str)
        and not _PART.search(text)
        and text.encode("utf-8", "replace") != told
    ):
        yield Violation("the bytes are not those of the token", f"{where}.bytes", frame, text, spelt)


@BOOK.rule(
    "OC-A12",
    "SHOULD",
    Scope.ANSWER,
    "OpenAPI: logprobs returns the log probabilities of each output token returned in the content of message",
    good='"content":"Hi!", tokens "Hi" and "!"',
    bad='"content":"Hi!", tokens "tok" and "tok"',
    why="who marks the unsure words of a text by them marks others",
)
def tokens_are_those_of_the_text(reading: Reading) -> Iterator[Violation]:
    """The tokens whose likelihood is told make up the text."""
    for index, (text, spelt) in _spelt(reading).items():
        if text and spelt and text.strip().encode("utf-8", "replace") not in spelt:
            path = f"$.choices[{index}].logprobs.content"
            made = spelt[:80].decode("utf-8", "replace")
            yield Violation("the tokens do not make up the text", path, None, text[:80], made)


def _spelt(reading: Reading) -> dict[str, tuple[str, bytes]]:
    """Choice -> its text, and what its tokens spell; without those of which a token is told in another form."""
    if not any(_tokens(reading)) or (reading.streamed and not folded(reading).judged_to_the_end):
        return {}
    texts: dict[str, str] = {}
    spelt: dict[str, bytes | None] = {}
    for _, _, choice in _choices(reading, reading.chunks):
        index = repr(choice.get("index"))
        said = inside(choice, "delta" if reading.streamed else "message", "content")
        texts[index] = texts.get(index, "") + (said if isinstance(said, str) else "")
        for _, token in objects(choice.get("logprobs"), "content"):
            before, more = spelt.get(index, b""), _spelling(token)
            spelt[index] = None if before is None or more is None else before + more
    return {index: (text, found) for index, text in texts.items() if (found := spelt.get(index))}


def _spelling(token: dict[str, JSON]) -> bytes | None:
    text = token.get("token")
    told = _bytes(token.get("bytes"))
    return told if told is not None else text.encode("utf-8", "replace") if isinstance(text, str) else None


def _bytes(told: JSON) -> bytes | None:
    if not isinstance(told, list) or not all(whole(one) and one in _BYTE for one in told):
        return None
    return bytes(one for one in told if whole(one))


def _tokens(reading: Reading) -> Iterator[tuple[int | None, str, dict[str, JSON]]]:
    """Frame, path and what is said of tokens, wherever something is."""
    for frame, path, choice in _choices(reading, reading.kinds):
        if isinstance(told := choice.get("logprobs"), dict):
            yield frame, path, told


def _choices(reading: Reading, chunks: Iterable[Frame]) -> Iterator[tuple[int | None, str, dict[str, JSON]]]:
    """Frame, path and choice: those of these chunks, or of the whole answer."""
    if not reading.streamed:
        yield from ((None, where, choice) for where, choice in choices(reading))
        return
    for chunk in chunks:
        yield from ((chunk.number, f"$.choices[{at}]", choice) for at, choice in objects(chunk.json, "choices"))
