import { describe, expect, test } from 'vitest'
import { databases, type Story, tell } from './rig.ts'

interface Peer {
  readonly id: string
  readonly status: string
}
interface Invitation {
  readonly id: string
  readonly versions_url: string
  readonly token: string
}

/** Asks as the partner asked before: the same header, the same URL. */
async function replay(story: Story, urlPart: string) {
  const seen = story.network.passed.filter(({ request }) => request.url.includes(urlPart)).at(-1)!
  const side = seen.request.url.startsWith('https://ptp.example') ? story.ptp().serveOcpi : story.cpo.serveOcpi
  return story.flow(side(seen.request))
}

describe.each(databases)('on $name', (database) => {
  test('the handshake may be started by either side', async () => {
    const story = await tell(database)
    // The rig let the CPO start. Now the connection is ended and the PTP starts.
    await story.ptpAdmin.delete(`/peers/${story.peers.ptp}`)
    const invitation = await story.cpoAdmin.post<Invitation>('/peers/invite', {
      country_code: 'NL',
      party_id: 'PTP',
      role: 'PTP',
    })
    const peer = await story.ptpAdmin.post<Peer>('/peers/register', {
      versions_url: invitation.versions_url,
      token: invitation.token,
    })
    expect(peer.status).toBe('registered')
    expect(await story.cpoAdmin.get<Peer>(`/peers/${invitation.id}`)).toMatchObject({
      status: 'registered',
      version: '2.3.0',
    })
    await story.close()
  })

  test('tokens are renewed while a session runs, by either side, and the session ends well', async () => {
    const story = await tell(database)
    const { reference } = await story.tap()
    await story.reaches(reference, 'charging')
    await story.pass(5 * 60_000)
    await story.ptpAdmin.post(`/peers/${story.peers.ptp}/rotate`)
    await story.pass(5 * 60_000)
    await story.cpoAdmin.post(`/peers/${story.peers.cpo}/rotate`)
    await story.pass(5 * 60_000)
    story.stations.get('PLG-AC-1')!.unplug(1)
    const payment = await story.ends(reference)
    expect(payment).toMatchObject({ state: 'captured', advice: { status: 'SUCCESS' } })
    expect(story.network.passed.filter(({ response }) => response?.status === 401)).toEqual([])
    await story.close()
  })

  test('a token that was replaced is refused when the overlap is over', async () => {
    const story = await tell(database)
    const { reference } = await story.tap()
    await story.reaches(reference, 'charging')
    const old = story.network.passed
      .filter(({ request }) => request.url.includes('/receiver/sessions/'))
      .at(-1)!.request
    await story.cpoAdmin.post(`/peers/${story.peers.cpo}/rotate`)
    await story.pass(10 * 60_000)
    expect((await story.flow(story.ptp().serveOcpi(old))).status).toBe(401)
    await story.close()
  })

  test('after DELETE every call is refused, in both directions', async () => {
    const story = await tell(database)
    const { reference } = await story.tap()
    await story.reaches(reference, 'charging')
    await story.ptpAdmin.delete(`/peers/${story.peers.ptp}`)
    expect((await replay(story, '/receiver/sessions/')).status).toBe(401)
    expect((await replay(story, '/START_SESSION')).status).toBe(401)
    expect((await replay(story, '/sender/locations')).status).toBe(401)
    expect(await story.cpoAdmin.get<Peer>(`/peers/${story.peers.cpo}`)).toMatchObject({ status: 'removed' })
    await story.close()
  })

  test('a terminal of a model without touch screen is refused with the reason', async () => {
    const story = await tell(database)
    await expect(story.ptpAdmin.post('/terminals', { peer: story.peers.ptp, model: 'p6x' })).rejects.toMatchObject({
      status: 409,
      body: { refused: 'unfit-model', message: expect.stringMatching(/touch screen/) as unknown },
    })
    await story.close()
  })

  test('a deactivated terminal sells nothing until it is activated by its reference; a running session ends normally', async () => {
    const story = await tell(database)
    const { reference } = await story.tap()
    await story.reaches(reference, 'charging')
    await story.cpoAdmin.post(`/terminals/${story.terminal}/deactivate`)
    await expect(story.tap({ evse: 'NLPLGE102' })).rejects.toMatchObject({ code: 'terminal-off' })
    await story.pass(5 * 60_000)
    story.stations.get('PLG-AC-1')!.unplug(1)
    expect((await story.ends(reference)).state).toBe('captured')
    const serial = story.terminals.find(({ terminal_id }) => terminal_id === story.terminal)!.reference
    await story.cpoAdmin.post('/terminals/activate', { reference: serial, locations: ['LOC-CITY'] })
    await story.until(
      'the terminal sells again',
      async () => (await story.ptp().link.offers(story.terminal)).chargers.length > 0,
    )
    await story.close()
  })
})
