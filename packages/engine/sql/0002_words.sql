-- Words by which an operator finds an entity: beginnings of ids, amounts, the last digits of a card. Not unique.
CREATE TABLE entity_word (
  kind {{text}} NOT NULL,
  word {{text}} NOT NULL,
  id {{text}} NOT NULL,
  PRIMARY KEY (kind, word, id)
);
