-- Since this format, document.before is a list: each state with its fact and the documents that this fact changed, the
-- latest first. Documents of older books are worked out again from the chain.

-- A reconciliation that was taken back is found by its kind, as the reconciliation is.
DROP INDEX fact_record;
CREATE INDEX fact_record ON fact (kind, number)
WHERE kind IN ('budget', 'hours', 'note', 'rate', 'receipt', 'receipt-waived', 'allocated', 'revalued', 'designated',
               'released', 'consented', 'disclosure-rules', 'copy-given', 'reconciled', 'reconciliation-undone');
