-- Each line of the log names the hash of the entity as it left it, and a hash over itself and the line before.
ALTER TABLE event ADD COLUMN after_hash text NOT NULL DEFAULT '';
ALTER TABLE event ADD COLUMN chain_hash text NOT NULL DEFAULT '';
-- The last one of its log, so that the next line needs no look at the one before.
ALTER TABLE entity ADD COLUMN chain_hash text NOT NULL DEFAULT '';
