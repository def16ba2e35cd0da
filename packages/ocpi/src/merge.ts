/** How a PATCH changes an object. */

export interface MergeRules {
  /** Lists to which a PATCH appends. (sessions › PATCH; C-503) */
  readonly append?: readonly string[]
  /** Lists that null empties. (E-07) */
  readonly nullEmpties?: readonly string[]
}

/** Charging periods of a Session are appended; replacing them needs a PUT. (sessions › PATCH; C-503) */
export const SESSION_MERGE: MergeRules = { append: ['charging_periods'] }

/** Assignments of a Terminal are replaced, null takes all away. (payments › PATCH; E-07) */
export const TERMINAL_MERGE: MergeRules = { nullEmpties: ['location_ids', 'evse_uids'] }

type JsonObject = Readonly<Record<string, unknown>>

/**
 * The object after a PATCH. The text speaks of "fields" of the object that are given or left out, so a given
 * field replaces the old one as a whole, nested objects and lists included; what is not given stays, unknown
 * fields too. Null means the same as absent and a PATCH cannot take anything away. (transport and format › PATCH;
 * locations › PATCH)
 */
export function merge<T extends object>(current: T, change: object, rules: MergeRules = {}): T {
  const before = current as JsonObject
  // Entries instead of assignment: a field called __proto__ must stay a field.
  const fields = new Map(Object.entries(before))
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined) continue
    if (value === null) {
      if (rules.nullEmpties?.includes(name)) fields.set(name, [])
    } else if (rules.append?.includes(name)) {
      fields.set(name, [...listOf(fields.get(name)), ...listOf(value)])
    } else {
      fields.set(name, value)
    }
  }
  return Object.fromEntries(fields) as T
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
