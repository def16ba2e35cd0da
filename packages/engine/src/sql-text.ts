/**
 * The text of a statement that depends on little, such as how many rows it has: put together once, because a new text is hashed
 * and looked up anew.
 */
export function textFor<On extends number | string = number>(make: (on: On) => string): (on: On) => string {
  const made = new Map<On, string>()
  return (on) => {
    const text = made.get(on) ?? make(on)
    made.set(on, text)
    return text
  }
}

/** `$3, $4, $5` for three places from the third on. */
export const placesFrom = (first: number, count: number): string =>
  Array.from({ length: count }, (_, index) => `$${first + index}`).join(', ')
