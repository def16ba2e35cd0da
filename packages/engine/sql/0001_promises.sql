-- State tables: where every entity stands, under which names it is found, and how it came there.
CREATE TABLE entity (
  kind {{text}} NOT NULL,
  id {{text}} NOT NULL,
  version bigint NOT NULL,
  state {{text}} NOT NULL,
  body text NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  PRIMARY KEY (kind, id)
);
CREATE INDEX entity_by_age ON entity (kind, created_at, id);
CREATE INDEX entity_by_state ON entity (kind, state, created_at, id);

CREATE TABLE entity_key (
  kind {{text}} NOT NULL,
  key {{text}} NOT NULL,
  id {{text}} NOT NULL,
  PRIMARY KEY (kind, key)
);

-- Append-only; seq 0 holds the entity as first stored, so that state = fold(events).
CREATE TABLE event (
  kind {{text}} NOT NULL,
  id {{text}} NOT NULL,
  seq bigint NOT NULL,
  at bigint NOT NULL,
  type {{text}} NOT NULL,
  from_state {{text}} NOT NULL,
  to_state {{text}} NOT NULL,
  verdict {{text}} NOT NULL CHECK (verdict IN ('created', 'moved', 'ignored', 'refused')),
  reason text,
  body text NOT NULL,
  PRIMARY KEY (kind, id, seq)
);

-- Orders that were committed with the decision and run after it. A lease says which node runs one now.
CREATE TABLE effect (
  seq {{identity}},
  lane {{text}} NOT NULL,
  kind {{text}} NOT NULL,
  id {{text}} NOT NULL,
  name {{text}} NOT NULL,
  key {{text}} NOT NULL,
  body text NOT NULL,
  due_at bigint NOT NULL,
  attempts bigint NOT NULL DEFAULT 0,
  status {{text}} NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'done', 'parked', 'dropped')),
  lease_owner {{text}},
  lease_until bigint NOT NULL DEFAULT 0,
  last_error text,
  created_at bigint NOT NULL,
  closed_at bigint
);
CREATE UNIQUE INDEX effect_open_key ON effect (kind, id, key) WHERE status = 'pending';
CREATE INDEX effect_of_entity ON effect (kind, id, lane, seq) WHERE status = 'pending';
CREATE INDEX effect_due ON effect (lane, due_at, seq) WHERE status = 'pending';
CREATE INDEX effect_next ON effect (due_at) WHERE status = 'pending';
CREATE INDEX effect_parked ON effect (seq) WHERE status = 'parked';
CREATE INDEX effect_leased ON effect (lease_owner) WHERE status = 'pending' AND lease_owner IS NOT NULL;

-- Which deliveries were seen, and what was answered.
CREATE TABLE inbox (
  source {{text}} NOT NULL,
  key {{text}} NOT NULL,
  hash {{text}} NOT NULL,
  answer text,
  at bigint NOT NULL,
  PRIMARY KEY (source, key)
);

-- Objects kept as JSON text. updated_ms is last_updated as an instant, for date filters.
CREATE TABLE document (
  created_seq {{identity}},
  shelf {{text}} NOT NULL,
  key {{text}} NOT NULL,
  body text NOT NULL,
  last_updated {{text}} NOT NULL,
  updated_ms bigint NOT NULL,
  revision bigint NOT NULL,
  hash {{text}} NOT NULL,
  updated_at bigint NOT NULL
);
CREATE UNIQUE INDEX document_key ON document (shelf, key);
CREATE INDEX document_order ON document (shelf, created_seq);
CREATE INDEX document_age ON document (shelf, updated_ms);

CREATE TABLE journal (
  seq {{identity}},
  at bigint NOT NULL,
  reference {{text}} NOT NULL,
  kind {{text}} NOT NULL,
  body text NOT NULL
);
CREATE INDEX journal_of ON journal (reference, seq);
CREATE INDEX journal_kind ON journal (kind, seq);

CREATE TABLE setting (
  key {{text}} PRIMARY KEY,
  value text NOT NULL
);
