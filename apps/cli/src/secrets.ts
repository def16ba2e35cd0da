/** Secrets that have to outlive the process: made once, readable by this user only. */
import { createHmac, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { settings } from '@plugtill/engine/settings'
import type { Store } from '@plugtill/engine/store'
import { couldNotRun } from './exit.ts'

/** 256 random bits in the Base64url alphabet. */
export const randomToken = (): string => randomBytes(32).toString('base64url')

export function keptSecret(folder: string, name: string): string {
  const file = join(folder, name)
  try {
    // 'wx': of two processes one makes it and the other reads it.
    writeFileSync(file, `${randomToken()}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'EEXIST') throw couldNotRun(`The secret ${file} cannot be written: ${message}`)
  }
  const secret = readFileSync(file, 'utf8').trim()
  if (/^[\w-]{32,}$/.test(secret)) return secret
  throw couldNotRun(
    `The secret ${file} is damaged. Restore it from a backup; without payments under way it may be deleted.`,
  )
}

const KNOWN = 'key-secret-known'

/**
 * Two nodes with different secrets would ask the provider for the same money under two keys, and it would move twice: a
 * database remembers which secret it was begun with, by a value that does not tell it.
 */
export async function refuseOtherSecret(store: Store, secret: string): Promise<void> {
  const mark = createHmac('sha256', secret).update('plugtill key secret').digest('hex')
  const kept = settings(store)
  const known = await kept.get(KNOWN)
  if (known === mark) return
  if (known === undefined) return kept.put(KNOWN, mark)
  throw couldNotRun(
    'This database was begun with another key secret. Give every node the same PLUGTILL_KEY_SECRET, or restore the file key-secret from the backup (docs/guides/production.md).',
  )
}
