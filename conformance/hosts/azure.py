"""Rules of Azure OpenAI: where calls go, how the key travels, what its filters say.

Rule of the file: two generations of addresses, told by the path; a path of neither is one violation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from conformance.hosts._looking import missing
from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

BOOK = Rulebook("azure")

_CLASSIC = re.compile(r"/openai/deployments/[^/]+/.+")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(-preview)?")
_SEVERITIES = ("safe", "low", "medium", "high")


def _versions(reading: Reading) -> list[str]:
    try:
        return parse_qs(urlsplit(reading.exchange.request.url).query, keep_blank_values=True).get("api-version", [])
    except ValueError:
        return []


def _is_v1(reading: Reading) -> bool:
    return "/openai/v1/" in reading.path


@BOOK.rule(
    "AZ-H01",
    "MUST",
    Scope.HEADERS,
    "openai-python lib/azure; Azure's API version lifecycle",
    good="/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21",
    bad="/openai/deployments/my-gpt/chat/completions",
    why="the gateway answers 404: Resource not found",
)
def classic_address(reading: Reading) -> Iterator[Violation]:
    """A classic call goes to /openai/deployments/{name}/… with one api-version, a date that may end in -preview."""
    if _is_v1(reading):
        return
    if not _CLASSIC.search(reading.path):
        yield Violation("the path is of neither generation", "url", None, "/openai/deployments/… or /openai/v1/…")
    versions = _versions(reading)
    if len(versions) != 1 or not _DATE.fullmatch(versions[0]):
        yield Violation("api-version is no date", "url", None, "YYYY-MM-DD[-preview]", versions or "nothing")


@BOOK.rule(
    "AZ-H02",
    "MUST",
    Scope.HEADERS,
    "Azure's API version lifecycle: v1",
    good="/openai/v1/chat/completions",
    bad="/openai/v1/chat/completions?api-version=2024-10-21",
    why="the server answers 400: unsupported api-version",
)
def v1_address(reading: Reading) -> Iterator[Violation]:
    """A v1 call has no api-version, or preview or latest."""
    versions = _versions(reading)
    if _is_v1(reading) and versions not in ([], ["preview"], ["latest"]):
        yield Violation("v1 takes no dated api-version", "url", None, "none, preview or latest", versions)


@BOOK.rule(
    "AZ-H03",
    "MUST",
    Scope.HEADERS,
    "openai-python lib/azure: key, token and provider exclude one another",
    good="api-key: …",
    bad="api-key: … beside Authorization: Bearer …",
    why="the gateway reads one of both, and which one is not documented",
)
def one_credential(reading: Reading) -> Iterator[Violation]:
    """A call carries an api-key or an Authorization header, never both."""
    request = reading.exchange.request
    both = [name for name in ("api-key", "authorization") if request.header(name)]
    if len(both) > 1:
        yield Violation("two credentials travel", "api-key", None, "one", both)
    if not both:
        yield from missing(reading, "api-key")


@BOOK.rule(
    "AZ-Q01",
    "MUST",
    Scope.REQUEST,
    "Azure's API version lifecycle: v1",
    good='{"model":"my-gpt","messages":[…]}',
    bad='{"messages":[…]}',
    why="nothing else names the deployment: the server answers 400",
)
def deployment_is_named(reading: Reading) -> Iterator[Violation]:
    """The body of a v1 call names its deployment as the model."""
    model = reading.asked.get("model")
    if _is_v1(reading) and (not isinstance(model, str) or not model):
        yield Violation("no deployment is named", "$.model", got=model)


@BOOK.rule(
    "AZ-R01",
    "SHOULD",
    Scope.ANSWER,
    "recorded answers; Azure's guide to content filtering",
    good='{"hate":{"filtered":false,"severity":"safe"},"jailbreak":{"filtered":false,"detected":false}}',
    bad='{"hate":"safe"}',
    why="clients that show why an answer was cut show nothing",
)
def filters_are_well_formed(reading: Reading) -> Iterator[Violation]:
    """Each result of a filter says whether it filtered, and how severe it found the text."""
    told = [(frame.number, frame.json) for frame in reading.chunks] if reading.streamed else [(None, reading.reply)]
    for frame, value in told:
        for where, results in _results(value):
            for name, one in results.items():
                if wrong := _wrong_result(name, one):
                    yield Violation(wrong, f"{where}.{name}", frame, got=one)


def _results(value: JSON) -> Iterator[tuple[str, dict[str, JSON]]]:
    """Every content_filter_results of an answer with its path."""
    for key in ("prompt_filter_results", "choices"):
        found = value.get(key) if isinstance(value, dict) else None
        for at, one in enumerate(found if isinstance(found, list) else ()):
            results = one.get("content_filter_results") if isinstance(one, dict) else None
            if isinstance(results, dict):
                yield f"$.{key}[{at}].content_filter_results", results


def _wrong_result(name: str, one: JSON) -> str | None:
    if name in ("error", "custom_blocklists", "custom_topics"):
        return None
    if not isinstance(one, dict) or not isinstance(one.get("filtered"), bool):
        return "a filter does not say whether it filtered"
    if "severity" in one and one["severity"] not in _SEVERITIES:
        return "a filter tells no known severity"
    return None


@BOOK.rule(
    "AZ-E01",
    "MUST",
    Scope.ERROR,
    "Azure's guide to content filtering",
    good='{"error":{"code":"content_filter","innererror":{"code":"ResponsibleAIPolicyViolation",…},…}}',
    bad='{"error":{"code":"content_filter","message":"…"}}',
    why="clients cannot tell which filter refused the prompt",
)
def refused_prompts_say_why(reading: Reading) -> Iterator[Violation]:
    """A prompt that a filter refuses is a 400 whose inner error is ResponsibleAIPolicyViolation."""
    fault = reading.reply.get("error") if isinstance(reading.reply, dict) else None
    if not isinstance(fault, dict) or fault.get("code") != "content_filter":
        return
    if reading.status != 400:
        yield Violation("a refused prompt has another status", None, None, 400, reading.status)
    inner = fault.get("innererror")
    if not isinstance(inner, dict) or inner.get("code") != "ResponsibleAIPolicyViolation":
        yield Violation("no inner error says why", "$.error.innererror", None, "ResponsibleAIPolicyViolation", inner)


@BOOK.rule(
    "AZ-E03",
    "SHOULD",
    Scope.ERROR,
    "Azure's guide to quotas",
    good="retry-after: 7",
    bad="a 429 without retry-after and retry-after-ms",
    why="clients come back at once and are refused again",
)
def says_when_to_return(reading: Reading) -> Iterator[Violation]:
    """Too many requests: the answer says when to come back."""
    response = reading.exchange.response
    told = response.header("retry-after") or response.header("retry-after-ms")
    if reading.status == 429 and response.headers and not told:
        yield Violation("neither retry-after nor retry-after-ms is told", "retry-after")
