-- Each line of the log names the hash of the entity as it left it, and a hash over itself and the line before. The row keeps
-- the last one, so that the next line needs no look at the one before; 'none': nothing that was written so far has any.
-- First the table that a decision writes first: whoever still decides is waited for, and never waits for this.
ALTER TABLE entity ADD COLUMN chain_hash text NOT NULL DEFAULT '';
ALTER TABLE event ADD COLUMN after_hash text NOT NULL DEFAULT '';
ALTER TABLE event ADD COLUMN chain_hash text NOT NULL DEFAULT '';
UPDATE entity SET chain_hash = 'none';
