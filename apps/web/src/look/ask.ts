import { goToLogin } from './login-page.ts'
import { csrfHeader } from './session.ts'

/** Asking a platform to do something, and what it said when it would not. */
/** `error` is the platform's word for what stood in the way. */
export type Answer<T> = { readonly data: T } | { readonly problem: string; readonly error?: string }

const ANSWER_MS = 60_000

export async function ask<T>(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer<T>> {
  try {
    const response = await fetch(path, {
      method,
      headers: {
        accept: 'application/json',
        ...(method === 'POST' && { 'content-type': 'application/json' }),
        ...(await csrfHeader()),
      },
      ...(method === 'POST' && { body: JSON.stringify(body ?? {}) }),
      signal: AbortSignal.timeout(ANSWER_MS),
    })
    const answer = (await response.json().catch(() => undefined)) as
      | { readonly message?: unknown; readonly error?: unknown }
      | undefined
    if (response.ok) return { data: answer as T }
    if (response.status === 401) goToLogin()
    return {
      problem: typeof answer?.message === 'string' ? answer.message : `${path}: HTTP ${response.status}`,
      ...(typeof answer?.error === 'string' && { error: answer.error }),
    }
  } catch {
    return { problem: `${path}: no answer.` }
  }
}
