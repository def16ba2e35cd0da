/** Starts the auditor as a process of its own, and takes its word. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import type { Audited } from './audit-main.ts'

const PROGRAM = join(import.meta.dirname, 'audit-main.ts')
const MOST_BYTES = 256 * 1024 * 1024

export interface Word extends Audited {
  readonly findings: readonly string[]
}

/** Without `database` the folder is audited as it was kept. */
export async function auditorSays(folder: string, database?: string): Promise<Word> {
  const more = database === undefined ? [] : ['--database', database]
  const args = ['--disable-warning=ExperimentalWarning', PROGRAM, folder, ...more]
  const { code, stdout, stderr } = await new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, args, { maxBuffer: MOST_BYTES }, (error, out, err) =>
      resolve({ code: error === null ? 0 : error.code, stdout: out, stderr: err }),
    )
  })
  if (code !== 0 && code !== 1) throw new Error(`The auditor did not audit (${String(code)}): ${stderr}`)
  const lines = stdout.trimEnd().split('\n')
  const audited = JSON.parse(lines.at(-1) ?? '') as Audited
  const findings = lines.slice(0, -1)
  // Its status, its lines and what it says about them are one word, or none.
  if (findings.length !== audited.differences || (code === 0) !== (audited.differences === 0))
    throw new Error(
      `The auditor contradicts itself: status ${code}, ${audited.differences} said, ${findings.length} told.`,
    )
  return { ...audited, findings }
}
