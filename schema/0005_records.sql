-- Reconciliations are found by their kind, as other records are.
DROP INDEX fact_record;
CREATE INDEX fact_record ON fact (kind, number)
WHERE kind IN ('budget', 'hours', 'note', 'rate', 'receipt', 'receipt-waived', 'allocated', 'revalued', 'designated',
               'released', 'consented', 'disclosure-rules', 'copy-given', 'reconciled');
