"""The list of models: its form, its ids, the model that is checked among them.

Rule of the file: a vendor without a list is not judged for it; a list that is there must be one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial

from conformance.cases import NotJudged
from conformance.endpoints.asking import Ask
from conformance.endpoints.case import EndpointCase
from conformance.endpoints.endpoint import Endpoint
from conformance.endpoints.performed import Performed
from conformance.endpoints.promises import broken
from conformance.endpoints.session import Found, Session
from conformance.model import JSON

_ABSENT = frozenset({404, 405, 501})
_OPENAI = frozenset({"openai-chat", "openai-responses", "mistral"})


def listing(endpoint: Endpoint) -> Ask:
    """The question for the list, at the place where the language's vendor has it."""
    language = endpoint.dialect
    listed = language.manners.listing
    longest = f"?{listed.form.size}=1000" if listed.form.size else ""
    path = listed.path.removeprefix(language.prefix) + longest
    return Ask(name="models", method="GET", path=path, patience="health")


def cases(endpoint: Endpoint, required: Collection[str] = ()) -> Iterator[EndpointCase]:
    """The list's form, and what is on it. Bedrock lists its models at another host."""
    if endpoint.dialect.name == "bedrock-converse":
        return
    yield EndpointCase("models", "models", "the list of models", _form)
    if required:
        yield EndpointCase("models", "models_required", "the required models", partial(_required, required))


def _items(session: Session) -> Iterator[tuple[Performed, list[JSON]]]:
    """The list, or why there is none to judge."""
    found = session.perform(listing(session.endpoint))
    if found.response is None or found.status in _ABSENT:
        raise NotJudged("no response came" if found.response is None else f"no list here: HTTP {found.status}")
    if found.status >= 400:
        raise NotJudged(f"the list is refused: HTTP {found.status}")
    body = found.response.json()
    place = session.endpoint.dialect.manners.listing.form.place
    told = body if isinstance(body, list) else body.get(place) if isinstance(body, dict) else None
    yield found, told if isinstance(told, list) else []


def _form(session: Session) -> Found:
    found = session.perform(listing(session.endpoint))
    yield from session.look(found, shape=False) if found.response is None or found.status >= 500 else ()
    if found.status >= 500:
        return
    _, items = next(_items(session))
    name, form = session.endpoint.dialect.name, session.endpoint.dialect.manners.listing.form
    place, key = form.place, form.key
    label = (found.response.header("content-type") or "") if found.response else ""
    if "json" not in label.lower():
        yield broken("EP-50", "the list is not labelled as JSON", expected="application/json", got=label or None)
    body = found.response.json() if found.response else None
    if name not in _OPENAI and _is_openais(body):
        raise NotJudged("the list here is in OpenAI's form, for clients of another language")
    if not isinstance(body, dict) or not isinstance(body.get(place), list):
        yield broken("EP-50", f"there is no list in {place}", path=f"$.{place}", got=_brief(body))
        return
    if name in _OPENAI and body.get("object") != "list":
        yield broken("EP-50", "the object is no list", path="$.object", expected="list", got=body.get("object"))
    if not items:
        yield broken("EP-50", "the list is empty", level="SHOULD", path=f"$.{place}")
        return
    for at, item in enumerate(items):
        yield from _item(name, key, item, f"$.{place}[{at}]")
    ids = _ids(items, key)
    for twice in sorted({one for one in ids if ids.count(one) > 1}):
        yield broken("EP-50", f"{twice!r} is listed twice", path=f"$.{place}", got=twice)
    if ids and not _names(session.endpoint.model, ids):
        yield broken("EP-51", "the model that is checked is not listed", expected=session.endpoint.model, got=ids[:20])


def _item(dialect: str, key: str, item: JSON, path: str) -> Found:
    if not isinstance(item, dict):
        yield broken("EP-50", "a model of the list is no object", path=path, got=item)
        return
    if not isinstance(item.get(key), str) or not item[key]:
        yield broken("EP-50", f"a model has no {key}", path=f"{path}.{key}", got=item.get(key))
    due = {"object": "model"} if dialect in _OPENAI else {"type": "model"} if dialect == "anthropic-messages" else {}
    for name, value in due.items():
        if item.get(name) != value:
            yield broken("EP-50", f"the {name} is no model", path=f"{path}.{name}", expected=value, got=item.get(name))
    for name in ("created", "owned_by") if dialect in ("openai-chat", "openai-responses") else ():
        if name not in item:
            yield broken("EP-50", f"a model has no {name}", level="SHOULD", path=f"{path}.{name}")
    created = item.get("created") if dialect in _OPENAI else None
    if created is not None and (isinstance(created, bool) or not isinstance(created, int)):
        yield broken(
            "EP-50", "created is no time in seconds", path=f"{path}.created", expected="an integer", got=created
        )


def _required(required: Collection[str], session: Session) -> Found:
    _, items = next(_items(session))
    ids = _ids(items, session.endpoint.dialect.manners.listing.form.key)
    for name in required:
        if not _names(name, ids):
            yield broken("EP-52", f"the model {name!r} is not listed", expected=name, got=ids[:20])


def _ids(items: list[JSON], key: str) -> list[str]:
    return [item[key] for item in items if isinstance(item, dict) and isinstance(item.get(key), str)]


def _names(model: str, ids: Collection[str]) -> bool:
    """Is the model on the list, by its id, with Gemini's prefix or Ollama's tag?"""
    shapes = {model, model.removeprefix("models/"), model.removesuffix(":latest")}
    return any({one, one.removeprefix("models/"), one.removesuffix(":latest")} & shapes for one in ids)


def _is_openais(body: JSON) -> bool:
    """Several languages list at one path; who serves more than one of them has OpenAI's list there."""
    items = body.get("data") if isinstance(body, dict) else None
    return isinstance(items, list) and any(isinstance(one, dict) and one.get("object") == "model" for one in items)


def _brief(body: JSON) -> JSON:
    return sorted(body) if isinstance(body, dict) else body
