"""A wheel is not built while a catalogue lacks a translation.

Which texts there are is known to `python -m tests.catalogues`, which adds each new one without a translation. This hook
of hatch needs nothing but the catalogues, so it also holds where a wheel is built from the archive of the sources.
"""

from pathlib import Path

from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# As in tests/catalogues.py: these name only the words that differ.
PARTIAL = ("en_US",)


class Translated(BuildHookInterface):
    def initialize(self, version, build_data):
        if version != "standard":  # an editable checkout is being worked on
            return
        for path in sorted(Path(self.root, "titrate", "locale").rglob("*.po")):
            with path.open("rb") as file:
                texts = [one for one in read_po(file) if one.id]
            partial = path.parts[-3] in PARTIAL
            lacking = [one.id for one in texts if one.fuzzy or not (all(_forms(one)) or partial)]
            if lacking:
                where = path.relative_to(self.root)
                raise SystemExit(f"{where}: {len(lacking)} without translation, first: {lacking[0]!r}")


def _forms(message):
    return [message.string] if isinstance(message.string, str) else message.string
