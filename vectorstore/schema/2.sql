-- What a release said before it was changed or withdrawn. Never searched.
CREATE TABLE history (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    id       TEXT NOT NULL,              -- of the release
    why      TEXT NOT NULL CHECK (why IN ('changed', 'withdrawn')),
    ended    TEXT NOT NULL,              -- when it ceased to be what is answered from
    release  TEXT NOT NULL               -- JSON, as it was
);
CREATE INDEX history_id ON history (id);

-- Paragraphs that are long enough to know a release by, whatever page it stands on: a hash of their words.
CREATE TABLE prints (
    release INTEGER NOT NULL REFERENCES releases (key) ON DELETE CASCADE,
    print   INTEGER NOT NULL
);
CREATE INDEX prints_print ON prints (print);
CREATE INDEX prints_release ON prints (release);

-- What releases hold, by which they are looked up: bills, places, people.
CREATE TABLE facets (
    release   INTEGER NOT NULL REFERENCES releases (key) ON DELETE CASCADE,
    kind      TEXT NOT NULL,
    value     TEXT NOT NULL,
    paragraph INTEGER NOT NULL,          -- its index in the release
    start     INTEGER NOT NULL,
    ends      INTEGER NOT NULL,
    detail    TEXT NOT NULL
);
CREATE INDEX facets_release ON facets (release);
CREATE INDEX facets_value ON facets (kind, value);

-- Pages of a web site that a sync watches.
CREATE TABLE pages (
    url      TEXT PRIMARY KEY,
    source   TEXT NOT NULL,              -- the name it has in sources.toml
    release  TEXT,                       -- the id of the release on it; NULL where there is none
    etag     TEXT,
    modified TEXT,                       -- Last-Modified, as the server gave it
    body     TEXT,                       -- SHA-256 of what the server sent
    hint     TEXT,                       -- what the feed or the sitemap says of its last change
    checked  TEXT NOT NULL,              -- when it was last asked for; empty where it never was
    gone     INTEGER NOT NULL DEFAULT 0, -- how many times in a row it was not there (404, 410)
    reason   TEXT                        -- why there is no release on it
);
CREATE INDEX pages_source ON pages (source, checked);
CREATE INDEX pages_release ON pages (release);

-- How many pages a source listed, so that an empty or a halved list is noticed.
CREATE TABLE sources (name TEXT PRIMARY KEY, listed INTEGER, flag TEXT, at TEXT NOT NULL);

-- What is set aside belongs to what was ingested together (the run's inputs), and stays until it is read or gone.
ALTER TABLE quarantine RENAME TO quarantine_1;
CREATE TABLE quarantine (
    inputs TEXT NOT NULL,                -- as in runs
    item   TEXT NOT NULL,
    reason TEXT NOT NULL,
    since  TEXT NOT NULL,
    PRIMARY KEY (inputs, item, reason)
) WITHOUT ROWID;
INSERT OR IGNORE INTO quarantine
    SELECT r.inputs, q.item, q.reason, r.finished FROM quarantine_1 q JOIN runs r ON r.number = q.run
    WHERE r.number = (SELECT max(number) FROM runs WHERE finished IS NOT NULL);
DROP TABLE quarantine_1;
