/** How long to wait before a partner is asked again: 1 s doubling up to 1 h, with jitter so that retries spread. */
export function backOff(attempt: number, random: () => number): number {
  const longest = Math.min(3_600_000, 1000 * 2 ** Math.min(attempt - 1, 12))
  return Math.round(longest / 2 + (random() * longest) / 2)
}

/** The request surely did not arrive: sending it again cannot double it. */
export function isUnreachable(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'PEER_UNREACHABLE'
}
