"""A canonical Reply as the parts and chunks of the official server.

Rule of the file: a whole answer has one part a block, a stream the same parts in pieces. The first call of an answer is
always sealed, as the newer models do it.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator

from conformance.dialects.openai_chat.likelihood import likelihood
from conformance.model import JSON, Opaque, Reply, Text, Thinking, ToolCall, Usage

from .ids import is_made
from .names import spelt
from .parse_contents import Item
from .words import FINISH_WORDS

_PIECES = re.compile(r"\s*\S+(?:\s+\S+)?|\s+")


def parts_of(reply: Reply) -> list[Item]:
    """The parts of the answer, one a block."""
    said: list[Item] = []
    sealed = False
    for part in reply.parts:
        match part:
            case Text(text, signature):
                said.append({"text": text} | _seal(signature))
            case Thinking(text, signature):
                said.append({"text": text, "thought": True} | _seal(signature))
            case ToolCall(signature=signature):
                said.append(_call(part) | _seal(signature or (None if sealed else _made_seal(part))))
                sealed = True
            case Opaque(_, raw) if isinstance(raw, dict):
                said.append(raw)
    return said


def pieces_of(part: Item) -> Iterator[Item]:
    """A part as a stream says it: text in pieces, the signature on the last one."""
    if "text" not in part:
        yield part
        return
    *pieces, last = _PIECES.findall(part["text"]) or [""]
    bare = {key: value for key, value in part.items() if key != "thoughtSignature"}
    yield from (bare | {"text": piece} for piece in pieces)
    yield part | {"text": last}


def _call(call: ToolCall) -> Item:
    named: Item = {"name": call.name, "args": call.input if isinstance(call.input, dict) else {}}
    return {"functionCall": named if is_made(call.id) else named | {"id": call.id}}


def _seal(signature: str | None) -> Item:
    return {"thoughtSignature": signature} if signature else {}


def _made_seal(call: ToolCall) -> str:
    return b64encode(f"{call.name} {call.arguments}".encode("utf-8", "surrogatepass")).decode()


def candidate(parts: list[Item], reply: Reply | None = None) -> Item:
    """A candidate with its parts; `reply`: it is finished."""
    ends = {} if reply is None else {"finishReason": FINISH_WORDS[reply.stop]}
    return {"content": {"parts": parts, "role": "model"}, **ends, "index": 0}


def several(one: Item, body: JSON) -> list[Item]:
    """A candidate as often as the request asks for one, each under its index."""
    wanted = _asked(body).get("candidateCount")
    return [one | {"index": at} for at in range(wanted if isinstance(wanted, int) and wanted > 1 else 1)]


def likely(reply: Reply, body: JSON) -> Item:
    """How probable the words of an answer were, where the request asks for that."""
    config = _asked(body)
    if config.get("responseLogprobs") is not True or not reply.text:
        return {}
    ranks = config.get("logprobs") or 0
    told = likelihood({"logprobs": True, "top_logprobs": ranks})(reply.text)["content"]
    chosen = [{"token": one["token"], "logProbability": one["logprob"]} for one in told]
    others = [
        {"candidates": [{"token": rank["token"], "logProbability": rank["logprob"]} for rank in one["top_logprobs"]]}
        for one in told
    ]
    found: Item = {"chosenCandidates": chosen} | ({"topCandidates": others} if ranks else {})
    return {"avgLogprobs": sum(one["logprob"] for one in told) / len(told), "logprobsResult": found}


def _asked(body: JSON) -> Item:
    config = body.get("generationConfig") or body.get("generation_config") if isinstance(body, dict) else None
    found = spelt(config) if isinstance(config, dict) else {}
    return found if isinstance(found, dict) else {}


def chunk(candidates: list[Item], counts: Item, reply: Reply, model: str) -> Item:
    """A chunk of a stream, or the whole of an answer."""
    return {
        "candidates": candidates,
        "usageMetadata": counts,
        "modelVersion": reply.model or model,
        "responseId": reply.id or "response-virtual",
    }


def early_counts(tokens: Usage) -> Item:
    """What is known of the usage before the answer is finished: the prompt."""
    given = tokens.input or 0
    return {"promptTokenCount": given, "totalTokenCount": given} | _cached(tokens)


def counts(tokens: Usage) -> JSON:
    """Usage as the official server counts it: thoughts are no candidates; what is 0 may be left out."""
    given, made, thoughts = tokens.input or 0, tokens.output or 0, tokens.reasoning or 0
    thoughts = min(thoughts, made)
    said: Item = {"promptTokenCount": given, "candidatesTokenCount": made - thoughts, "totalTokenCount": given + made}
    return said | ({"thoughtsTokenCount": thoughts} if thoughts else {}) | _cached(tokens)


def _cached(tokens: Usage) -> Item:
    return {"cachedContentTokenCount": tokens.cache_read} if tokens.cache_read else {}
