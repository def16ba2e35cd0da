import { expect, test } from 'vitest'
import { type ChargerLink, ChargerLinkError } from './link.ts'
import { type ChargerMessage, watchedLink } from './watched-link.ts'

test('each call is told with its answer or with why there was none, and passes as it was', async () => {
  const told: ChargerMessage[] = []
  const answers = new Map<string, (payload: object) => unknown>()
  const bare = {
    id: 'C1',
    protocol: 'ocpp1.6',
    call: async (action: string) => {
      if (action === 'Reset') throw new ChargerLinkError('refused', 'not now', 'NotSupported')
      return { status: 'Accepted' }
    },
    handle: (action: string, answer: (payload: object) => unknown) => void answers.set(action, answer),
    close: async () => undefined,
    onClose: () => undefined,
  } as unknown as ChargerLink
  const link = watchedLink(bare, { clock: { now: () => 7 }, onMessage: (message) => told.push(message) })

  expect(await link.call('RemoteStartTransaction', { idTag: 'X' })).toEqual({ status: 'Accepted' })
  await expect(link.call('Reset', { type: 'Soft' })).rejects.toThrow('not now')
  link.handle('Heartbeat', () => ({ currentTime: 'now' }))
  expect(await answers.get('Heartbeat')?.({})).toEqual({ currentTime: 'now' })

  expect(told.map(({ direction, action, response, error }) => [direction, action, response, error])).toEqual([
    ['out', 'RemoteStartTransaction', { status: 'Accepted' }, null],
    ['out', 'Reset', null, 'NotSupported: not now'],
    ['in', 'Heartbeat', { currentTime: 'now' }, null],
  ])
})
