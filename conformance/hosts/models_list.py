"""Rules of lists of models: of every vendor's that has one, in the form of its language.

Rule of the file: one page is looked at; what differs in every item is told of the first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from conformance.hosts._listing import asked_page, each, form_of, items
from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

BOOK = Rulebook("models-list")

OPENAI = ("openai-chat", "openai-responses", "mistral")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_ROOTS = ("models/", "tunedModels/", "publishers/")


@BOOK.rule(
    "ML-01",
    "MUST",
    Scope.REPLY,
    "vendor SDKs: models.list",
    good='{"object":"list","data":[{"id":"a",…},{"id":"b",…}]}',
    bad='[{"id":"a"}], or two models with one id',
    why="SDKs find no model, or choose the wrong one of two",
)
def names_each_once(reading: Reading) -> Iterator[Violation]:
    """The list of models is where the language has it, and each model on it has a name of its own."""
    form, body = form_of(reading), reading.reply
    if not isinstance(body, dict) or not isinstance(body.get(form.place), list):
        got = sorted(body) if isinstance(body, dict) else type(body).__name__
        yield Violation(f"there is no list in {form.place}", f"$.{form.place}", None, "a list", got)
        return
    yield from each(reading, form.key, "a name", lambda told: isinstance(told, str) and bool(told))
    counted = Counter(str(item[form.key]) for _, item in items(reading) if item.get(form.key))
    for name in [name for name, times in counted.items() if times > 1]:
        yield Violation(f"{name!r} is listed twice", f"$.{form.place}", got=name)


@BOOK.rule(
    "ML-02",
    "MUST",
    Scope.REPLY,
    "OpenAPI: ListModelsResponse, Model",
    good='{"object":"list","data":[{"id":"a","object":"model","created":1790000000,"owned_by":"acme"}]}',
    bad='{"data":[{"id":"a"}]}',
    why="typed clients refuse the list; pickers cannot tell models from other objects, nor new ones from old",
    survived="the openai SDK hands out what is there, and None for the rest",
)
def openais_form(reading: Reading) -> Iterator[Violation]:
    """In OpenAI's form the list is an object `list` of objects `model`, each with when it was made and its owner."""
    if reading.dialect.name not in OPENAI or not isinstance(reading.reply, dict):
        return
    if reading.reply.get("object") != "list":
        yield Violation("the object is no list", "$.object", None, "list", reading.reply.get("object"))
    yield from each(reading, "object", "model", lambda told: told == "model")
    yield from each(reading, "created", "an integer", lambda told: type(told) is int)
    yield from each(reading, "owned_by", "a string", lambda told: isinstance(told, str))


@BOOK.rule(
    "ML-03",
    "MUST",
    Scope.REPLY,
    "anthropic SDK: Page, ModelInfo",
    good='{"data":[{"type":"model","id":"a",…}],"has_more":false,"first_id":"a","last_id":"a"}',
    bad='{"data":[{"type":"model","id":"a",…}],"has_more":true,"last_id":"b"}',
    why="the SDK asks for the page after last_id: with another one it skips models, or goes round for ever",
)
def anthropics_form(reading: Reading) -> Iterator[Violation]:
    """In Anthropic's form a page says whether more follow and which models it begins and ends with; null when empty."""
    body = reading.reply
    if reading.dialect.name != "anthropic-messages" or not isinstance(body, dict):
        return
    if not isinstance(body.get("has_more"), bool):
        yield Violation("has_more is no boolean", "$.has_more", None, "a boolean", body.get("has_more"))
    ids = [item.get("id") for _, item in items(reading)]
    for name, due in (("first_id", ids[0] if ids else None), ("last_id", ids[-1] if ids else None)):
        if body.get(name, "") != due:
            yield Violation(f"{name} is not the page's", f"$.{name}", None, due, body.get(name))
    yield from each(reading, "type", "model", lambda told: told == "model")
    yield from each(reading, "created_at", "an RFC 3339 time", lambda told: bool(_TIME.fullmatch(str(told))))


@BOOK.rule(
    "ML-04",
    "MUST",
    Scope.REPLY,
    "google-genai SDK: models.list",
    good='{"models":[{"name":"models/gemini-3-flash",…}],"nextPageToken":"…"}',
    bad='{"models":[{"name":"gemini-3-flash"}]}',
    why="clients put the name into the path as it stands",
)
def geminis_form(reading: Reading) -> Iterator[Violation]:
    """In Gemini's form names begin with `models/`, and a nextPageToken, where there is one, is a string."""
    if reading.dialect.name == "gemini" and isinstance(reading.reply, dict):
        yield from each(reading, "name", "models/…", lambda told: str(told).startswith(_ROOTS))
        yield from _token(reading.reply, "nextPageToken")


@BOOK.rule(
    "ML-05",
    "MUST",
    Scope.REPLY,
    "cohere SDK: ListModelsResponse",
    good='{"models":[{"name":"command-a","endpoints":["chat"]}],"next_page_token":"…"}',
    bad='{"models":[{"id":"command-a"}]}',
    why="the SDK finds no name to call the model by, or cannot ask for the rest",
)
def coheres_form(reading: Reading) -> Iterator[Violation]:
    """In Cohere's form each model has a name, and a next_page_token, where there is one, is a string."""
    if reading.dialect.name == "cohere-v2" and isinstance(reading.reply, dict):
        yield from each(reading, "name", "a name", lambda told: isinstance(told, str) and bool(told))
        yield from _token(reading.reply, "next_page_token")


@BOOK.rule(
    "ML-06",
    "MUST",
    Scope.REPLY,
    "the kit's own: a list ends",
    good='?pageToken=a answered with "nextPageToken":"b", at last with none',
    bad='?pageToken=a answered with "nextPageToken":"a"',
    why="clients that ask for page after page never stop",
)
def pages_end(reading: Reading) -> Iterator[Violation]:
    """A page that says that more follow points on to another page than itself."""
    form, body = form_of(reading), reading.reply
    if not form.cursor or not isinstance(body, dict):
        return
    told = body.get(form.following)
    goes_on = body.get("has_more") is True if form.cursor == "after_id" else bool(told)
    if goes_on and told in (asked_page(reading), None):
        yield Violation("the next page is this page, or none", f"$.{form.following}", got=told)


def _token(body: dict[str, JSON], name: str) -> Iterator[Violation]:
    if not isinstance(told := body.get(name, ""), str | None):
        yield Violation(f"{name} is no string", f"$.{name}", None, "a string", told)
