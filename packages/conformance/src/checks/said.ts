/** What an answer said, in a few words for `actual`. */
import type { Seen } from '../seen.ts'

const LONGEST = 160

export function said({ response, answer }: Seen): string {
  if (response === undefined) return 'no answer'
  if (answer === undefined) return `HTTP ${response.status} without an OCPI envelope: ${cut(response.body)}`
  const message = answer.statusMessage === undefined ? '' : `: ${cut(answer.statusMessage)}`
  return `HTTP ${response.status} with OCPI ${answer.statusCode}${message}`
}

const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text)
