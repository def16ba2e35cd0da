import process from 'node:process'
import type { Writable } from 'node:stream'

/** The command's own edges, so that it can be run inside a test. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>
  /** One line, without its end. */
  readonly out: (line: string) => void
  readonly err: (line: string) => void
  /** Fires when the user asks to stop (Ctrl-C, SIGTERM). */
  readonly stopped: AbortSignal
}

/** Text of partners goes to terminals: control characters other than line ends and tabs do not. (T28) */
const printable = (line: string) => line.replace(/(?![\n\t])[\p{Cc}\u2028\u2029]/gu, '?')

export function processIo(): Io {
  const stop = new AbortController()
  // Whoever asks a second time does not wait for what is under way.
  const ask = () => (stop.signal.aborted ? process.exit(130) : stop.abort())
  process.on('SIGINT', ask)
  process.on('SIGTERM', ask)
  process.on('SIGHUP', ask)
  // A reader that went away (`plugtill … | head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 3))
  return {
    env: process.env,
    out: (line) => void process.stdout.write(`${printable(line)}\n`),
    err: (line) => void process.stderr.write(`${printable(line)}\n`),
    stopped: stop.signal,
  }
}

/** When all that was printed has been taken, however slow its reader is; at once where the reader is gone. */
export async function allRead(streams: readonly Writable[]): Promise<void> {
  await Promise.all(streams.map((stream) => new Promise<void>((done) => stream.write('', () => done()))))
}
