"""Rules of anthropic-messages about the request as a whole: its fields, its messages, the form of the answer.

Rule of the file: counting tokens takes the same body but for two fields, so it is judged by the same rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conformance.dialects.anthropic_messages.turns import (
    Fault,
    blocks_in,
    messages_in,
)
from conformance.dialects.anthropic_messages.words import count_of
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

BOOK = Rulebook("anthropic-messages: request")


def counts_tokens(reading: Reading) -> bool:
    """Whether this is no question but a count of its tokens: a path of its own, with rules of its own."""
    return reading.path.endswith("/count_tokens")


def violations(faults: Iterable[Fault]) -> Iterator[Violation]:
    return (Violation(fault.message, fault.path, got=fault.got) for fault in faults)


@BOOK.rule(
    "AM-Q01",
    "MUST",
    Scope.REQUEST,
    "anthropic SDK: required parameters of messages.create",
    good='{"model": "m", "max_tokens": 1024, "messages": […]}',
    bad='{"model": "m", "messages": […]}',
    why="the vendor answers 400; max_tokens has no default on this wire",
)
def required_fields(reading: Reading) -> Iterator[Violation]:
    """A request holds `model`, `messages` and `max_tokens`, the last an integer of at least 0."""
    body, model_in_url = reading.asked, "/models/" in reading.path
    if not isinstance(body.get("model"), str) and not model_in_url:
        yield Violation("model is not a string", "$.model", expected="a string", got=body.get("model"))
    if not isinstance(body.get("messages"), list):
        yield Violation("messages is not a list", "$.messages", expected="a list", got=body.get("messages"))
    most = count_of(body.get("max_tokens"))
    if not counts_tokens(reading) and (most is None or most < 0):
        got = body.get("max_tokens")
        yield Violation("max_tokens is not an integer >= 0", "$.max_tokens", expected="an integer >= 0", got=got)


@BOOK.rule(
    "AM-Q02",
    "MUST",
    Scope.REQUEST,
    "anthropic SDK: types/message_param",
    good='{"role": "user", …}',
    bad='{"role": "tool", …}',
    why="the vendor answers 400; results of tools belong into a user message",
)
def roles(reading: Reading) -> Iterator[Violation]:
    """Roles are user, assistant and system, and a system message holds text only."""
    known = ["user", "assistant", "system"]
    for path, message in messages_in(reading.asked):
        if message.get("role") not in known:
            yield Violation("this role does not exist", f"{path}.role", expected=known, got=message.get("role"))
    for placed in blocks_in(reading.asked):
        if placed.role == "system" and placed.kind != "text":
            yield Violation("a system message holds text only", placed.path, expected="text", got=placed.kind)


@BOOK.rule(
    "AM-Q14",
    "MUST",
    Scope.REQUEST,
    "anthropic SDK: types/json_output_format_param",
    good='{"output_config": {"format": {"type": "json_schema", "schema": {…}}}}',
    bad='{"response_format": {"type": "json_object"}}',
    why="the vendor answers 400; there is no free JSON mode on this wire",
)
def structured_output(reading: Reading) -> Iterator[Violation]:
    """Structured output is asked for by `output_config.format`, of type json_schema and with a schema."""
    if "response_format" in reading.asked:
        yield Violation(
            "response_format is another vendor's word", "$.response_format", expected="output_config.format"
        )
    config = reading.asked.get("output_config")
    wanted = config.get("format") if isinstance(config, dict) else None
    if wanted is None:
        return
    if (
        not isinstance(wanted, dict)
        or wanted.get("type") != "json_schema"
        or not isinstance(wanted.get("schema"), dict)
    ):
        text = "the format is not a json_schema with its schema"
        yield Violation(text, "$.output_config.format", expected={"type": "json_schema", "schema": {}}, got=wanted)


@BOOK.rule(
    "AM-Q15",
    "MUST",
    Scope.REQUEST,
    "anthropic SDK: messages, limit of 100,000",
    good='{"messages": [{"role": "user", "content": "hi"}]}',
    bad='{"messages": []}',
    why="the vendor answers 400",
)
def number_of_messages(reading: Reading) -> Iterator[Violation]:
    """A request holds at least one message and at most 100,000."""
    found = reading.asked.get("messages")
    if isinstance(found, list) and not 1 <= len(found) <= 100_000:
        yield Violation("the number of messages is out of bounds", "$.messages", expected="1 to 100000", got=len(found))


@BOOK.rule(
    "AM-Q16",
    "SHOULD",
    Scope.REQUEST,
    "anthropic SDK: messages; newer models refuse a prefilled answer",
    good="the last message is the user's",
    bad="the last message is the assistant's",
    why="newer models answer 400 to a prefilled answer",
)
def last_is_user(reading: Reading) -> Iterator[Violation]:
    """The last message is the user's, unless the model takes a prefilled answer."""
    found = reading.asked.get("messages")
    last = found[-1] if isinstance(found, list) and found else None
    if isinstance(last, dict) and last.get("role") == "assistant":
        yield Violation("the last message is the assistant's", "$.messages[-1].role", expected="user", got="assistant")


@BOOK.rule(
    "AM-Q17",
    "MUST",
    Scope.REQUEST,
    "anthropic SDK: parameters of messages.count_tokens",
    good='{"model": "m", "messages": […]} to /v1/messages/count_tokens',
    bad='{"model": "m", "messages": […], "max_tokens": 10} to /v1/messages/count_tokens',
    why="the vendor answers 400",
)
def counting_asks_no_answer(reading: Reading) -> Iterator[Violation]:
    """A request to count tokens holds neither `max_tokens` nor `stream`."""
    for name in ("max_tokens", "stream"):
        if counts_tokens(reading) and name in reading.asked:
            yield Violation(f"{name} has no meaning in counting tokens", f"$.{name}", got=reading.asked[name])
