"""How the vendor of a language behaves beyond it: where it looks for the key, its ids, its list of models.

Rule of the file: forms only. Each dialect fills in its vendor's; the virtual provider behaves so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from conformance.exchange import Headers
from conformance.model import JSON


class Form(NamedTuple):
    """Where a list is in its body, what names a model, how pages follow each other: OpenAI's one page by default."""

    place: str = "data"
    key: str = "id"
    cursor: str = ""
    """The key of a query by which the next page is asked for."""
    following: str = ""
    """Where an answer says how the next page is called."""
    size: str = ""
    """The key of a query by which a longer page is asked for."""


class Listing(NamedTuple):
    """A vendor's list of models."""

    path: str
    """Where it is, from the origin on."""
    item: Callable[[str], dict[str, JSON]]
    """One model as the list holds it."""
    page: Callable[[Sequence[dict[str, JSON]]], JSON]
    """The list of these items."""
    asks: Callable[[Headers, str], bool] = lambda headers, target: False
    """Is a request, by its headers and its path with the query, of this vendor's clients? Several share one path."""
    single: bool = True
    """One model can be asked for below the path."""
    anyone: bool = False
    """Who names itself by nothing is taken for one of this vendor's clients."""
    form: Form = Form()


class Counting(NamedTuple):
    """A vendor's count of the tokens of a prompt, without an answer."""

    path: str
    """Where it is, from the origin on; a template like those of routes."""
    call: Callable[[JSON], JSON]
    """The body of the call whose prompt is counted, from the body that was sent."""
    said: Callable[[int], JSON]
    """What is answered."""


def openai_item(name: str) -> dict[str, JSON]:
    """A model in the form that OpenAI and most compatible vendors list."""
    return {"id": name, "object": "model", "created": 1_767_225_600, "owned_by": "conformance"}


def openai_page(items: Sequence[dict[str, JSON]]) -> JSON:
    return {"object": "list", "data": list(items)}


class Manners(NamedTuple):
    """The ways of one vendor."""

    key_headers: tuple[str, ...] = ("authorization", "x-api-key")
    """Where the key may be; the first header that is there decides."""
    key_query: str = ""
    """The key of the query that may hold it in their place."""
    key_of: Callable[[str], str] = lambda value: value.removeprefix("Bearer ").strip()
    """The key in such a header's value."""
    no_key: str = "no API key"
    wrong_key: str = "invalid API key"
    no_model: str = "unknown model {model}"
    no_model_code: str | None = None
    no_model_status: int = 404
    request_id: str = "x-request-id"
    """The response header that names the request."""
    answer_id: str = "answer-"
    """How ids of answers begin."""
    call_id: str = "call-"
    """How ids of tool calls begin."""
    call_digits: int = 12
    """How many digits follow that are the request's own; two more number the calls."""
    counted: tuple[str, ...] = ()
    """What of the usage is always reported, as 0 when there was none."""
    listing: Listing = Listing("/v1/models", openai_item, openai_page)
    counting: tuple[Counting, ...] = ()


PLAIN = Manners()
"""Of a language whose vendor says nothing else."""

OPENAI = Manners(
    key_headers=("authorization",),
    no_key="You did not provide an API key. Send it as a Bearer token in the Authorization header.",
    wrong_key="Incorrect API key provided.",
    no_model="The model `{model}` does not exist or you do not have access to it.",
    no_model_code="model_not_found",
    answer_id="chatcmpl-",
    call_id="call_",
    counted=("cache_read", "reasoning"),
    listing=Listing("/v1/models", openai_item, openai_page, anyone=True),
)
"""OpenAI's, for its two languages."""
