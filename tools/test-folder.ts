/** One folder for everything a test run writes aside, gone when the run ends. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

let folder: string | undefined

/** Before the workers start: they inherit the environment, and os.tmpdir() reads it. */
export function setup(): void {
  folder = mkdtempSync(join(tmpdir(), 'plugtill-test-'))
  process.env['TMPDIR'] = folder
}

export function teardown(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
}
