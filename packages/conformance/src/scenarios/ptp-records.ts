/** Sessions, CDRs, results and advices: told again, told wrongly, and read back. (D-27 to D-36) */
import { cdrs } from '@plugtill/ocpi/modules/cdrs'
import { payments } from '@plugtill/ocpi/modules/payments'
import { sessions } from '@plugtill/ocpi/modules/sessions'
import { formatDateTime } from '@plugtill/ocpi/types'
import { cdrObject, sessionObject } from '../lean-cpo-cdr.ts'
import type { PtpStage } from '../scenario.ts'
import { type Asked, ask } from './ask.ts'

const owned = ({ desk }: PtpStage) => ({
  country_code: desk.parts.party.countryCode,
  party_id: desk.parts.party.partyId,
})

export async function asksSessions(stage: PtpStage, id: string): Promise<void> {
  const { desk, cpo, pass } = stage
  const charge = cpo.charging.find(id)
  if (charge === undefined) return
  const params = { ...owned(stage), session_id: id }
  const row = { module: sessions, role: 'receiver', params } as const
  const now = () => desk.parts.clock.now()
  const say = async (name: string, asked: Omit<Asked, 'module' | 'role'>, ageMs = 0) => {
    await pass(1_000)
    const last_updated = formatDateTime(now() - ageMs)
    const seen = await ask(desk, name, { ...row, ...asked, body: { ...asked.body, last_updated } })
    if (seen !== undefined) await ask(desk, `${name}.after`, { ...row, row: 'session' })
  }
  const period = (volume: number) => ({
    start_date_time: formatDateTime(now()),
    dimensions: [{ type: 'ENERGY' as const, volume }],
    tariff_id: charge.tariff.id,
  })
  const patch = (volume: number) => ({
    row: 'patchSession',
    body: { charging_periods: [period(volume)] },
  })
  await ask(desk, 'sessions.get', { ...row, row: 'session' })
  await ask(desk, 'sessions.unknown', { ...row, row: 'session', params: { ...params, session_id: 'NOT-THERE' } })
  await say('sessions.append-1', patch(0.1111))
  await say('sessions.append-2', patch(0.2222))
  await say('sessions.put', {
    row: 'putSession',
    body: { ...sessionObject(charge, now()), charging_periods: [period(0.3333)] },
  })
  await say('sessions.older', { row: 'patchSession', body: { kwh: 99 } }, 3_600_000)
  const whole = { ...row, row: 'putSession', body: sessionObject(charge, now()) }
  await ask(desk, 'sessions.patch-unknown', {
    ...row,
    ...patch(1),
    body: { kwh: 1, last_updated: formatDateTime(now()) },
    params: { ...params, session_id: 'NOT-THERE' },
  })
  const strange = { ...params, session_id: 'JDG-STRANGE' }
  const foreign = { ...whole, edit: (said: object) => ({ ...said, id: 'JDG-STRANGE', party_id: 'YYY' }) }
  await ask(desk, 'sessions.foreign', { ...foreign, params: { ...strange, party_id: 'YYY' } })
  await ask(desk, 'sessions.foreign', { ...foreign, params: strange })
  await ask(desk, 'sessions.other-id', { ...whole, params: strange })
  await ask(desk, 'sessions.broken', { ...whole, edit: ({ status: _, ...said }) => said })
  await say('sessions.new-words', {
    row: 'putSession',
    body: sessionObject(charge, now()),
    edit: (said) => ({ ...said, judge_field: 1 }),
  })
  await results(stage, charge.start.response_url)
}

/** The result of the start once more, and one for a command that nobody gave. */
async function results({ desk }: PtpStage, responseUrl: string): Promise<void> {
  const probe = { place: 'commands.result', method: 'POST', body: JSON.stringify({ result: 'ACCEPTED' }) } as const
  await desk.probe('commands.result-again', { ...probe, url: responseUrl })
  const [last = ''] = /[A-Za-z0-9]+(?=[^A-Za-z0-9]*$)/.exec(responseUrl) ?? []
  const at = responseUrl.lastIndexOf(last)
  const nobodys = last.replace(/./g, (char) => (char === '7' ? '3' : '7'))
  await desk.probe('commands.result-unknown', { ...probe, url: responseUrl.slice(0, at) + nobodys })
}

export async function asksCdrs(stage: PtpStage): Promise<void> {
  const { desk, cpo, pass, patienceMs } = stage
  const charge = cpo.charging.charges().find(({ status }) => status === 'COMPLETED')
  const cdr = cpo.charging.cdrs.all().find(({ session_id }) => session_id === charge?.id)
  if (charge === undefined || cdr === undefined)
    throw new Error('No charge was finished, so that no CDR can be asked for.')
  const posted = desk
    .view()
    .of('us', 'cdrs.postCdr')
    .find(({ question }) => (question as { id?: unknown })?.id === cdr.id)
  const place = posted?.response?.headers['location']
  if (place !== undefined && posted !== undefined)
    await desk.probe('cdrs.get', { place: 'cdrs.cdr', method: 'GET', url: new URL(place, posted.url).href })
  const post = { module: cdrs, role: 'receiver', row: 'postCdr', body: cdr } as const
  await ask(desk, 'cdrs.again', post)
  const last_updated = formatDateTime(desk.parts.clock.now())
  await ask(desk, 'cdrs.other', {
    ...post,
    body: { ...cdr, total_cost: { before_taxes: 30, taxes: [] }, last_updated },
  })
  const strange = {
    ...cdrObject(charge, desk.parts.clock.now()),
    id: 'JDG-CDR-STRANGE',
    session_id: 'JDG-NONE',
    authorization_reference: 'jdg-nobodys-reference',
  }
  await ask(desk, 'cdrs.unknown', { ...post, body: strange })
  await ask(desk, 'cdrs.new-words', {
    ...post,
    body: { ...strange, id: 'JDG-CDR-WORDS' },
    edit: (said) => ({ ...said, judge_field: { a: [] } }),
  })
  await ask(desk, 'cdrs.broken', {
    ...post,
    body: { ...strange, id: 'JDG-CDR-BROKEN' },
    edit: ({ total_cost: _, ...said }) => said,
  })
  await ask(desk, 'cdrs.foreign', {
    ...post,
    body: { ...strange, id: 'JDG-CDR-FOREIGN' },
    edit: (said) => ({ ...said, party_id: 'YYY' }),
  })
  const { before_taxes, taxes } = cdr.total_cost
  const back = { before_taxes: -before_taxes, taxes: (taxes ?? []).map((one) => ({ ...one, amount: -one.amount })) }
  // A second advice for any of these would be money for nothing.
  await pass(Math.min(patienceMs, 20_000))
  desk.fact({ name: 'cdrs-asked', about: cdr.id, text: '' })
  await ask(desk, 'cdrs.credit', {
    ...post,
    body: {
      ...cdr,
      id: `${cdr.id.slice(0, 36)}-C`,
      credit: true,
      credit_reference_id: cdr.id,
      total_cost: back,
      last_updated,
    },
  })
}

export async function readsAdvices({ desk }: PtpStage): Promise<void> {
  const calls = await desk.call(payments, 'sender')
  const ids: string[] = []
  for await (const one of calls.advices()) ids.push(one.id)
  const [id] = ids
  if (id !== undefined) await calls.advice({ params: { id } }).catch(() => undefined)
  await ask(desk, 'advices.unknown', { module: payments, role: 'sender', row: 'advice', params: { id: 'NOT-THERE' } })
}
