import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'

// A server that is started again has to take taps within two seconds, and reading our own source is most of that. Where
// the folder cannot be written there is no cache, and nothing else changes.
enableCompileCache(join(import.meta.dirname, '..', '..', '..', 'node_modules', '.plugtill', 'compiled'))
const { run } = await import('./command-line.ts')
const { allRead, processIo } = await import('./io.ts')

/** What a stopped program may leave open for so long. */
const LEFT_OPEN_MS = 300

process.exitCode = await run(process.argv.slice(2), processIo())
await allRead([process.stdout, process.stderr])
setTimeout(() => process.exit(), LEFT_OPEN_MS).unref()
