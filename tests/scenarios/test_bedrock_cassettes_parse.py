"""Every cassette of bedrock, handed to boto3: it reads what we read, and the recorded bytes are an event stream."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from boto3_view import answering, ours, streamed, whole
from botocore.exceptions import ClientError

from conformance import decode
from conformance.dialects import heard
from conformance.model import Done, Error
from conformance.tape import on_shelf, read_cassette

PATHS = [pytest.param(path, id=path.stem) for path in on_shelf("bedrock")]


def test_the_set_is_there() -> None:
    assert len(PATHS) == 32


@pytest.mark.parametrize("path", PATHS)
def test_boto3_reads_what_we_read(path: Path) -> None:
    for one in read_cassette(path).exchanges:
        response = one.response
        last = decode(one)[-1]
        asked: dict[str, Any] = {"modelId": "m", "messages": [{"role": "user", "content": [{"text": "x"}]}]}
        sdk = answering(response.status, dict(response.headers), response.body)
        is_stream = one.request.url.endswith("/converse-stream")
        if isinstance(last, Error):
            with pytest.raises(ClientError) as caught:
                (streamed if is_stream else whole)(sdk, **asked)
            assert caught.value.response["Error"]["Code"] == last.code
            assert caught.value.response["Error"]["Message"] in last.message
            continue
        assert isinstance(last, Done)
        blocks, _, usage = (streamed if is_stream else whole)(sdk, **asked)
        assert blocks == ours(last.reply)
        assert usage["outputTokens"] == last.usage.output


@pytest.mark.parametrize("path", PATHS)
def test_the_requests_are_legal_for_boto3(path: Path) -> None:
    """botocore validates what it sends against the service model; only the scenario that must be refused fails."""
    from base64 import b64decode

    from botocore.validate import ParamValidator

    from conformance.dialects import dialect

    shape = answering(200, {}, b"").meta.service_model.operation_model("Converse").input_shape
    for one in read_cassette(path).exchanges:
        body = heard(dialect("bedrock-converse"), one.request.url, one.request.json())
        body.pop("stream")
        for message in body["messages"]:
            for block in message["content"]:
                if "image" in block:
                    block["image"]["source"]["bytes"] = b64decode(block["image"]["source"]["bytes"])
        found = ParamValidator().validate(body, shape).generate_report()
        assert bool(found) is ("bad_request" in path.stem), found
