/**
 * Chance by name: the same seed and the same words give the same number, whatever else was drawn before. Take one fault
 * out of a storm and all others still strike where they struck: that is what makes a trace shrink.
 */
import { type Chance, chance } from '../seed.ts'

export interface Dice {
  /** 0 <= x < 1. Words in several pieces are the same words. */
  readonly of: (...words: readonly string[]) => number
  readonly pick: <T>(from: readonly [T, ...T[]], words: string) => T
  /** A chance of its own for whoever draws many numbers in a row. */
  readonly stream: (words: string) => Chance
}

/** FNV-1a, then mixed until every bit of the words counts in every bit of the number. */
function hash(seed: number, words: readonly string[]): number {
  let mixed = (0x811c9dc5 ^ seed) >>> 0
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    for (let at = 0; at < word.length; at++) mixed = Math.imul(mixed ^ word.charCodeAt(at), 0x01000193)
  }
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

export function dice(seed: number): Dice {
  const of = (...words: readonly string[]) => hash(seed, words) / 4294967296
  return {
    of,
    pick: (from, words) => from[Math.floor(of(words) * from.length)] ?? from[0],
    stream: (words) => chance(hash(seed, [words])),
  }
}
