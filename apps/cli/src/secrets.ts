/** Secrets that have to outlive the process: made once, readable by this user only. */
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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
