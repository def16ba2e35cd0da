/** Files of a user: read, parsed with the limits for strangers, unwrapped. */
import { readFile } from 'node:fs/promises'
import { JsonRefused, parseJson } from '@plugtill/ocpi/parse-json'
import { isObject } from '@plugtill/ocpi/versions/codec'
import { couldNotRun } from '../exit.ts'

const MOST_BYTES = 50_000_000

export async function readText(file: string): Promise<string> {
  try {
    const text = await readFile(file, 'utf8')
    if (text.length > MOST_BYTES) throw couldNotRun(`${file} is larger than ${MOST_BYTES / 1e6} MB.`)
    // Editors of some systems begin a file with a mark that is no JSON.
    return text.replace(/^\uFEFF/, '')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT') throw couldNotRun(`${file} is not there.`)
    if (code === 'EISDIR') throw couldNotRun(`${file} is a folder; name the files in it.`)
    if (code === 'EACCES') throw couldNotRun(`${file} may not be read by you.`)
    throw error
  }
}

/** The value of a text, or why it is none. */
export function parsedOf(text: string): { readonly value: unknown } | { readonly refused: string } {
  try {
    return { value: parseJson(text) }
  } catch (error) {
    if (error instanceof JsonRefused) return { refused: error.message }
    throw error
  }
}

export interface Item {
  /** JSON pointer of the item in the file. */
  readonly path: string
  readonly value: unknown
}

/** The objects in a file: the one in it, those of a list, or those in the answer of an OCPI endpoint. */
export function itemsOf(value: unknown): { readonly items: readonly Item[]; readonly statusCode?: number } {
  const answer = isObject(value) && typeof value['status_code'] === 'number' && 'timestamp' in value
  const inner = answer ? value['data'] : value
  const at = answer ? '/data' : ''
  // The versions endpoint answers with a list that is one thing.
  const list = Array.isArray(inner) && !inner.every((one) => isObject(one) && 'version' in one && 'url' in one)
  const items =
    inner === undefined
      ? []
      : list
        ? (inner as readonly unknown[]).map((one, index) => ({ path: `${at}/${index}`, value: one }))
        : [{ path: at, value: inner }]
  return answer ? { items, statusCode: value['status_code'] as number } : { items }
}
