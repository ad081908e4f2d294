"""records.db: releases, paragraphs and vectors in SQLite. The truth, from which every index is built."""

import datetime
import json
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from vectorstore.alike import alike, prints_of
from vectorstore.books import Books, drop_lost_vectors
from vectorstore.database import Database
from vectorstore.embedding import Vectors
from vectorstore.errors import ModelMismatchError
from vectorstore.failpoints import failpoint
from vectorstore.history import History
from vectorstore.holdings import Holdings
from vectorstore.pages import Pages
from vectorstore.rows import ChunkRows, Embedded, Keys, Stored
from vectorstore.types import Facet, Paragraph, Release, as_number

_SAME_MODEL = 0.98  # cosine; half precision and another processor leave .999, int8 weights .99


class Records:
    """The door to records.db.

    Args:
        path: the database file; created with its schema unless `read_only`.
        read_only: open an existing file without the right to change it.

    Raises:
        NothingIndexedError: `read_only` and there is no file.
        StoreError: the file is not ours, or is of a newer schema.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._db = Database(path, read_only=read_only)
        self.path = path
        self.books, self.pages, self.history = Books(self._db), Pages(self._db), History(self._db)
        self.holdings = Holdings(self._db)

    def close(self) -> None:
        self._db.close()

    # --- what the records say of themselves

    def meta(self, name: str) -> str | None:
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def _set_meta(self, name: str, value: str) -> None:
        self._db.execute(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", (name, value)
        )

    @property
    def generation(self) -> int:
        """Counts the writes; an index that has caught up with it is current."""
        return int(self.meta("generation") or 0)

    def identity(self) -> str:
        """A name that no other records have; empty where no owner has given them one yet."""
        if (name := self.meta("identity")) is None and not self._db.read_only:
            with self._db.write():
                self._set_meta("identity", name := secrets.token_hex(16))
        return name or ""

    def claim_model(self, fingerprint: str, probe: Vectors | None = None) -> None:
        """Stamp the embedding model on the records, or refuse to mix it with another.

        Args:
            probe: what the model makes of texts that are always the same, (n, dimension), where its name alone does not tell it
                from another. Two machines' vectors of one model differ a little, so it is not compared bit by bit.

        Raises:
            ModelMismatchError: the records were embedded with another model.
        """
        stamped = self.meta("embedding_model")
        if stamped is None:
            with self._db.write():
                self._set_meta("embedding_model", fingerprint)
                if probe is not None:
                    self._set_meta("embedding_probe", probe.astype("<f4").tobytes().hex())
        elif stamped != fingerprint:
            raise ModelMismatchError(
                f"{self.path.parent} was embedded with {stamped}, but the embedding model is set to {fingerprint}. "
                "Set ONTHERECORD_EMBEDDING_MODEL (and ONTHERECORD_EMBEDDING_URL) back, or ingest into a new --data-dir."
            )
        elif probe is not None and (kept := self.meta("embedding_probe")) is not None:
            then = np.frombuffer(bytes.fromhex(kept), dtype="<f4").reshape(probe.shape)
            if (near := float((then * probe).sum(axis=1).min())) < _SAME_MODEL:
                raise ModelMismatchError(
                    f"{self.path.parent} was embedded with another model than the one that is called {fingerprint} now: what it makes "
                    f"of the same text has a cosine of {near:.3f}. Have the endpoint serve that model again, or ingest into a new --data-dir."
                )

    def counts(self) -> tuple[int, int, int]:
        """How many releases, paragraphs and chunks there are."""
        row = self._db.execute(
            "SELECT (SELECT count(*) FROM releases), (SELECT count(*) FROM paragraphs), (SELECT count(*) FROM chunks)"
        ).fetchone()
        return row[0], row[1], row[2]

    def by_member_and_year(self) -> list[tuple[str | None, int | None, int]]:
        """(member, year, releases), members in order of name, years from old to new."""
        return self._db.execute(
            "SELECT member, date / 10000 AS year, count(*) FROM releases GROUP BY 1, 2 ORDER BY 1 NULLS LAST, 2 NULLS LAST"
        ).fetchall()

    # --- releases in

    def stored(self) -> dict[str, Stored]:
        """What is there, by release id."""
        rows = self._db.execute("SELECT id, key, content_hash, run, outcome FROM releases")
        return {row[0]: Stored(*row[1:]) for row in rows}

    def known_vectors(self, hashes: Sequence[bytes]) -> dict[bytes, Vectors]:
        """The vectors that are stored under `hashes`, those of them that are."""
        found: dict[bytes, Vectors] = {}
        for start in range(0, len(hashes), 500):
            some = hashes[start : start + 500]
            marks = ",".join("?" * len(some))
            rows = self._db.execute(f"SELECT hash, vector FROM vectors WHERE hash IN ({marks})", list(some))
            found.update((digest, np.frombuffer(blob, dtype=np.float32)) for digest, blob in rows)
        return found

    def put(self, batch: Sequence[Embedded], vectors: dict[bytes, Vectors], run: int) -> None:
        """Store releases in one transaction, each in place of any earlier one of the same id.

        `vectors` holds a float32 vector for every hash that the batch's chunks name.
        """
        with self._db.write():
            generation = self.generation + 1
            self._set_meta("generation", str(generation))
            self._db.executemany(
                "INSERT OR IGNORE INTO vectors VALUES (?, ?)",
                [(digest, vector.astype("<f4").tobytes()) for digest, vector in vectors.items()],
            )
            for item in batch:
                self._put_release(item, vectors, run, generation)
            failpoint("records.before-commit")
        failpoint("records.after-batch")

    def _put_release(self, item: Embedded, vectors: dict[bytes, Vectors], run: int, generation: int) -> None:
        release = item.release
        old = self._remove(release.id, "changed", generation)
        mean = np.mean([vectors[digest] for _, digest in item.chunks], axis=0)
        mean = (mean / max(float(np.linalg.norm(mean)), 1e-9)).astype("<f4")
        key = self._db.execute(
            "INSERT INTO releases (id, title, date, url, member, source, metadata, content_hash, mean, generation, run,"
            " outcome) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                release.id,
                release.title,
                as_number(release.date) if release.date else None,
                release.url,
                release.member,
                release.source,
                json.dumps(release.metadata, ensure_ascii=False),
                release.content_hash(),
                mean.tobytes(),
                generation,
                run,
                "changed" if old else "new",
            ),
        ).lastrowid
        keys = [
            self._db.execute(
                "INSERT INTO paragraphs (release, position, text, section) VALUES (?, ?, ?, ?)",
                (key, paragraph.index, paragraph.text, paragraph.section),
            ).lastrowid
            for paragraph in release.paragraphs
        ]
        self._db.executemany(
            "INSERT INTO chunks (release, paragraph, vector) VALUES (?, ?, ?)",
            [(key, keys[index], digest) for index, digest in item.chunks],
        )

        self._db.executemany("INSERT INTO prints VALUES (?, ?)", [(key, one) for one in prints_of(release)])
        self._put_facets(int(key or 0), item.facets)

    def _put_facets(self, key: int, facets: Sequence[Facet]) -> None:
        self._db.execute("DELETE FROM facets WHERE release = ?", (key,))
        self._db.executemany(
            "INSERT INTO facets VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(key, f.kind, f.value, f.paragraph, f.start, f.end, f.detail) for f in facets],
        )

    def renew_facets(self, version: str, facets_of: Callable[[Release], Sequence[Facet]]) -> int:
        """Make all releases' facets anew where another version of the rules made them. Returns of how many releases."""
        if self.meta("facets") == version:
            return 0
        keys = self.written_since(0)
        with self._db.write():
            for key in keys:
                release = self._release("key", key)
                if release:
                    self._put_facets(key, facets_of(release))
            self._set_meta("facets", version)
        return len(keys)

    def facets(self, release_id: str) -> list[Facet]:
        """What a release holds, in the order in which it stands there."""
        rows = self._db.execute(
            "SELECT kind, value, f.paragraph, start, ends, detail FROM facets f JOIN releases r ON r.key = f.release "
            "WHERE r.id = ? ORDER BY f.paragraph, start, kind, value",
            (release_id,),
        )
        return [Facet(*row) for row in rows]

    def alike(self, release: Release) -> str | None:
        """The id of a release that says the same (`vectorstore/alike.py`), or None."""
        prints = prints_of(release)
        marks = ",".join("?" * len(prints))
        rows = self._db.execute(
            f"SELECT r.id, r.key FROM prints p JOIN releases r ON r.key = p.release WHERE p.print IN ({marks}) "
            "AND r.id != ? GROUP BY r.key ORDER BY count(*) DESC LIMIT 5",
            [*prints, release.id],
        ).fetchall()
        for other, key in rows:
            theirs = {row[0] for row in self._db.execute("SELECT print FROM prints WHERE release = ?", (key,))}
            if alike(prints, theirs):
                return str(other)
        return None

    def _remove(self, release_id: str, why: str, generation: int) -> bool:
        """Take a release out of what is answered from, and keep what it said. Whether there was one."""
        old = self._release("id", release_id)
        if old is None:
            return False
        (key,) = self._db.execute("SELECT key FROM releases WHERE id = ?", (release_id,)).fetchone()
        self.history.keep(old, why)
        self._db.execute("DELETE FROM releases WHERE key = ?", (key,))
        self._db.execute("INSERT INTO removed VALUES (?, ?)", (key, generation))
        failpoint("records.old-removed")
        return True

    def withdraw(self, release_ids: Sequence[str]) -> list[str]:
        """Take releases out of what is answered from, in one transaction. Returns the ids that were there."""
        with self._db.write():
            generation = self.generation + 1
            gone = [one for one in release_ids if self._remove(one, "withdrawn", generation)]
            if gone:
                self._set_meta("generation", str(generation))
                drop_lost_vectors(self._db)
        return gone

    # --- releases out

    def releases(self, keys: Sequence[int]) -> dict[int, Release]:
        """Whole releases by key; a key that is gone is left out."""
        return {key: release for key in keys if (release := self._release("key", key)) is not None}

    def release(self, release_id: str) -> Release | None:
        """The release with this id, or None."""
        return self._release("id", release_id)

    def _release(self, column: str, value: int | str) -> Release | None:
        row = self._db.execute(
            f"SELECT key, id, title, date, url, member, source, metadata FROM releases WHERE {column} = ?", (value,)
        ).fetchone()
        if row is None:
            return None
        paragraphs = self._db.execute(
            "SELECT position, text, section FROM paragraphs WHERE release = ? ORDER BY position", (row[0],)
        ).fetchall()
        return Release(
            id=row[1],
            title=row[2],
            paragraphs=tuple(Paragraph(*paragraph) for paragraph in paragraphs),
            date=datetime.datetime.strptime(str(row[3]), "%Y%m%d").date() if row[3] else None,
            url=row[4],
            member=row[5],
            source=row[6],
            metadata=tuple((name, value) for name, value in json.loads(row[7])),
        )

    def newest(self, limit: int) -> list[int]:
        """Keys of the newest releases; undated ones come last."""
        rows = self._db.execute("SELECT key FROM releases ORDER BY date DESC NULLS LAST, key DESC LIMIT ?", (limit,))
        return [row[0] for row in rows]

    def means(self) -> tuple[Keys, Vectors, Keys]:
        """Of all releases, in key order: keys (n,), mean vectors (n, dimension), dates (n,) as yyyymmdd or 0."""
        rows = self._db.execute("SELECT key, mean, coalesce(date, 0) FROM releases ORDER BY key").fetchall()
        keys, dates = (np.array([row[i] for row in rows], dtype=np.int64) for i in (0, 2))
        return keys, _matrix([row[1] for row in rows]), dates

    def chunk_rows(self, *, releases: Sequence[int] | None = None) -> ChunkRows:
        """Chunks in key order; of the given releases only, where any are given."""
        where = "" if releases is None else f"WHERE c.release IN ({','.join('?' * len(releases))}) "
        rows = self._db.execute(
            "SELECT c.key, c.release, c.paragraph, v.vector FROM chunks c JOIN vectors v ON v.hash = c.vector "
            f"{where}ORDER BY c.key",
            list(releases or ()),
        ).fetchall()
        keys, owners, paragraphs = (np.array([row[i] for row in rows], dtype=np.int64) for i in range(3))
        return ChunkRows(keys, owners, paragraphs, _matrix([row[3] for row in rows]))

    def paragraph_positions(self, releases: Sequence[int]) -> dict[int, tuple[int, int]]:
        """Paragraph key → (release key, index in the release), for the given releases."""
        marks = ",".join("?" * len(releases))
        rows = self._db.execute(
            f"SELECT key, release, position FROM paragraphs WHERE release IN ({marks})", list(releases)
        )
        return {row[0]: (row[1], row[2]) for row in rows}

    def dates(self, releases: Sequence[int]) -> dict[int, int]:
        """Release key → date as yyyymmdd, 0 where it is not known."""
        marks = ",".join("?" * len(releases))
        return dict(
            self._db.execute(f"SELECT key, coalesce(date, 0) FROM releases WHERE key IN ({marks})", list(releases))
        )

    def texts(self, paragraphs: Sequence[int]) -> list[str]:
        """The texts of paragraphs, by their keys; a key that is gone is left out."""
        marks = ",".join("?" * len(paragraphs))
        rows = self._db.execute(f"SELECT text FROM paragraphs WHERE key IN ({marks})", list(paragraphs))
        return [row[0] for row in rows]

    # --- what an index has to catch up with

    def written_since(self, generation: int) -> list[int]:
        """Keys of releases stored after `generation`, oldest first."""
        rows = self._db.execute("SELECT key FROM releases WHERE generation > ? ORDER BY key", (generation,))
        return [row[0] for row in rows]

    def removed_since(self, generation: int) -> list[int]:
        """Keys of releases removed after `generation`."""
        rows = self._db.execute("SELECT release FROM removed WHERE generation > ?", (generation,))
        return [row[0] for row in rows]

    def sample_vectors(self, *, up_to: int, count: int) -> Vectors:
        """Up to `count` stored vectors, evenly spread over the releases stored by generation `up_to`."""
        keys = [
            row[0] for row in self._db.execute("SELECT key FROM releases WHERE generation <= ? ORDER BY key", (up_to,))
        ]
        rows = self.chunk_rows(releases=keys[:: max(1, len(keys) // count)][:count])
        return rows.vectors[np.unique(rows.releases, return_index=True)[1]] if len(rows.keys) else rows.vectors


def _matrix(blobs: Sequence[bytes]) -> Vectors:
    if not blobs:
        return np.empty((0, 0), dtype=np.float32)
    return np.frombuffer(b"".join(blobs), dtype="<f4").reshape(len(blobs), -1)
