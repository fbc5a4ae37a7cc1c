"""Rules on whole answers.

Rule of the file: a key that is unknown, or null where null is allowed, is never a violation.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, inside, is_choice_number, objects, whole
from .words import OFFICIAL_FINISH

FIRST_ANSWERS = 1_677_628_800  # 2023-03-01: the endpoint opens
FIRST_REFUSALS = 1_722_902_400  # 2024-08-06: messages get their refusal key

NOTHING = ("", "null", "none", "undefined")
"""What programs print where they have no name."""

MILLISECONDS = 10**11  # as seconds: the year 5138


def is_reply(reading: Reading) -> bool:
    """A JSON object that is no error under 200: that one is OC-E01's."""
    return isinstance(reading.reply, dict) and not reading.reply.get("error")


def choices(reading: Reading) -> Iterator[tuple[str, dict[str, JSON]]]:
    """The choices of a whole answer with their paths."""
    if is_reply(reading):
        yield from ((f"$.choices[{at}]", choice) for at, choice in objects(reading.reply, "choices"))


@BOOK.rule(
    "OC-R01",
    "MUST",
    Scope.REPLY,
    "OpenAPI: CreateChatCompletionResponse",
    good='{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[…]}',
    bad='{"id":"1","object":"text_completion","choices":[…]}',
    why="typed clients refuse the reply, others read None",
)
def head(reading: Reading) -> Iterator[Violation]:
    """A whole answer is a chat.completion object with id, model, created and a list of choices."""
    if not isinstance(reading.reply, dict):
        return  # the universal rules tell of it
    if not is_reply(reading):
        yield Violation("an error came with a 2xx status", "$", got=reading.reply)
        return
    if reading.reply.get("object") != "chat.completion":
        yield Violation("object is wrong", "$.object", None, "chat.completion", reading.reply.get("object"))
    yield from head_faults(reading.reply, exact=reading.exchange.fidelity == "exact")
    if isinstance(reading.reply.get("choices"), list) and not reading.reply["choices"]:
        yield Violation("choices are empty", "$.choices")


def head_faults(value: dict[str, JSON], frame: int | None = None, *, exact: bool = True) -> Iterator[Violation]:
    """What is wrong with id, model, created and choices; the same for chunks.

    `exact` False: who recorded it wrote it anew, and may have put 0 in the place of times.
    """
    for key in ("id", "model"):
        if not isinstance(told := value.get(key), str) or told.strip().lower() in NOTHING:
            yield Violation(f"{key} is no string that says something", f"$.{key}", frame, got=value.get(key))
    if not whole(value.get("created")):
        yield Violation("created is no integer", "$.created", frame, got=value.get("created"))
    elif value["created"] == 0 and exact and value.get("choices"):
        yield Violation("created says nothing", "$.created", frame, "seconds since 1970", 0)
    elif value["created"] >= MILLISECONDS:
        yield Violation("created counts no seconds", "$.created", frame, "seconds since 1970", value["created"])
    if not isinstance(value.get("choices"), list):
        yield Violation("choices is no list", "$.choices", frame, got=value.get("choices"))


@BOOK.rule(
    "OC-R02",
    "MUST",
    Scope.REPLY,
    "OpenAPI: choices[]",
    good='{"index":0,"message":{…},"finish_reason":"stop"}',
    bad='{"index":0,"message":{…},"finish_reason":null}',
    why="agents wait for a reason that never comes, or take an unknown one for an error",
)
def choice_shape(reading: Reading) -> Iterator[Violation]:
    """Each choice has an index below n, a message and an official finish reason."""
    for where, choice in choices(reading):
        index = choice.get("index")
        if not is_choice_number(index, reading.asked):
            yield Violation("index is no number of a choice", f"{where}.index", None, "0 up to n", index)
        if not isinstance(choice.get("message"), dict):
            yield Violation("message is no object", f"{where}.message", got=choice.get("message"))
        if choice.get("finish_reason") not in OFFICIAL_FINISH:
            got = choice.get("finish_reason")
            yield Violation("finish_reason is no official word", f"{where}.finish_reason", None, OFFICIAL_FINISH, got)


@BOOK.rule(
    "OC-R03",
    "MUST",
    Scope.REPLY,
    "OpenAPI: ChatCompletionResponseMessage",
    good='{"role":"assistant","content":"hi","refusal":null}',
    bad='{"role":"bot","content":["hi"]}',
    why="clients concatenate or replay what is not text",
)
def message_shape(reading: Reading) -> Iterator[Violation]:
    """A message is the assistant's; its content and refusal are there, as a string or null."""
    for where, choice in choices(reading):
        message = choice.get("message")
        if not isinstance(message, dict):
            continue
        if message.get("role") != "assistant":
            yield Violation("role is wrong", f"{where}.message.role", None, "assistant", message.get("role"))
        for key in ("content",) if _before_refusals(reading) else ("content", "refusal"):
            if key not in message or not isinstance(message[key], str | None):
                missing = "missing" if key not in message else "neither a string nor null"
                yield Violation(f"{key} is {missing}", f"{where}.message.{key}", got=message.get(key))


def _before_refusals(reading: Reading) -> bool:
    """Whether the answer says that it was made before the official server knew the refusal key."""
    created = inside(reading.reply, "created")
    return whole(created) and FIRST_ANSWERS <= created < FIRST_REFUSALS


@BOOK.rule(
    "OC-R04",
    "MUST",
    Scope.REPLY,
    "OpenAPI: finish_reason",
    good='"finish_reason":"tool_calls" with calls',
    bad='"finish_reason":"stop" with calls, tool_choice auto',
    why="an agent loop that looks at the reason ends without calling the tool",
)
def reason_fits_calls(reading: Reading) -> Iterator[Violation]:
    """The reason is tool_calls exactly when the message calls a tool, but for a forced call, which may end in stop."""
    for where, choice in choices(reading):
        called, reason = bool(inside(choice, "message", "tool_calls")), choice.get("finish_reason")
        if reason == "tool_calls" and not called:
            yield Violation("finish_reason is tool_calls, but there is no call", f"{where}.finish_reason")
        if reason == "function_call" and (called or is_of_tools(reading)):
            yield Violation("finish_reason is function_call, which is for functions", f"{where}.finish_reason")
        if called and reason == "stop" and not is_forced(reading):
            yield Violation("there are calls, but finish_reason is stop", f"{where}.finish_reason")


def is_forced(reading: Reading) -> bool:
    """A tool choice that leaves the model none: official servers then end in stop."""
    return reading.asked.get("tool_choice") not in (None, "auto", "none")


def is_of_tools(reading: Reading) -> bool:
    """A request that offers tools, hence is not answered in the words of the deprecated `functions`."""
    return bool(reading.asked.get("tools")) and not reading.asked.get("functions")


@BOOK.rule(
    "OC-R05",
    "INFO",
    Scope.REPLY,
    "OpenAPI: choices[].logprobs, required; api.openai.com leaves it out for models that reason or speak, hence INFO",
    good='"logprobs":null',
    bad="no logprobs key",
    why="clients whose types were made from the specification refuse the choice",
)
def logprobs_key(reading: Reading) -> Iterator[Violation]:
    """A choice has its logprobs key, null when none were asked for."""
    for where, choice in choices(reading):
        if "logprobs" not in choice:
            yield Violation("logprobs is missing", f"{where}.logprobs")
