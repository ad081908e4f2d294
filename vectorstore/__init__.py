"""The only door to what is stored: the records, the indexes built from them, and search.

Nothing outside this package imports chromadb, tantivy or sentence-transformers.
"""

from vectorstore.errors import StoreError
from vectorstore.types import Hit, Paragraph, Release

__all__ = ["Hit", "Paragraph", "Release", "StoreError"]
