/** The result of a command goes exactly where the partner said. (C-302) */
import type { OcpiClient } from '@plugtill/ocpi/client'
import { CommandResult, type CommandResultType, commands } from '@plugtill/ocpi/modules/commands'
import type { PeerStore } from '@plugtill/ocpi/peers'
import type { AnswerTo } from '../charging/session.ts'
import { connectionOf } from '../partners.ts'
import { isUnreachable } from './back-off.ts'

export interface ResultParts {
  readonly peers: Pick<PeerStore, 'get' | 'list'>
  readonly client: Pick<OcpiClient, 'postTo'>
}

export interface ResultOrder {
  readonly result: CommandResultType
  readonly to: AnswerTo
  readonly text?: string
}

const RESULT_ATTEMPTS = 3

/** Only what surely did not arrive is sent again. (C-303) */
export const retryResult = (attempt: number, error: unknown): number | 'give-up' =>
  attempt < RESULT_ATTEMPTS && isUnreachable(error) ? 1000 * attempt : 'give-up'

/** A result is awaited by a driver; it never queues behind session updates. */
export const resultLane = (owner: string): string => `peer:${owner}:results`

export async function sendResult(
  { peers, client }: ResultParts,
  whose: { readonly peerId: string; readonly owner: string; readonly reference?: string },
  { result, to, text }: ResultOrder,
): Promise<void> {
  const peer = await connectionOf(peers, whose)
  if (peer === undefined) return
  const body = { result, ...(text === undefined ? {} : { message: [{ language: 'en', text }] }) }
  await client.postTo(peer, to.responseUrl, CommandResult, body, {
    module: commands,
    endpoint: 'result',
    correlationId: to.correlationId,
    ...(whose.reference === undefined ? {} : { reference: whose.reference }),
  })
}
