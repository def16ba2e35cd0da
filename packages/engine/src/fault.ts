/**
 * Something went wrong that a partner is not told in detail: it is logged and shown in the console.
 * `retry` says whether trying the same thing later makes sense.
 */
export class Fault extends Error {
  readonly code: string
  readonly retry: boolean

  constructor(code: string, message: string, options: { readonly retry?: boolean; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Fault'
    this.code = code
    this.retry = options.retry ?? false
  }
}

/** Anything that was thrown, as the journal keeps it: a word to look for and a sentence. Never the stack. */
export function faultRecord(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { code: 'UNEXPECTED', message: String(error) }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  return { code, message: error.message }
}
