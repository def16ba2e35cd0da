/** One folder for everything a test run writes aside, gone when the run ends. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

let folder: string | undefined

/** Before the workers start: they inherit the environment, and os.tmpdir() reads it. */
export function setup(): void {
  folder = mkdtempSync(join(tmpdir(), 'plugtill-test-'))
  // Who runs the tests as root starts PostgreSQL as somebody else, who has to get to its folder in here.
  chmodSync(folder, 0o711)
  process.env['TMPDIR'] = folder
}

export function teardown(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
}
