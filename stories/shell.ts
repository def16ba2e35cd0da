/** `npx plugtill …` as a user's shell runs it. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from './started.ts'

export interface Ran {
  readonly status: number | null
  readonly out: string
  readonly err: string
  /** One JSON document. */
  readonly json: <T>() => T
  /** JSON lines. */
  readonly lines: <T>() => readonly T[]
}

export function plugtill(
  args: readonly string[],
  options: { readonly api?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Ran> {
  const all = [join(root, 'apps/cli/bin/plugtill.mjs'), ...args, ...(options.api ? ['--api', options.api] : [])]
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, all, {
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [out, err] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      out += chunk
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      err += chunk
    })
    child.once('error', reject)
    child.once('close', (status) =>
      resolve({
        status,
        out,
        err,
        json: <T>() => JSON.parse(out) as T,
        lines: <T>() =>
          out
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as T),
      }),
    )
  })
}
