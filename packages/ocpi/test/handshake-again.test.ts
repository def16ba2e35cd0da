import { expect, test } from 'vitest'
import { createLockoutWatch } from '../src/lockout.ts'
import { type Platform, pair, raw } from './two-platforms.ts'

const knows = async (platform: Platform, token: string | undefined) =>
  (await platform.serve(raw('GET', `${platform.baseUrl}/versions`, token))).status === 200

/** The CPO's books are put back to before a renewal: neither side takes the other's token any more. */
async function setBack() {
  const both = await pair()
  const { cpo, ptp, ptpSeenByCpo, cpoSeenByPtp } = both
  const renewed = await ptp.handshake.rotate(cpoSeenByPtp.id)
  await knows(cpo, renewed.tokenOut)
  await knows(ptp, (await cpo.peers.get(ptpSeenByCpo.id))?.tokenOut)
  await cpo.peers.save(ptpSeenByCpo)
  return { ...both, renewed }
}

test('F75: books put back behind a renewal leave two sides that do not know each other, also for a new renewal', async () => {
  const { cpo, ptp, ptpSeenByCpo, cpoSeenByPtp, renewed } = await setBack()
  expect(await knows(cpo, renewed.tokenOut)).toBe(false)
  expect(await knows(ptp, ptpSeenByCpo.tokenOut)).toBe(false)
  await expect(cpo.handshake.rotate(ptpSeenByCpo.id)).rejects.toMatchObject({
    code: 'PEER_UNUSABLE',
    message: expect.stringContaining('HTTP 401'),
  })
  await expect(ptp.handshake.rotate(cpoSeenByPtp.id)).rejects.toMatchObject({
    code: 'PEER_UNUSABLE',
    message: expect.stringContaining('HTTP 401'),
  })
})

test('F75: a partner that is invited again comes back to the same connection, bound to the same party', async () => {
  const { cpo, ptp, ptpSeenByCpo } = await setBack()
  const invitation = await cpo.handshake.inviteAgain(ptpSeenByCpo.id)
  expect(invitation.id).toBe(ptpSeenByCpo.id)
  const back = await ptp.handshake.register(invitation)
  const seen = await cpo.peers.get(ptpSeenByCpo.id)
  expect(seen).toMatchObject({ status: 'registered', roles: ptpSeenByCpo.roles })
  expect([await knows(cpo, back.tokenOut), await knows(ptp, seen?.tokenOut)]).toEqual([true, true])
})

test('F75: an invitation again is for the parties of the connection only, and not for one that has ended', async () => {
  const { cpo, ptp, cpoSeenByPtp } = await setBack()
  // Nobody had bound this one: it was registered from our side.
  await ptp.handshake.inviteAgain(cpoSeenByPtp.id)
  expect((await ptp.peers.get(cpoSeenByPtp.id))?.bound).toEqual({ countryCode: 'NL', partyId: 'ABC', role: 'CPO' })
  const ended = await cpo.handshake.invite({ countryCode: 'DE', partyId: 'PAY' })
  await cpo.handshake.unregister(ended.id)
  await expect(cpo.handshake.inviteAgain(ended.id)).rejects.toMatchObject({ code: 'HANDSHAKE_REFUSED' })
  await expect(cpo.handshake.inviteAgain('nobody')).rejects.toMatchObject({ code: 'PEER_UNKNOWN' })
})

test('F75: three refusals of our token in a row are told once, with the command that helps', () => {
  const told: string[] = []
  const watch = createLockoutWatch({
    platform: 'ptp',
    onFault: ({ code, message }) => void told.push(`${code} ${message}`),
  })
  const saw = (status: number, more: { direction?: 'in'; module?: string } = {}) =>
    watch.saw({ direction: 'out', peerId: 'P1', module: 'sessions', status, ...more })
  for (const status of [401, 401, 200, 401, 401, 0]) saw(status)
  saw(401, { direction: 'in' })
  saw(401, { module: 'credentials' })
  expect(told).toEqual([])
  for (const status of [401, 401, 401]) saw(status)
  expect(told).toHaveLength(1)
  expect(told[0]).toMatch(/^PEER_LOCKED_OUT .*"plugtill peers invite-again P1 --platform ptp"/)
  saw(200)
  for (const status of [401, 401, 401]) saw(status)
  expect(told).toHaveLength(2)
})
