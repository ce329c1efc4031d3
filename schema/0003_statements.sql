-- The books, version 3: the cube gets the line of the direct cash-flow statement, so that the statement needs no scan of
-- the journal. Derived from the chain; `bursar verify` recomputes it.

DROP TABLE balance_day;
DROP TABLE balance_month;

CREATE TABLE balance_day (
    day        INTEGER NOT NULL,
    coordinate INTEGER NOT NULL,
    cause      TEXT    NOT NULL,
    flow       TEXT    NOT NULL,                 -- '' is none
    debit      INTEGER NOT NULL,
    credit     INTEGER NOT NULL,
    postings   INTEGER NOT NULL,
    PRIMARY KEY (day, coordinate, cause, flow)
) STRICT, WITHOUT ROWID;

CREATE TABLE balance_month (
    month      INTEGER NOT NULL,
    coordinate INTEGER NOT NULL,
    cause      TEXT    NOT NULL,
    flow       TEXT    NOT NULL,
    debit      INTEGER NOT NULL,
    credit     INTEGER NOT NULL,
    postings   INTEGER NOT NULL,
    PRIMARY KEY (month, coordinate, cause, flow)
) STRICT, WITHOUT ROWID;

INSERT INTO balance_day (day, coordinate, cause, flow, debit, credit, postings)
SELECT posting.day, posting.coordinate, fact.kind, coalesce(posting.cash_flow, ''),
       sum(max(posting.amount, 0)), -sum(min(posting.amount, 0)), count(*)
FROM posting JOIN entry ON entry.number = posting.entry JOIN fact ON fact.number = entry.fact
GROUP BY posting.day, posting.coordinate, fact.kind, coalesce(posting.cash_flow, '');

INSERT INTO balance_month (month, coordinate, cause, flow, debit, credit, postings)
SELECT day / 100, coordinate, cause, flow, sum(debit), sum(credit), sum(postings)
FROM balance_day GROUP BY day / 100, coordinate, cause, flow;

-- Allocation rules set the books up; rates, receipts and what the board decides are found by their kind.
DROP INDEX fact_setup;
CREATE INDEX fact_setup ON fact (number)
WHERE kind IN ('book', 'chart', 'account', 'fund', 'event', 'lock', 'ticket', 'discount', 'package', 'tax', 'pool',
               'issuer', 'held', 'event-cancelled', 'allocation');
DROP INDEX fact_record;
CREATE INDEX fact_record ON fact (kind, number)
WHERE kind IN ('budget', 'hours', 'note', 'rate', 'receipt', 'receipt-waived', 'allocated', 'revalued', 'designated',
               'released', 'consented', 'disclosure-rules', 'copy-given');
