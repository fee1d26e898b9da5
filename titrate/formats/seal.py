"""The SHA-256 of a JSON document, by which it is known and by which a change made by hand is found.

It is taken of what the document says, not of how it is laid out: of its JSON without the key `sha256` itself, keys in
alphabetical order, no white space, UTF-8. So a document that an editor only indented anew keeps its SHA-256. It is no
signature: whoever changes a document can compute it again.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

KEY = "sha256"


def of(document: dict[str, Any]) -> str:
    """The SHA-256 of a document, with or without its own."""
    said = {key: value for key, value in document.items() if key != KEY}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def put(text: str) -> str:
    """An indented document that ends with a brace on a line of its own, with its SHA-256 as the last key."""
    body = text.rstrip().removesuffix("}").rstrip()
    return f'{body},\n "{KEY}": "{of(json.loads(text))}"\n}}\n'


def put_on_a_line(text: str) -> str:
    """The same for a document on one line without white space."""
    return f'{text.removesuffix("}")},"{KEY}":"{of(json.loads(text))}"}}'
