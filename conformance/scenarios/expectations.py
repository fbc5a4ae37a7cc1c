"""Expectations: what must hold of a scenario's answer, each one small generator.

Rule of the file: a live model is free in its words, so structure is judged; wording only where the virtual provider
spoke. What must fit a JSON Schema stands in `fitting`.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.model import ErrorKind, StopReason, Text, Thinking, grammar_faults
from conformance.rulebook import Violation
from conformance.scenarios.form import Expectation, Seen


def timeline_is_sound(seen: Seen) -> Iterator[Violation]:
    """The timeline keeps its grammar, whatever it tells."""
    for fault in grammar_faults(seen.events):
        yield Violation(f"the timeline is broken: {fault}")


def completes(seen: Seen) -> Iterator[Violation]:
    """The answer ends with Done."""
    if seen.error:
        yield Violation(f"an answer was due, it failed as {seen.error.kind}: {seen.error.message}")


def text_is_not_empty(seen: Seen) -> Iterator[Violation]:
    """There is text in the answer; from the virtual provider the very text."""
    reply = seen.reply
    if reply is None:
        return
    if not reply.text.strip():
        yield Violation("the answer has no text", expected="some text", got=reply.text)
    if seen.scripted and reply.text != seen.scripted.text:
        yield Violation("the text is not the one that was said", expected=seen.scripted.text, got=reply.text)


def keeps(*pieces: str) -> Expectation:
    """Each piece of text comes back unharmed."""

    def keeps_text(seen: Seen) -> Iterator[Violation]:
        text = seen.reply.text if seen.reply else None
        for piece in pieces if text is not None else ():
            if piece not in (text or ""):
                yield Violation(f"{piece!a} did not come back unharmed", expected=ascii(piece), got=ascii(text))

    return keeps_text


def stops_for(*reasons: StopReason) -> Expectation:
    """The answer stops for one of these reasons; from the virtual provider for the one of the script."""

    def stops(seen: Seen) -> Iterator[Violation]:
        if seen.reply is None:
            return
        due = (seen.scripted.stop,) if seen.scripted else reasons
        if seen.reply.stop not in due:
            yield Violation("it stopped for another reason", expected=" or ".join(due), got=seen.reply.stop)

    return stops


def reasons(seen: Seen) -> Iterator[Violation]:
    """The model reasoned: it shows its thinking (or its signature), or counts the tokens of it."""
    reply = seen.reply
    if reply and not reply.usage.reasoning and not any(isinstance(part, Thinking) for part in reply.parts):
        yield Violation(
            "no thinking is shown and no reasoning tokens are counted", got=[type(p).__name__ for p in reply.parts]
        )


def thinking_comes_first(seen: Seen) -> Iterator[Violation]:
    """Thinking that is shown stands before the text."""
    kinds = [type(part) for part in seen.reply.parts] if seen.reply else []
    if Thinking in kinds and Text in kinds and kinds.index(Thinking) > kinds.index(Text):
        yield Violation("the thinking stands behind the text", got=[kind.__name__ for kind in kinds])


def leaves_out(piece: str) -> Expectation:
    """The stop sequence itself is not part of the answer."""

    def leaves(seen: Seen) -> Iterator[Violation]:
        if seen.reply and piece in seen.reply.text:
            yield Violation(f"the stop sequence {piece!r} stands in the answer", got=seen.reply.text)

    return leaves


def counts_tokens(seen: Seen) -> Iterator[Violation]:
    """Input and output tokens are counted and are not zero."""
    usage = seen.reply.usage if seen.reply else None
    for name in ("input", "output") if usage else ():
        if not getattr(usage, name):
            yield Violation(f"usage says nothing of {name} tokens", expected="> 0", got=getattr(usage, name))


def keeps_to(most: int) -> Expectation:
    """No more tokens are counted than were allowed."""

    def keeps_to_limit(seen: Seen) -> Iterator[Violation]:
        if seen.reply and (seen.reply.usage.output or 0) > most:
            yield Violation("more tokens than max_tokens allows", expected=f"<= {most}", got=seen.reply.usage.output)

    return keeps_to_limit


def counts_cache(seen: Seen) -> Iterator[Violation]:
    """The tokens read from the cache are counted, as a part of the input."""
    if seen.reply is None:
        return
    usage = seen.reply.usage
    if usage.cache_read is None:
        yield Violation("usage says nothing of tokens read from the cache")
    elif usage.input is not None and usage.cache_read > usage.input:
        yield Violation("more tokens read from the cache than there were", expected=usage.input, got=usage.cache_read)
    if seen.scripted and usage.cache_read != seen.scripted.usage.cache_read:
        yield Violation("another count of cached tokens", expected=seen.scripted.usage.cache_read, got=usage.cache_read)


def fails_with(kind: ErrorKind, *statuses: int) -> Expectation:
    """The answer is an error of this kind, from one of these HTTP statuses, with a message, and never Done."""

    due = " or ".join(map(str, statuses))

    def fails(seen: Seen) -> Iterator[Violation]:
        found = seen.error
        if found is None:
            yield Violation(f"an error was due ({kind}, HTTP {due}), an answer came")
            return
        if found.kind != kind or found.status not in statuses:
            what = f"another error: {found.message}"
            yield Violation(what, expected=f"{kind}, {due}", got=f"{found.kind}, {found.status}")
        if not found.message.strip():
            yield Violation("the error has no message")

    return fails


def may_be_tried_again(seen: Seen) -> Iterator[Violation]:
    """The error says that the same request may succeed later; the virtual provider also says when."""
    found = seen.error
    if found and not found.retryable:
        yield Violation("the error must be retryable", got=found.kind)
    if found and seen.source == "virtual" and isinstance(seen.scenario.answer, type(found)):
        due = seen.scenario.answer.retry_after
        if found.retry_after != due:
            yield Violation("retry-after did not arrive", expected=due, got=found.retry_after)
