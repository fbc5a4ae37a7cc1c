"""Rules on tools in a request: declarations, modes, calls with their results.

Rule of the file: what a server refuses is checked in `checks`, for both; here it gets its name.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from . import checks
from .book import BOOK, asked


@BOOK.rule(
    "GM-Q03",
    "MUST",
    Scope.REQUEST,
    "google-genai SDK types: FunctionResponse",
    good='{"functionResponse":{"name":"get_weather","response":{"output":"rain"}}}',
    bad='{"functionResponse":{"name":"call_1","response":"rain"}}',
    why="the server answers 400, or the model does not know what the result answers",
)
def results(reading: Reading) -> Iterator[Violation]:
    """A functionResponse has the name of an earlier functionCall, and its response is an object."""
    yield from checks.results(asked(reading))


@BOOK.rule(
    "GM-Q04",
    "MUST",
    Scope.REQUEST,
    "ai.google.dev, function calling; the server's 400",
    good="two functionCall parts, then one user turn with two functionResponse parts",
    bad="two functionCall parts, then one functionResponse",
    why="the server answers 400: the numbers must be equal",
)
def answers(reading: Reading) -> Iterator[Violation]:
    """A step has as many functionResponse parts as functionCall parts; ids of results are those of their calls."""
    yield from checks.answers(asked(reading))


@BOOK.rule(
    "GM-Q07",
    "MUST",
    Scope.REQUEST,
    "google-genai SDK types: FunctionDeclaration",
    good='{"name":"get_weather","parametersJsonSchema":{"type":"object"}}',
    bad='{"name":"get weather","parameters":{…},"parametersJsonSchema":{…}}',
    why="the server answers 400",
)
def declarations(reading: Reading) -> Iterator[Violation]:
    """A function's name starts with a letter or _, then [A-Za-z0-9_.:-]; it has parameters or parametersJsonSchema."""
    yield from checks.declarations(asked(reading))


@BOOK.rule(
    "GM-Q08",
    "MUST",
    Scope.REQUEST,
    "google-genai SDK types: FunctionCallingConfigMode",
    good='{"mode":"ANY","allowedFunctionNames":["get_weather"]}',
    bad='{"mode":"AUTO","allowedFunctionNames":["get_weather"]}',
    why="the server answers 400",
)
def modes(reading: Reading) -> Iterator[Violation]:
    """The mode is AUTO, ANY, NONE or VALIDATED; allowedFunctionNames names functions, with ANY or VALIDATED only."""
    yield from checks.modes(asked(reading))
