"""Optional services beside the model: transcription, memory, a debug stream, another model. Each only when it is named.

Rule of the file: structure alone is judged; whether a memory is worth keeping is the service's to decide.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial

from conformance.cases import NotJudged
from conformance.endpoints.asking import Ask
from conformance.endpoints.case import EndpointCase
from conformance.endpoints.endpoint import Endpoint
from conformance.endpoints.promises import broken
from conformance.endpoints.session import Found, Session
from conformance.model import ChatRequest, user

_USER = "conformance-endpoint-check"
_TALK = (("user", "My favorite color is blue"), ("assistant", "Blue is a great color!"))
_BOUNDARY = "conformance-boundary"
_FORM = f"multipart/form-data; boundary={_BOUNDARY}"


def transcription(endpoint: Endpoint) -> Iterator[EndpointCase]:
    ask = Ask(name="transcription_health", method="GET", path="origin:/api/transcribe/health", patience="health")
    work = partial(_answers, ask, (200, 503, 404), "")
    yield EndpointCase("transcription", ask.name, "the transcription service says how it is", work)
    if endpoint.key:
        heard = Ask(name="transcription", path="origin:/api/transcribe", body=_form(_silence()), label=_FORM)
        work = partial(_answers, heard, (200, 503, 404), "text")
        yield EndpointCase("transcription", heard.name, "a moment of silence is transcribed", work)


def _silence() -> bytes:
    """A tenth of a second of nothing, as a WAV file."""
    import wave
    from io import BytesIO

    out = BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(b"\x80" * 800)
    return out.getvalue()


def _form(audio: bytes) -> bytes:
    """A form with one file in it, as browsers send it."""
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="silence.wav"\r\n'
    return f"{head}Content-Type: audio/wav\r\n\r\n".encode() + audio + f"\r\n--{_BOUNDARY}--\r\n".encode()


def memory(endpoint: Endpoint) -> Iterator[EndpointCase]:
    talk = [{"role": role, "content": text} for role, text in _TALK]
    body = json.dumps({"user_id": _USER, "conversation": talk}).encode()
    extract = Ask(name="memory_extract", path="origin:/memories/extract", body=body, patience="simple")
    yield EndpointCase(
        "memory", extract.name, "memories are extracted", partial(_answers, extract, (200,), "memories_saved")
    )
    path = f"origin:/memories/relevant?user_id={_USER}&prompt=What%20is%20my%20favorite%20color%3F"
    relevant = Ask(name="memory_relevant", method="GET", path=path, patience="simple")
    yield EndpointCase("memory", relevant.name, "memories are found", partial(_answers, relevant, (200,), "memories"))


def debug(endpoint: Endpoint) -> Iterator[EndpointCase]:
    ask = Ask(name="debug_stream", method="GET", path="/debug/stream/test-123", patience="health")
    yield EndpointCase("debug", ask.name, "the debug stream", partial(_answers, ask, (200, 404, 408), ""))


def switching(endpoint: Endpoint, other: str) -> Iterator[EndpointCase]:
    asked = ChatRequest(model=other, messages=(user("Hi"),))
    ask = Ask(name="other_model", request=asked)
    yield EndpointCase("switching", ask.name, f"another model answers: {other}", partial(_switched, ask))


def _answers(ask: Ask, statuses: tuple[int, ...], field: str, session: Session) -> Found:
    found = session.perform(ask)
    if found.response is None:
        yield broken("EP-80", f"the service gives no answer: {found.failure}")
        return
    if found.status not in statuses:
        yield broken("EP-80", "the service answers with another status", expected=list(statuses), got=found.status)
        return
    body = found.response.json()
    if field and found.status == 200 and (not isinstance(body, dict) or field not in body):
        yield broken("EP-80", f"the answer holds no {field}", path=f"$.{field}", got=body)


def _switched(ask: Ask, session: Session) -> Found:
    first = session.done.get("simple_text_whole")
    found = session.perform(ask)
    if found.status in (404, 503):
        raise NotJudged(f"the other model is not available: HTTP {found.status}")
    yield from session.look(found)
    if found.status == 200 and first and first.reply and found.reply and found.reply.id == first.reply.id:
        yield broken("EP-80", "two answers of two models have one id", got=found.reply.id)
