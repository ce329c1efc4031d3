-- The books, version 2: documents as they stand, what is counted over them, and balances by the kind of fact behind them.
-- All of it is derived from the chain; `bursar verify` recomputes it.

-- An order, a sponsorship, a bill, … as the facts about it add up.
CREATE TABLE document (
    kind       TEXT    NOT NULL,
    code       TEXT    NOT NULL,
    event      TEXT    NOT NULL,                 -- '' is none
    party      INTEGER NOT NULL,
    receivable INTEGER NOT NULL,                 -- owed to the organisation, minor units
    payable    INTEGER NOT NULL,                 -- owed by it, minor units
    fact       INTEGER NOT NULL,                 -- the last fact that changed it
    state      TEXT    NOT NULL,                 -- JSON
    before     TEXT,                             -- JSON before that fact; none when that fact made it
    touched    TEXT,                             -- JSON list of all documents that fact changed, when more than this
    PRIMARY KEY (kind, code)
) STRICT, WITHOUT ROWID;

CREATE INDEX document_event ON document (event, kind, code);
CREATE INDEX document_open ON document (kind, code) WHERE receivable <> 0 OR payable <> 0;

-- Counts over documents: to them what the cube is to postings.
CREATE TABLE tally (
    kind   TEXT    NOT NULL,
    event  TEXT    NOT NULL,                     -- '' is none
    key    TEXT    NOT NULL,
    count  INTEGER NOT NULL,
    amount INTEGER NOT NULL,                     -- minor units
    PRIMARY KEY (kind, event, key)
) STRICT, WITHOUT ROWID;

-- Which entries follow from a fact.
CREATE INDEX entry_fact ON entry (fact);

-- More facts set a conference up.
DROP INDEX fact_setup;
CREATE INDEX fact_setup ON fact (number)
WHERE kind IN ('book', 'chart', 'account', 'fund', 'event', 'lock', 'ticket', 'discount', 'package', 'tax', 'pool',
               'issuer', 'held', 'event-cancelled');
CREATE INDEX fact_record ON fact (number) WHERE kind IN ('budget', 'hours', 'note');

-- The cube gets one more side: the kind of fact that an amount came from (an order, a payment, a bill, …).
DROP TABLE balance_day;
DROP TABLE balance_month;

CREATE TABLE balance_day (
    day        INTEGER NOT NULL,
    coordinate INTEGER NOT NULL,
    cause      TEXT    NOT NULL,
    debit      INTEGER NOT NULL,
    credit     INTEGER NOT NULL,
    postings   INTEGER NOT NULL,
    PRIMARY KEY (day, coordinate, cause)
) STRICT, WITHOUT ROWID;

CREATE TABLE balance_month (
    month      INTEGER NOT NULL,
    coordinate INTEGER NOT NULL,
    cause      TEXT    NOT NULL,
    debit      INTEGER NOT NULL,
    credit     INTEGER NOT NULL,
    postings   INTEGER NOT NULL,
    PRIMARY KEY (month, coordinate, cause)
) STRICT, WITHOUT ROWID;

INSERT INTO balance_day (day, coordinate, cause, debit, credit, postings)
SELECT posting.day, posting.coordinate, fact.kind,
       sum(max(posting.amount, 0)), -sum(min(posting.amount, 0)), count(*)
FROM posting JOIN entry ON entry.number = posting.entry JOIN fact ON fact.number = entry.fact
GROUP BY posting.day, posting.coordinate, fact.kind;

INSERT INTO balance_month (month, coordinate, cause, debit, credit, postings)
SELECT day / 100, coordinate, cause, sum(debit), sum(credit), sum(postings)
FROM balance_day GROUP BY day / 100, coordinate, cause;
