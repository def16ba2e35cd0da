/** Whether one value says all that another says; what it says besides, and in which order, does not matter. */
export function covers(value: unknown, said: unknown): boolean {
  if (said === null || said === undefined) return true
  if (Array.isArray(said))
    return Array.isArray(value) && value.length === said.length && said.every((one, index) => covers(value[index], one))
  if (typeof said !== 'object') return value === said
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(said).every(([name, one]) => covers((value as Readonly<Record<string, unknown>>)[name], one))
}
