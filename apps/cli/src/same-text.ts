import { createHash, timingSafeEqual } from 'node:crypto'

const digest = (text: string) => createHash('sha256').update(text).digest()

/** Digests are compared: equal length, and the same time whatever was sent. (T06) */
export const sameText = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))
