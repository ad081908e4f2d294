"""Which rules made the facets that are stored: changed rules and lists make all of them anew."""

import hashlib
from importlib import resources
from importlib.resources.abc import Traversable


def _digest(folder: Traversable) -> bytes:
    """SHA-256 over the rules and lists below a folder, names included."""
    digest = hashlib.sha256()
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir() and entry.name != "__pycache__":
            digest.update(_digest(entry))
        elif entry.name.endswith((".py", ".toml")):
            digest.update(entry.name.encode() + b"\0" + entry.read_bytes())
    return digest.digest()


VERSION = _digest(resources.files("ingest.facets")).hex()
