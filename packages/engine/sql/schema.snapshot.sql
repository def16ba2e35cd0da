-- Tables, columns and indexes after all migrations, on both databases.
document index document_age
document index document_key
document index document_order
document.body
document.created_seq
document.hash
document.key
document.last_updated
document.revision
document.shelf
document.updated_at
document.updated_ms
effect index effect_due
effect index effect_leased
effect index effect_next
effect index effect_of_entity
effect index effect_open_key
effect index effect_parked
effect.attempts
effect.body
effect.closed_at
effect.created_at
effect.due_at
effect.id
effect.key
effect.kind
effect.lane
effect.last_error
effect.lease_owner
effect.lease_until
effect.name
effect.seq
effect.status
entity index entity_by_age
entity index entity_by_state
entity.body
entity.chain_hash
entity.created_at
entity.id
entity.kind
entity.state
entity.updated_at
entity.version
entity_key.id
entity_key.key
entity_key.kind
entity_word.id
entity_word.kind
entity_word.word
event.after_hash
event.at
event.body
event.chain_hash
event.from_state
event.id
event.kind
event.reason
event.seq
event.to_state
event.type
event.verdict
inbox.answer
inbox.at
inbox.hash
inbox.key
inbox.source
journal index journal_kind
journal index journal_of
journal.at
journal.body
journal.kind
journal.reference
journal.seq
migration.at
migration.hash
migration.name
migration.number
setting.key
setting.value
