"""Rules of bedrock-converse about messages, options and the form of the answer.

Rule of the file: one rule a sentence; what is not there at all is the schema's.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

from .turns import blocks_in, images_in, messages_in, schema_faults
from .words import IMAGE_FORMATS, object_of

BOOK = Rulebook("bedrock-converse: request")

_ROLES = ("user", "assistant", "system")


@BOOK.rule(
    "BR-Q01",
    "MUST",
    Scope.REQUEST,
    "bedrock-runtime 2023-09-30: Message, ContentBlock (a union)",
    good='{"role": "user", "content": [{"text": "Hi"}]}',
    bad='{"role": "user", "content": "Hi"}',
    why="the service answers 400: a content is never a string here",
)
def content_is_a_list(reading: Reading) -> Iterator[Violation]:
    """The content of a message is a list with at least one block, and each block has exactly one key."""
    for turn, message in messages_in(reading.asked):
        content = message.get("content")
        if not isinstance(content, list) or not content:
            path = f"$.messages[{turn}].content"
            yield Violation("the content is no list of blocks", path, expected="a list of blocks", got=content)
    for placed in blocks_in(reading.asked):
        keys = [key for key, value in placed.block.items() if value is not None]
        if len(keys) != 1:
            yield Violation("a block has not exactly one key", placed.path, expected="one key", got=keys)


@BOOK.rule(
    "BR-Q02",
    "MUST",
    Scope.REQUEST,
    "bedrock-runtime 2023-09-30: ConversationRole",
    good='{"role": "user", …}',
    bad='{"role": "tool", …}',
    why="the service answers 400; results of tools belong into a user message",
)
def roles(reading: Reading) -> Iterator[Violation]:
    """Roles are user, assistant and system."""
    for turn, message in messages_in(reading.asked):
        if message.get("role") not in _ROLES:
            path = f"$.messages[{turn}].role"
            yield Violation("this role does not exist", path, expected=list(_ROLES), got=message.get("role"))


@BOOK.rule(
    "BR-Q07",
    "MUST",
    Scope.REQUEST,
    "bedrock-runtime 2023-09-30: ToolConfiguration, InferenceConfiguration",
    good='{"toolConfig": {"tools": [{"toolSpec": …}]}, "inferenceConfig": {"temperature": 0.5, "maxTokens": 100}}',
    bad='{"toolConfig": {"tools": []}} or {"inferenceConfig": {"temperature": 1.5}}',
    why="the service answers 400; the range of OpenAI's temperature (0 to 2) does not fit",
)
def ranges(reading: Reading) -> Iterator[Violation]:
    """A toolConfig has at least one tool; temperature and topP are 0 to 1, maxTokens is at least 1."""
    config = reading.asked.get("toolConfig")
    if isinstance(config, dict) and not (isinstance(config.get("tools"), list) and config["tools"]):
        yield Violation("toolConfig without tools", "$.toolConfig.tools", expected="a tool", got=config.get("tools"))
    inference = object_of(reading.asked.get("inferenceConfig"))
    for key, low, high in (("temperature", 0, 1), ("topP", 0, 1), ("maxTokens", 1, None)):
        value = inference.get(key)
        if value is not None and not _within(value, low, high):
            wanted = f">= {low}" if high is None else f"{low} to {high}"
            yield Violation(f"{key} is out of range", f"$.inferenceConfig.{key}", expected=wanted, got=value)


@BOOK.rule(
    "BR-Q08",
    "MUST",
    Scope.REQUEST,
    "bedrock-runtime 2023-09-30: ImageFormat, ImageSource",
    good='{"image": {"format": "png", "source": {"bytes": "iVBORw0K…"}}}',
    bad='{"image": {"format": "image/png", "source": {"url": "https://…"}}}',
    why="the service answers 400, or hands the model bytes that are no picture",
)
def images(reading: Reading) -> Iterator[Violation]:
    """An image is a png, jpeg, gif or webp, and its bytes are base64."""
    formats = list(IMAGE_FORMATS.values())
    for path, image in images_in(reading.asked):
        if image.get("format") not in formats:
            yield Violation("no format of images", f"{path}.format", expected=formats, got=image.get("format"))
        source = object_of(image.get("source"))
        if not _is_base64(source.get("bytes")) and "s3Location" not in source:
            told = source.get("bytes", source)
            yield Violation("the image has no base64 bytes", f"{path}.source.bytes", expected="base64 bytes", got=told)


@BOOK.rule(
    "BR-Q09",
    "MUST",
    Scope.REQUEST,
    "bedrock-runtime 2023-09-30: JsonSchemaDefinition.schema is a string",
    good='{"jsonSchema": {"schema": "{\\"type\\": \\"object\\"}"}}',
    bad='{"jsonSchema": {"schema": {"type": "object"}}}',
    why="the service answers 400: the schema of an answer is a text here, that of a tool is not",
)
def schema_is_text(reading: Reading) -> Iterator[Violation]:
    """The schema of the answer is a string that holds a JSON object."""
    for fault in schema_faults(reading.asked):
        yield Violation(fault.message, fault.path, expected="JSON text", got=fault.got)


def _within(value: JSON, low: float, high: float | None) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return value >= low and (high is None or value <= high)


def _is_base64(value: JSON) -> bool:
    try:
        return isinstance(value, str) and bool(base64.b64decode(value, validate=True))
    except (binascii.Error, ValueError):
        return False
