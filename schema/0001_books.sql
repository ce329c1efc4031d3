-- The books, version 1.
--
-- Append-only: triggers refuse UPDATE, DELETE and REPLACE of facts, entries, postings and coordinates, whatever the
-- connection's settings. They are a seat belt for whoever opens the file with another program; the rules themselves are
-- in src/books. They FAIL rather than ABORT, and foreign keys are checked at commit: either of the others would cost
-- SQLite a journal for every single statement of an import.
--
-- Amounts are whole minor units (cents), debit positive. Days are numbers yyyymmdd, months yyyymm.

CREATE TABLE fact (
    number      INTEGER PRIMARY KEY,          -- from 1 without gaps
    seq         INTEGER NOT NULL,             -- place in the chain, shared with entries, from 1 without gaps
    recorded_at TEXT    NOT NULL,             -- UTC
    kind        TEXT    NOT NULL,
    rule        INTEGER NOT NULL,             -- version of the posting rule
    actor       BLOB    CHECK (length(actor) = 32),
    body        TEXT    NOT NULL CHECK (json_valid(body)),
    hash        BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- What a command needs before it can do anything: read at every start.
CREATE INDEX fact_setup ON fact (number) WHERE kind IN ('book', 'chart', 'account', 'fund', 'event', 'lock');
CREATE INDEX fact_lock ON fact (number) WHERE kind = 'lock';

CREATE TABLE entry (
    number      INTEGER PRIMARY KEY,          -- from 1 without gaps
    seq         INTEGER NOT NULL,
    fact        INTEGER NOT NULL REFERENCES fact (number) DEFERRABLE INITIALLY DEFERRED,
    recorded_at TEXT    NOT NULL,             -- UTC
    date        INTEGER NOT NULL CHECK (date BETWEEN 19000101 AND 29991231),
    reference   TEXT    CHECK (length(reference) > 0),
    reverses    INTEGER CHECK (reverses < number),
    description BLOB    CHECK (length(description) = 32),  -- SHA-256(salt || text); the text is in table text
    lines       INTEGER NOT NULL CHECK (lines >= 2),
    hash        BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE UNIQUE INDEX entry_reference ON entry (reference) WHERE reference IS NOT NULL;
CREATE UNIQUE INDEX entry_reverses ON entry (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX entry_date ON entry (date);

-- Account and dimensions of a posting. '' is none, so that UNIQUE holds.
CREATE TABLE coordinate (
    number   INTEGER PRIMARY KEY,
    account  INTEGER NOT NULL,                -- number of an account: facts of kind 'account', field number
    event    TEXT NOT NULL,
    fund     TEXT NOT NULL,
    function TEXT NOT NULL,
    activity TEXT NOT NULL,
    tax_code TEXT NOT NULL,
    UNIQUE (account, event, fund, function, activity, tax_code),
    UNIQUE (number, account)
) STRICT;

CREATE TABLE party (
    number  INTEGER PRIMARY KEY,
    kind    TEXT    NOT NULL,
    holding INTEGER,
    seq     INTEGER NOT NULL                  -- place in the chain of the fact that last described it
) STRICT;

CREATE INDEX party_seq ON party (seq);

CREATE TABLE posting (
    entry             INTEGER NOT NULL REFERENCES entry (number) DEFERRABLE INITIALLY DEFERRED,
    line              INTEGER NOT NULL CHECK (line > 0),
    account           INTEGER NOT NULL,
    amount            INTEGER NOT NULL,       -- minor units, debit positive
    coordinate        INTEGER NOT NULL,
    day               INTEGER NOT NULL,       -- the entry's date
    party             INTEGER,
    cash_flow         TEXT,
    original_amount   INTEGER,                -- minor units of original_currency
    original_currency TEXT,
    rate              TEXT,
    memo              BLOB,                   -- 32 bytes; a CHECK that calls a function would cost a statement journal
    PRIMARY KEY (entry, line),
    CHECK ((original_amount IS NULL) = (original_currency IS NULL) AND (original_amount IS NULL) = (rate IS NULL)),
    FOREIGN KEY (coordinate, account) REFERENCES coordinate (number, account) DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;

-- From a cell of the cube to its parties, and to its postings in the order of days.
CREATE INDEX posting_cell ON posting (coordinate, day, party);
CREATE INDEX posting_party ON posting (party) WHERE party IS NOT NULL;

-- Free text and personal data: beside the chain, so that it can be erased. The chain holds SHA-256(salt || body).
CREATE TABLE text (
    seq   INTEGER NOT NULL,                   -- the record it belongs to
    field TEXT    NOT NULL,
    salt  BLOB    NOT NULL CHECK (length(salt) = 16),
    body  TEXT    NOT NULL,
    PRIMARY KEY (seq, field)
) STRICT, WITHOUT ROWID;

CREATE INDEX text_name ON text (body) WHERE field = 'name';

-- What an imported row without a reference of its own looked like, so that it is not imported twice. Erasable.
CREATE TABLE identity (
    content BLOB    PRIMARY KEY CHECK (length(content) = 16),
    entry   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The cube: balances kept with every entry. Derived; `bursar verify` recomputes it.
CREATE TABLE balance_day (
    day        INTEGER NOT NULL,
    coordinate INTEGER NOT NULL,
    debit      INTEGER NOT NULL,
    credit     INTEGER NOT NULL,
    postings   INTEGER NOT NULL,
    PRIMARY KEY (day, coordinate)
) STRICT, WITHOUT ROWID;

CREATE TABLE balance_month (
    month      INTEGER NOT NULL,
    coordinate INTEGER NOT NULL,
    debit      INTEGER NOT NULL,
    credit     INTEGER NOT NULL,
    postings   INTEGER NOT NULL,
    PRIMARY KEY (month, coordinate)
) STRICT, WITHOUT ROWID;

-- A number that is not the next one is either taken (REPLACE) or leaves a gap; both are refused.
CREATE TRIGGER fact_append BEFORE INSERT ON fact
WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM fact)
  OR NEW.seq IS NOT 1 + max(coalesce((SELECT seq FROM fact ORDER BY number DESC LIMIT 1), 0),
                            coalesce((SELECT seq FROM entry ORDER BY number DESC LIMIT 1), 0))
BEGIN SELECT RAISE(FAIL, 'facts are append-only: the number is taken or leaves a gap'); END;
CREATE TRIGGER fact_update BEFORE UPDATE ON fact
BEGIN SELECT RAISE(FAIL, 'facts are append-only: record a new fact instead'); END;
CREATE TRIGGER fact_delete BEFORE DELETE ON fact
BEGIN SELECT RAISE(FAIL, 'facts are append-only: record a new fact instead'); END;

-- One trigger, because SQLite runs several in no certain order. REPLACE takes away the row that is in the way of any
-- unique index, and runs no delete trigger for it; so reference and reversal are looked at here as well.
CREATE TRIGGER entry_append BEFORE INSERT ON entry
BEGIN
    SELECT RAISE(FAIL, 'entries are append-only: the number is taken or leaves a gap')
    WHERE NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM entry)
       OR NEW.seq IS NOT 1 + max(coalesce((SELECT seq FROM fact ORDER BY number DESC LIMIT 1), 0),
                                 coalesce((SELECT seq FROM entry ORDER BY number DESC LIMIT 1), 0));
    SELECT RAISE(FAIL, 'the period is locked: date the entry after the lock')
    WHERE NEW.date <= (SELECT json_extract(body, '$.lock.through') FROM fact WHERE kind = 'lock'
                       ORDER BY number DESC LIMIT 1);
    SELECT RAISE(FAIL, 'entries are append-only: the reference is taken')
    WHERE EXISTS (SELECT 1 FROM entry WHERE reference = NEW.reference);
    SELECT RAISE(FAIL, 'entries are append-only: the entry has been reversed already')
    WHERE EXISTS (SELECT 1 FROM entry WHERE reverses = NEW.reverses);
    SELECT RAISE(FAIL, 'an entry seals its postings: there are more or fewer than it says')
    WHERE NEW.lines IS NOT (SELECT count(*) FROM posting WHERE entry = NEW.number);
END;
CREATE TRIGGER entry_update BEFORE UPDATE ON entry
BEGIN SELECT RAISE(FAIL, 'entries are append-only: reverse it with `bursar entry reverse`'); END;
CREATE TRIGGER entry_delete BEFORE DELETE ON entry
BEGIN SELECT RAISE(FAIL, 'entries are append-only: reverse it with `bursar entry reverse`'); END;

-- Postings go in before their entry; the entry seals them.
CREATE TRIGGER posting_append BEFORE INSERT ON posting
WHEN NEW.entry <= (SELECT max(number) FROM entry)
BEGIN SELECT RAISE(FAIL, 'postings are append-only: the entry is sealed; reverse it with `bursar entry reverse`'); END;
CREATE TRIGGER posting_update BEFORE UPDATE ON posting
BEGIN SELECT RAISE(FAIL, 'postings are append-only: reverse the entry with `bursar entry reverse`'); END;
CREATE TRIGGER posting_delete BEFORE DELETE ON posting
BEGIN SELECT RAISE(FAIL, 'postings are append-only: reverse the entry with `bursar entry reverse`'); END;

CREATE TRIGGER coordinate_append BEFORE INSERT ON coordinate
WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM coordinate)
  OR EXISTS (SELECT 1 FROM coordinate WHERE account = NEW.account AND event = NEW.event AND fund = NEW.fund
             AND function = NEW.function AND activity = NEW.activity AND tax_code = NEW.tax_code)
BEGIN SELECT RAISE(FAIL, 'coordinates are append-only'); END;
CREATE TRIGGER coordinate_update BEFORE UPDATE ON coordinate
BEGIN SELECT RAISE(FAIL, 'coordinates are append-only'); END;
CREATE TRIGGER coordinate_delete BEFORE DELETE ON coordinate
BEGIN SELECT RAISE(FAIL, 'coordinates are append-only'); END;
