"""Coverage-guided fuzzing of decoding and judging: `make fuzz`; flags are those of libFuzzer.

Rule of the file: it only wires the target to atheris; seeds are the bodies of our own cassettes.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["conformance"]):
    from target import DIALECTS, one_answer

    from conformance.tape import read_cassette, shelf


def sow(folder: Path) -> None:
    """Write a seed for each recorded answer."""
    numbers = {one.name: number for number, one in enumerate(DIALECTS)}
    for path in sorted(shelf().glob("verify_*.json")):
        for at, one in enumerate(read_cassette(path).exchanges):
            if one.dialect in numbers:
                seed = bytes([numbers[one.dialect], 0, 0]) + one.response.body
                (folder / f"{path.stem}-{at}").write_bytes(seed)


def main() -> None:
    """Fuzz until a flag of libFuzzer says stop."""
    with tempfile.TemporaryDirectory() as seeds:
        sow(Path(seeds))
        atheris.Setup([*sys.argv, seeds], one_answer)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
