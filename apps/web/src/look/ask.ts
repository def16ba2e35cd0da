/** Asking a platform to do something, and what it said when it would not. */
export type Answer<T> = { readonly data: T } | { readonly problem: string }

const ANSWER_MS = 60_000

export async function ask<T>(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer<T>> {
  try {
    const response = await fetch(path, {
      method,
      headers: { accept: 'application/json', ...(method === 'POST' && { 'content-type': 'application/json' }) },
      ...(method === 'POST' && { body: JSON.stringify(body ?? {}) }),
      signal: AbortSignal.timeout(ANSWER_MS),
    })
    const answer = (await response.json().catch(() => undefined)) as { readonly message?: unknown } | undefined
    if (response.ok) return { data: answer as T }
    return { problem: typeof answer?.message === 'string' ? answer.message : `${path}: HTTP ${response.status}` }
  } catch {
    return { problem: `${path}: no answer.` }
  }
}
