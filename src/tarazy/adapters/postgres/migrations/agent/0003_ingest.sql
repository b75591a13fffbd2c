-- Storage settings for the ingest of entries (docs/decisions/0009-set-based-ingest.md). Nothing else changes.

-- Every batch rewrites the rows of the accounts it touches, and no index but the key's is on that table. With room left
-- on each page the new version stays there, no index is written, and the next reader of the page clears the old one.
ALTER TABLE accounts SET (fillfactor = 70);
