/** Chance from one seed: the same number gives the same world, bit for bit. */

export interface Chance {
  /** 0 <= x < 1. */
  readonly random: () => number
  /** Lower-case UUID v4. */
  readonly ids: () => string
  /** 256 bits in the Base64url alphabet. */
  readonly randomToken: () => string
}

/** mulberry32: 32 bits of state are plenty for a world and replay everywhere. */
export function chance(seed: number): Chance {
  let state = seed >>> 0
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const bytes = (count: number) => {
    const drawn = Buffer.allocUnsafe(count)
    for (let at = 0; at < count; at++) drawn[at] = Math.floor(random() * 256)
    return drawn
  }
  return {
    random,
    ids: () => {
      const raw = bytes(16)
      raw[6] = ((raw[6] ?? 0) & 0x0f) | 0x40
      raw[8] = ((raw[8] ?? 0) & 0x3f) | 0x80
      const hex = raw.toString('hex')
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
    },
    randomToken: () => bytes(32).toString('base64url'),
  }
}
