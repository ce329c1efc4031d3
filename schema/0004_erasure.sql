-- The books, version 4: texts can be erased and nothing else, and the backups that were made are known.

-- A text is written with its record, and is erased when the last fact says so, by its place and name: [108,"name"]. It
-- is never changed. Like the other triggers, these are a seat belt for whoever opens the file with another program.
CREATE TRIGGER text_append BEFORE INSERT ON text
WHEN EXISTS (SELECT 1 FROM text WHERE seq = NEW.seq AND field = NEW.field)
BEGIN SELECT RAISE(FAIL, 'texts are not changed: this one is there'); END;
CREATE TRIGGER text_update BEFORE UPDATE ON text
BEGIN SELECT RAISE(FAIL, 'texts are not changed: erase them with `bursar party forget`'); END;
CREATE TRIGGER text_delete BEFORE DELETE ON text
WHEN NOT EXISTS (SELECT 1 FROM fact WHERE number = (SELECT max(number) FROM fact) AND kind = 'forgotten'
                 AND instr(body, '[' || OLD.seq || ',"' || OLD.field || '"]') > 0)
BEGIN SELECT RAISE(FAIL, 'texts are only erased with `bursar party forget`'); END;

-- Copies that `bursar backup` has made: they still hold what is erased later. Beside the chain; nothing depends on it.
CREATE TABLE backup (
    path    TEXT    PRIMARY KEY,
    made_at TEXT    NOT NULL,                    -- UTC
    seq     INTEGER NOT NULL,                    -- head of the copy
    hash    BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT, WITHOUT ROWID;

-- Who was forgotten, and for how long vouchers are kept, is known at every start.
DROP INDEX fact_setup;
CREATE INDEX fact_setup ON fact (number)
WHERE kind IN ('book', 'chart', 'account', 'fund', 'event', 'lock', 'ticket', 'discount', 'package', 'tax', 'pool',
               'issuer', 'held', 'event-cancelled', 'allocation', 'forgotten', 'retention');
