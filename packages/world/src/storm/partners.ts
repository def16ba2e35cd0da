/** The two CPOs of a storm: each on a connection of its own, or both on one, where only the party tells their things apart. */
import type { adminOf } from '../call-admin.ts'
import type { Bank } from './bank.ts'
import { type Cpo, type CpoParts, createCpo } from './cpo.ts'
import { namesOf } from './cpo-names.ts'
import { type Owner, RAISE } from './cpo-objects.ts'
import { currencyOf } from './currencies.ts'
import type { Dice } from './dice.ts'
import { happens, isWithin, stopKey } from './log.ts'
import type { Contracts } from './reassign.ts'
import { diesOf, type Ground, type Process, type Storm } from './storm.ts'

const MINUTE = 60_000
const TERMINALS_EACH = 3
const PARTIES = ['AAA', 'BBB'] as const
const OTHER: Owner = { country_code: 'NL', party_id: PARTIES[1] }

/** One platform of two parties, or a hub before them, which is a party itself. */
const HUB = 'HUB'
const areTogether = (dice: Dice) => dice.of('together') < 0.35
const doorOf = (dice: Dice): Partial<CpoParts> => ({
  connection: HUB,
  also: [OTHER],
  ...(dice.of('is a hub') < 0.5 && { hubParty: `NL${HUB}` }),
})

export function partners(ground: Ground, bank: Bank, process: Process): readonly [Cpo, Cpo] {
  const { clock, dice: die, weather: sky, wire: net, luck, scripts } = ground
  const byNumber = new Map(scripts.map((script) => [script.n, script]))
  const together = areTogether(die)
  const cpo = (index: 0 | 1, more: Partial<CpoParts>): Cpo =>
    createCpo({
      connection: PARTIES[index],
      clock,
      weather: sky,
      bank,
      owner: { country_code: 'NL', party_id: PARTIES[index] },
      currency: currencyOf(die, index),
      names: namesOf(die, together ? 0 : index),
      sendAs: (label) => net.sender(() => label),
      ids: luck.ids,
      randomToken: luck.randomToken,
      skewMs: Math.round((die.of(`skew ${index}`) - 0.5) * 8 * MINUTE),
      pageSize: die.of(`page ${index}`) < 0.3 ? 8 : 50,
      scriptOf: (reference) => byNumber.get(bank.driverOf(reference) ?? 0),
      other: () => cpos[index === 0 ? 1 : 0],
      die: diesOf(ground, process),
      onSession: (sessionId, n) => void ground.log.sessions.set(stopKey(PARTIES[index], sessionId), n),
      onWord: (reference) => happens(ground.log, 'word', reference),
      isForgotten: (at) => isWithin(ground.lost, at),
      ...more,
    })
  const first = cpo(0, together ? { ...doorOf(die), together: () => cpos } : {})
  const second = cpo(1, together ? { connection: HUB, link: first.link, dearer: 10 * RAISE } : {})
  const cpos: readonly [Cpo, Cpo] = [first, second]
  net.attach(first.baseUrl, first.serve)
  if (!together) net.attach(second.baseUrl, second.serve)
  return cpos
}

export async function furnished(
  admin: () => ReturnType<typeof adminOf>,
  cpos: readonly [Cpo, Cpo],
  clock: Storm['clock'],
): Promise<Pick<Storm, 'terminals' | 'contracts'>> {
  const wait = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve))
  const all: string[][] = []
  const peers = new Map<string, string>()
  const contracts = new Map<string, Contracts>()
  for (const { connection, owner, register } of cpos) {
    if (peers.has(connection)) continue
    const also = cpos.flatMap((one) => (one.connection === connection && one.owner !== owner ? [one.owner] : []))
    const invited = await admin().post<{ id: string; versions_url: string; token: string }>('/peers/invite', {
      ...owner,
      role: 'CPO',
      also,
    })
    peers.set(connection, invited.id)
    await register(invited.versions_url, invited.token)
    await wait(5_000)
    const contract = async (no_cdr: string) =>
      (await admin().post<{ id: string }>('/contracts', { peer: invited.id, name: no_cdr, settings: { no_cdr } })).id
    contracts.set(connection, { void: await contract('void'), 'session-cost': await contract('session-cost') })
  }
  for (const cpo of cpos) {
    const { party_id } = cpo.owner
    const mine: string[] = []
    for (let index = 0; index < TERMINALS_EACH; index++) {
      const { terminal_id } = await admin().post<{ terminal_id: string }>('/terminals', {
        peer: peers.get(cpo.connection),
        model: 'apollo',
        reference: `${party_id}-${index}`,
      })
      await wait(1_000)
      await cpo.assign(terminal_id)
      mine.push(terminal_id)
    }
    all.push(mine)
  }
  const [first = [], second = []] = all
  return { terminals: [first, second], contracts }
}
