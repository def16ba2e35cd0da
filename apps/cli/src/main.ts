import process from 'node:process'
import { run } from './command-line.ts'
import { processIo } from './io.ts'

/** What a stopped program may leave open for so long. */
const LEFT_OPEN_MS = 300

process.exitCode = await run(process.argv.slice(2), processIo())
setTimeout(() => process.exit(), LEFT_OPEN_MS).unref()
