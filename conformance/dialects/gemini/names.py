"""Names of fields: camelCase as replies spell them, or snake_case, which servers take in requests as well.

Rule of the file: only known names are changed, and nothing inside free JSON such as arguments and schemas.
"""

from __future__ import annotations

import re

from conformance.model import JSON

_KNOWN = frozenset(
    """
    systemInstruction generationConfig toolConfig safetySettings cachedContent serviceTier
    inlineData fileData functionCall functionResponse executableCode codeExecutionResult toolCall toolResponse
    thoughtSignature mimeType fileUri displayName videoMetadata mediaResolution willContinue partialArgs jsonPath
    functionDeclarations parametersJsonSchema responseJsonSchema googleSearch googleSearchRetrieval codeExecution
    urlContext fileSearch computerUse googleMaps functionCallingConfig allowedFunctionNames retrievalConfig
    streamFunctionCallArguments maxOutputTokens topP topK candidateCount presencePenalty frequencyPenalty stopSequences
    responseMimeType responseSchema responseModalities responseLogprobs thinkingConfig includeThoughts thinkingBudget
    thinkingLevel speechConfig imageConfig audioTimestamp routingConfig modelSelectionConfig modelArmorConfig
    continuationToken
    """.split()
)

FREE = frozenset(
    {
        "args",
        "labels",
        "parameters",
        "parametersJsonSchema",
        "response",
        "responseJsonSchema",
        "responseSchema",
    }
)
"""Fields whose JSON is the user's own."""

_UNDERSCORE = re.compile(r"_([a-z])")


def camel(name: str) -> str:
    """A known field's name in camelCase; any other name as it is."""
    if "_" not in name:
        return name
    spelt = _UNDERSCORE.sub(lambda hit: hit[1].upper(), name)
    return spelt if spelt in _KNOWN else name


def spelt(value: JSON) -> JSON:
    """A request with all its known fields in camelCase. Of a field in both spellings the first one counts."""
    if isinstance(value, list):
        return [spelt(one) for one in value]
    if not isinstance(value, dict):
        return value
    found: dict[str, JSON] = {}
    for key, inner in value.items():
        name = camel(key)
        found.setdefault(name, inner if name in FREE else spelt(inner))
    return found
