-- records.db: the truth. Everything else in the data directory can be built from it again.
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- One row an `ingest`; a row without `finished` is a run that was cut short and can be taken up again.
CREATE TABLE runs (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    inputs   TEXT NOT NULL,
    started  TEXT NOT NULL,
    finished TEXT
);

-- A changed release gets a new key, so that an index can tell the old text from the new.
CREATE TABLE releases (
    key          INTEGER PRIMARY KEY AUTOINCREMENT,
    id           TEXT NOT NULL UNIQUE,
    title        TEXT NOT NULL,
    date         INTEGER,                -- yyyymmdd, NULL where the source does not say
    url          TEXT,
    member       TEXT,
    source       TEXT NOT NULL,
    metadata     TEXT NOT NULL,          -- JSON [[name, value], …]
    content_hash TEXT NOT NULL,
    mean         BLOB NOT NULL,          -- float32, the unit mean of its chunks' vectors
    generation   INTEGER NOT NULL,       -- of the write that stored it
    run          INTEGER NOT NULL REFERENCES runs (number),
    outcome      TEXT NOT NULL CHECK (outcome IN ('new', 'changed'))
);
CREATE INDEX releases_generation ON releases (generation);

CREATE TABLE paragraphs (
    key      INTEGER PRIMARY KEY AUTOINCREMENT,
    release  INTEGER NOT NULL REFERENCES releases (key) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    text     TEXT NOT NULL,
    section  TEXT,
    UNIQUE (release, position)
);

-- What was embedded: a paragraph, or the pieces of one that is too long for the model.
CREATE TABLE chunks (
    key       INTEGER PRIMARY KEY AUTOINCREMENT,
    release   INTEGER NOT NULL REFERENCES releases (key) ON DELETE CASCADE,
    paragraph INTEGER NOT NULL REFERENCES paragraphs (key) ON DELETE CASCADE,
    vector    BLOB NOT NULL REFERENCES vectors (hash)
);
CREATE INDEX chunks_release ON chunks (release);
CREATE INDEX chunks_paragraph ON chunks (paragraph);
CREATE INDEX chunks_vector ON chunks (vector);

-- Embed a text once: keyed by the SHA-256 of the text that was embedded.
CREATE TABLE vectors (hash BLOB PRIMARY KEY, vector BLOB NOT NULL);

-- Releases that are gone, for the indexes to drop; `generation` is of the write that removed them.
CREATE TABLE removed (release INTEGER PRIMARY KEY, generation INTEGER NOT NULL);
CREATE INDEX removed_generation ON removed (generation);

CREATE TABLE quarantine (
    run    INTEGER NOT NULL REFERENCES runs (number),
    item   TEXT NOT NULL,
    reason TEXT NOT NULL
);
