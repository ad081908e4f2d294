"""The lexical index: releases and paragraphs by their words (BM25), in tantivy."""

import json
import math
import os
import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import tantivy

from vectorstore.errors import IndexUnavailableError
from vectorstore.failpoints import failpoint
from vectorstore.records import Records
from vectorstore.seals import drop_folder, seal, unseal
from vectorstore.types import Release, as_number
from vectorstore.words import marks, stems

_WORD = re.compile(r"\w+(?:[.,'’]\w+)*")
_WRITER_BYTES = 64_000_000
_VERSION = 4  # of what is indexed and how; an index of another version is built again
_FIELDS = ["title", "text", "day", "marks"]
# tantivy's panics are not Exceptions, so all is taken for tantivy's but these
_NOT_TANTIVYS = (KeyboardInterrupt, SystemExit, sqlite3.Error, IndexUnavailableError)


class LexicalIndex:
    """Two tantivy indexes, of whole releases and of paragraphs, kept in step with the records.

    Args:
        path: their folder.

    Raises:
        IndexUnavailableError: the files are not a readable index.
    """

    def __init__(self, path: Path) -> None:
        self._mark = path / "mark.json"
        try:
            self._releases = _open(path / "releases")
            self._paragraphs = _open(path / "paragraphs")
            mark = json.loads(self._mark.read_text("utf-8")) if self._mark.exists() else {}
            self.generation, version = int(mark.get("generation", 0)), mark.get("version", 1 if mark else _VERSION)
        except BaseException as error:
            if isinstance(error, _NOT_TANTIVYS):
                raise
            raise _unavailable(error) from error
        if version != _VERSION:
            raise IndexUnavailableError(f"tantivy: the index is of version {version}, this program's is {_VERSION}")

    def counts(self) -> tuple[int, int]:
        """How many releases and paragraphs are indexed."""
        return self._releases.searcher().num_docs, self._paragraphs.searcher().num_docs

    def verify(self, records: Records) -> None:
        """Compare with the records.

        Raises:
            IndexUnavailableError: it does not hold what its mark says it holds.
        """
        if self.generation > records.generation:
            raise IndexUnavailableError("tantivy is ahead of the records (a restored backup?)")
        expected = records.counts()[:2]
        # asked in this order: another process may write in between
        if self.counts() != expected and self.generation == records.generation:
            raise IndexUnavailableError(f"tantivy has {self.counts()} releases and paragraphs, the records {expected}")

    def best_releases(self, question: str, limit: int, dates: tuple[int, int] | None = None) -> list[tuple[int, float]]:
        """(release key, BM25 score) of the releases that share most with the question, best first.

        Args:
            dates: first and last date, as yyyymmdd; only releases of that time then, and none without a date.
        """
        query = _text_query(self._releases, question)
        if dates:
            time = tantivy.Query.range_query(self._releases.schema, "date", tantivy.FieldType.Unsigned, *dates)
            query = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, query), (tantivy.Occur.Must, tantivy.Query.const_score_query(time, 0.0))]
            )
        return _search(self._releases, query, limit)

    def best_paragraphs(self, question: str, releases: Sequence[int], limit: int) -> list[tuple[int, float]]:
        """(paragraph key, BM25 score) within the given releases, best first."""
        text = _text_query(self._paragraphs, question)
        within = tantivy.Query.term_set_query(self._paragraphs.schema, "release", list(releases))
        both = [(tantivy.Occur.Must, text), (tantivy.Occur.Must, tantivy.Query.const_score_query(within, 0.0))]
        return _search(self._paragraphs, tantivy.Query.boolean_query(both), limit)

    def paragraphs_with(self, phrase: str, limit: int) -> list[int]:
        """Keys of paragraphs in whose text the phrase's words stand side by side, or the one word stands."""
        words = stems(phrase)
        if not words:
            return []
        schema = self._paragraphs.schema
        if len(words) == 1:
            query = tantivy.Query.term_query(schema, "text", words[0])
        else:
            query = tantivy.Query.phrase_query(schema, "text", list(words))
        return [key for key, _ in _search(self._paragraphs, query, limit)]

    def knows(self, stem: str) -> bool:
        """Whether the stem stands in any paragraph, title or date."""
        searcher = self._paragraphs.searcher()
        return any(searcher.doc_freq(field, stem) for field in _FIELDS)

    def words_from(self, letter: str) -> list[tuple[str, int]]:
        """(word, in how many releases) of the words that begin with a letter, in lower case, most frequent first."""
        return self._releases.searcher().terms_with_prefix("words", letter)

    def rarity(self, wanted: Iterable[str]) -> dict[str, float]:
        """Inverse document frequency of each stem over the paragraphs; a word that is nowhere weighs most."""
        searcher = self._paragraphs.searcher()
        total = max(searcher.num_docs, 1)
        rarity = {}
        for stem in wanted:
            # the releases' titles count too: a paragraph is found under its title
            either = [
                (tantivy.Occur.Should, tantivy.Query.term_query(self._paragraphs.schema, field, stem))
                for field in ("text", "title")
            ]
            count = getattr(searcher.search(tantivy.Query.boolean_query(either), 1, count=True), "count", 0) or 0
            rarity[stem] = math.log(1 + (total - count + 0.5) / (count + 0.5))
        return rarity

    def sync(self, records: Records, progress: Callable[[int], None] | None = None) -> None:
        """Catch up with the records: drop what was removed, add what was written; and seal it. Safe to repeat.

        Raises:
            IndexUnavailableError: it cannot be written.
        """
        target, mark = records.generation, self.generation
        if mark == target:
            return
        try:
            before = unseal(self._mark.parent)
            failpoint("lexical.unsealed")
            self._write(records, target, progress)
            self.verify(records)
            failpoint("lexical.not-sealed-yet")
            seal(self._mark.parent, before, hash_later=mark > 0)
        except BaseException as error:
            if isinstance(error, _NOT_TANTIVYS):
                raise
            raise _unavailable(error) from error

    def _write(self, records: Records, target: int, progress: Callable[[int], None] | None) -> None:
        written = records.written_since(self.generation)
        stale = [*records.removed_since(self.generation), *(written if any(self.counts()) else [])]
        both = (self._releases, self._paragraphs)
        writers = [index.writer(_WRITER_BYTES, 1) for index in both]
        for index, writer in zip(both, writers, strict=True):
            for key in stale:
                writer.delete_documents_by_query(tantivy.Query.term_query(index.schema, "release", key))
        for start in range(0, len(written), 200):
            some = written[start : start + 200]
            _add(records, some, *writers)
            if progress:
                progress(len(some))
        for writer, index in zip(writers, both, strict=True):
            writer.commit()
            writer.wait_merging_threads()
            index.reload()
            failpoint("lexical.one-of-two-committed")
        failpoint("lexical.committed")
        self._write_mark(target)

    def _write_mark(self, generation: int) -> None:
        """Atomically: a mark that is ahead of what it marks would hide what is missing."""
        fresh = self._mark.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as handle:
            json.dump({"generation": generation, "version": _VERSION}, handle)
            handle.flush()
            os.fsync(handle.fileno())
        fresh.replace(self._mark)
        self.generation = generation


def _unavailable(error: BaseException) -> IndexUnavailableError:
    return IndexUnavailableError(f"tantivy: {' '.join(str(error).split())[:300] or type(error).__name__}")


def drop_lexical(path: Path) -> None:
    """Throw the index away, so that the next `LexicalIndex` starts empty.

    Raises:
        IndexUnavailableError: it cannot be removed.
    """
    drop_folder(path)


def _open(path: Path) -> tantivy.Index:
    schema = tantivy.SchemaBuilder()
    schema.add_unsigned_field("release", stored=True, indexed=True, fast=True)
    schema.add_unsigned_field("key", stored=True, fast=True)
    schema.add_unsigned_field("date", indexed=True, fast=True)  # yyyymmdd, for a range; `day` is for its words
    schema.add_text_field("title", tokenizer_name="en_stem")
    schema.add_text_field("text", tokenizer_name="en_stem")
    schema.add_text_field("day", tokenizer_name="en_stem")  # "June 15 2007": questions name a month or a year
    schema.add_text_field("marks", tokenizer_name="en_stem")
    # of releases only, and unstemmed: a dictionary of what is indexed
    schema.add_text_field("words", tokenizer_name="default", index_option="basic")
    path.mkdir(parents=True, exist_ok=True)
    return tantivy.Index(schema.build(), path=str(path), reuse=True)


def _add(records: Records, keys: list[int], releases: tantivy.IndexWriter, paragraphs: tantivy.IndexWriter) -> None:
    found = records.releases(keys)
    by_place = {place: key for key, place in records.paragraph_positions(keys).items()}
    for key, release in found.items():
        whole = "\n".join(paragraph.text for paragraph in release.paragraphs)
        document = _document(key, key, release, whole)
        document.add_text("words", f"{release.title}\n{whole}")
        releases.add_document(document)
        for paragraph in release.paragraphs:
            place = by_place[key, paragraph.index]
            paragraphs.add_document(_document(key, place, release, paragraph.text))


def _document(owner: int, key: int, release: Release, text: str) -> tantivy.Document:
    """Keys are added as unsigned: `Document(key=…)` would take them for signed, which kills the writer."""
    document = tantivy.Document(title=release.title, text=text)
    if release.date:
        document.add_unsigned("date", as_number(release.date))
        document.add_text("day", f"{release.date:%B} {release.date.day} {release.date.year}")
    document.add_text("marks", " ".join(marks(f"{release.title}\n{text}")))
    document.add_unsigned("release", owner)
    document.add_unsigned("key", key)
    return document


def _text_query(index: tantivy.Index, question: str) -> tantivy.Query:
    """The question's words, as words: nothing in it is query syntax."""
    words = " ".join(f'"{word}"' for word in [*_WORD.findall(question), *marks(question)])
    if not words:
        return tantivy.Query.empty_query()
    return index.parse_query_lenient(words, _FIELDS)[0]


def _search(index: tantivy.Index, query: tantivy.Query, limit: int) -> list[tuple[int, float]]:
    searcher = index.searcher()
    found = searcher.search(query, limit)
    return [(int(searcher.doc(address)["key"][0]), float(score)) for score, address in found.hits]
