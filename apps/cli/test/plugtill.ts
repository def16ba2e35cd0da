/** The command as its user sees it: what it was told, and what it printed. */
import { run } from '../src/command-line.ts'

export async function plugtill(
  args: readonly string[],
  {
    env = {},
    stopped = new AbortController().signal,
  }: { readonly env?: Readonly<Record<string, string>>; readonly stopped?: AbortSignal } = {},
) {
  const out: string[] = []
  const err: string[] = []
  const io = { env, out: (line: string) => void out.push(line), err: (line: string) => void err.push(line), stopped }
  return { status: await run(args, io), out, err: err.join('\n') }
}
