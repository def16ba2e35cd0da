/** Small choices of this browser: language, light or dark. Where nothing may be kept, nothing is. */
const nameOf = (name: string): string => `plugtill-${name}`

export function kept(name: string): string | undefined {
  try {
    return localStorage.getItem(nameOf(name)) ?? undefined
  } catch {
    return undefined
  }
}

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(nameOf(name), value)
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}
