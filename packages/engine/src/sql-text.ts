/** The text of a statement that depends on a number only: put together once, because a new text is hashed and looked up anew. */
export function textFor(make: (count: number) => string): (count: number) => string {
  const made: string[] = []
  return (count) => {
    const text = made[count] ?? make(count)
    made[count] = text
    return text
  }
}

/** `$3, $4, $5` for three places from the third on. */
export const placesFrom = (first: number, count: number): string =>
  Array.from({ length: count }, (_, index) => `$${first + index}`).join(', ')
