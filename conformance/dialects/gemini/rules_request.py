"""Rules on the request: turns, parts, what was sealed, how the answer is made.

Rule of the file: what a server refuses is checked in `checks`, for both; here it gets its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from . import checks
from .book import BOOK, asked, inside, objects
from .paths import place_of
from .turns import needs_seal

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
_SYSTEM = ("system", "developer")


@BOOK.rule(
    "GM-Q01",
    "MUST",
    Scope.REQUEST,
    "google-genai SDK types: Content.role",
    good='{"contents":[{"role":"user","parts":[{"text":"Hi"}]}]}',
    bad='{"contents":[{"role":"assistant","parts":[{"text":"Hi"}]}]}',
    why="the server answers 400",
)
def contents(reading: Reading) -> Iterator[Violation]:
    """Contents are not empty, and each is of role user or model, or says none."""
    for one in checks.contents(asked(reading)):
        if one.got not in _SYSTEM:  # GM-Q06 tells of these
            yield one


@BOOK.rule(
    "GM-Q02",
    "MUST",
    Scope.REQUEST,
    "google-genai SDK types: Part",
    good='{"text":"What is this?"}, {"inlineData":{…}}',
    bad='{"text":"What is this?","inlineData":{…}}',
    why="the server answers 400: data is a oneof",
)
def one_datum(reading: Reading) -> Iterator[Violation]:
    """Each part has exactly one data field."""
    yield from checks.one_datum(asked(reading))


@BOOK.rule(
    "GM-Q05",
    "MUST",
    Scope.REQUEST,
    "ai.google.dev, thought signatures",
    good='{"functionCall":{"name":"f","args":{}},"thoughtSignature":"c2ln"}',
    bad='{"functionCall":{"name":"f","args":{}}} as the first call of a step, sent to Gemini 3',
    why="Gemini 3 answers 400; older models forget why they called",
)
def signatures(reading: Reading) -> Iterator[Violation]:
    """Signatures come back on their parts; Gemini 3 and later want one on the first call of each step of this turn."""
    body = asked(reading)
    for path, part in checks.parts(body):
        seal = part.get("thoughtSignature")
        if seal is not None and (not isinstance(seal, str) or not _BASE64.fullmatch(seal)):
            yield Violation("the signature is not base64: it was changed", f"{path}.thoughtSignature", got=seal)
    place = place_of(reading.exchange.request.url)
    if place is None or not needs_seal(place.model):
        return
    turns = checks.turns(body)
    begun = [n for n, (_, turn) in enumerate(turns) if turn.get("role") != "model" and _asks(turn)]
    for at, turn in turns[begun[-1] if begun else 0 :]:
        calls = [(n, part) for n, part in objects(turn, "parts") if "functionCall" in part]
        if turn.get("role") == "model" and calls and not calls[0][1].get("thoughtSignature"):
            yield Violation("the first call of a step lacks its signature", f"$.contents[{at}].parts[{calls[0][0]}]")


def _asks(turn: dict[str, object]) -> bool:
    """Whether a turn is the user's own, and not the results of calls."""
    return not any("functionResponse" in part for _, part in objects(turn, "parts"))


@BOOK.rule(
    "GM-Q06",
    "MUST",
    Scope.REQUEST,
    "google-genai SDK: system_instruction is a field of the request",
    good='{"systemInstruction":{"parts":[{"text":"Be brief."}]},"contents":[…]}',
    bad='{"contents":[{"role":"system","parts":[{"text":"Be brief."}]},…]}',
    why="the server answers 400: it knows the roles user and model only",
)
def system_text(reading: Reading) -> Iterator[Violation]:
    """System text stands in systemInstruction, and nowhere else."""
    for at, turn in checks.turns(asked(reading)):
        if turn.get("role") in _SYSTEM:
            where = f"$.contents[{at}].role"
            yield Violation("system text stands among the contents", where, None, list(checks.ROLES), turn["role"])


@BOOK.rule(
    "GM-Q09",
    "MUST",
    Scope.REQUEST,
    "google-genai SDK types: GenerationConfig.response_schema",
    good='{"responseMimeType":"application/json","responseJsonSchema":{…}}',
    bad='{"responseJsonSchema":{…}}',
    why="the server answers 400, or the schema is not kept to",
)
def formats(reading: Reading) -> Iterator[Violation]:
    """A schema of the answer goes with responseMimeType application/json or text/x.enum."""
    yield from checks.formats(asked(reading))


@BOOK.rule(
    "GM-Q10",
    "MUST",
    Scope.REQUEST,
    "ai.google.dev, thinking",
    good='{"thinkingConfig":{"thinkingLevel":"low"}}',
    bad='{"thinkingConfig":{"thinkingLevel":"low","thinkingBudget":1024}}',
    why="the server answers 400",
)
def thinking(reading: Reading) -> Iterator[Violation]:
    """thinkingBudget and thinkingLevel are not both given."""
    yield from checks.thinking(asked(reading))


@BOOK.rule(
    "GM-Q11",
    "MUST",
    Scope.REQUEST,
    "google-genai SDK: raises ValueError for the Developer API",
    good='{"functionCall":{"name":"f","args":{"city":"Oslo"}}}',
    bad='{"functionCall":{"name":"f","partialArgs":[…],"willContinue":true}}',
    why="the Developer API answers 400: it does not know the fields",
)
def no_partial_arguments(reading: Reading) -> Iterator[Violation]:
    """Requests hold calls with whole arguments: neither partialArgs nor willContinue."""
    for path, part in checks.parts(asked(reading)):
        for name in ("partialArgs", "willContinue"):
            if (found := inside(part, "functionCall", name)) is not None:
                yield Violation(f"{name} is for replies only", f"{path}.functionCall.{name}", got=found)
