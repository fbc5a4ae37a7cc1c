"""Faults of clients in the address and the credential.

Rule of the file: the virtual provider refuses most of them; that refusal is an answer in order.
"""

from __future__ import annotations

from conformance.deviating import Bend
from conformance.exchange import Request
from conformance.faults import kit
from conformance.faults.bedrock_converse.steps import NAME
from conformance.faults.every.telling import Teller
from conformance.faults.form import Asking, Fault

_TOLD = Teller(NAME, "request")


def _asks(id: str, rule: str, sentence: str, asks: Asking, bend: Bend | None = None) -> Fault:
    return _TOLD.fault(id, rule, sentence, bend or Bend(), asks=asks)


def _signed(
    id: str = "AKIDEXAMPLE", region: str = "us-east-1", service: str = "bedrock", names: str = "host;x-amz-date"
) -> Asking:
    """A request that is signed so; the signature itself is nobody's."""
    line = (
        f"AWS4-HMAC-SHA256 Credential={id}/20261121/{region}/{service}/aws4_request, SignedHeaders={names}, Signature=0"
    )

    def one(request: Request) -> Request:
        stamped = kit.asking_header("x-amz-date", "20261121T100000Z")(request)
        return kit.asking_header("authorization", line)(stamped)

    return one


def _at(url: str) -> Asking:
    def one(request: Request) -> Request:
        from msgspec.structs import replace

        return replace(request, url=request.url.replace("https://", url, 1))

    return one


_LATE = kit.header("date", "Sat, 21 Nov 2026 11:00:00 GMT")

FAULTS = (
    _asks(
        "model-in-path",
        "BR-H01",
        "A model's colon stands in the path as it is.",
        kit.asking_url(lambda path, query: (path.replace("%3A", ":"), query)),
    ),
    _asks(
        "model-in-segments",
        "BR-H01",
        "A model's slash cuts the path.",
        kit.asking_url(
            lambda path, query: (
                path.replace("/model/", "/model/arn:aws:bedrock:us-east-1:1:inference-profile/"),
                query,
            )
        ),
    ),
    _asks(
        "path-of-openai",
        "BR-H01",
        "The request goes to /v1/chat/completions.",
        kit.asking_url(lambda path, query: ("/v1/chat/completions", query)),
    ),
    _asks("signed-for-runtime", "BR-H02", "The signature is for bedrock-runtime.", _signed(service="bedrock-runtime")),
    _asks("signed-elsewhere", "BR-H02", "The signature is for another region.", _signed(region="eu-west-1")),
    _asks("host-unsigned", "BR-H02", "The host is not signed.", _signed(names="x-amz-date")),
    _asks("clock-wrong", "BR-H02", "The client's clock is an hour off.", _signed(), _LATE),
    _asks(
        "two-credentials",
        "BR-H03",
        "A bearer key travels with the marks of a signature.",
        kit.asking_header("x-amz-date", "20261121T100000Z"),
    ),
    _asks("key-in-clear", "BR-H03", "A bearer key travels over http.", _at("http://")),
    _asks("token-missing", "BR-H04", "Temporary credentials travel without their token.", _signed(id="ASIAEXAMPLE")),
)
