/** From the invitation to a registered connection, started by the judge or by the platform under test. (B-12 to B-23) */
import { credentials } from '@plugtill/ocpi/modules/credentials'
import type { Desk } from '../desk.ts'
import type { Scenario, Stage } from '../scenario.ts'
import { fingerprintOf } from '../seen.ts'
import { isYes } from '../view.ts'
import { credentialsBody, credentialsUrl, functionalQuestions, urlIn } from './questions.ts'

const VERSIONS = { place: 'versions.versions', method: 'GET' } as const

/** The token that only opens the door; checks compare it by its fingerprint. */
function remember({ desk }: Stage, name: 'token-a' | 'token-old', token: string): void {
  desk.fact({ name, about: fingerprintOf(token, desk.parts.hash) ?? '', text: '' })
}

async function startByJudge(stage: Stage, { versionsUrl, token }: NonNullable<Stage['invitation']>): Promise<void> {
  remember(stage, 'token-a', token)
  await stage.desk.handshake.register({ versionsUrl, token })
}

async function startByPartner(stage: Stage): Promise<void> {
  const { desk, operator, operatorMs } = stage
  const { versionsUrl, token } = await desk.invite()
  remember(stage, 'token-a', token)
  desk.fact({ name: 'invited', about: '', text: versionsUrl })
  const text = `Register with ${versionsUrl} and the token of the invitation now.`
  const acted = Promise.resolve(operator({ id: 'register', text, details: { versions_url: versionsUrl, token } }))
  acted.catch(() => undefined)
  const posted = await desk.waitFor((view) => view.of('partner', 'credentials.post').find(isYes), operatorMs)
  if (posted === undefined) throw new Error('The platform under test did not register.')
  await acted
}

/** Some call back only after their answer. */
const calledBack = ({ desk, patienceMs }: Stage, since: number) =>
  desk.waitFor((view) => view.of('partner', 'versions.details').find(({ index }) => index >= since), patienceMs)

async function askAsStranger(desk: Desk, url: string): Promise<void> {
  await desk.probe('versions.no-token', { ...VERSIONS, url, token: null })
  await desk.probe('versions.unknown-token', { ...VERSIONS, url, token: desk.parts.randomToken() })
}

export const registration: readonly Scenario[] = [
  {
    name: 'versions with the wrong token',
    milestone: 'platform-registration',
    kind: 'probe',
    act: async ({ desk, invitation }) => {
      if (invitation !== undefined) await askAsStranger(desk, invitation.versionsUrl)
    },
  },
  {
    name: 'what the invitation opens, and what it does not',
    milestone: 'platform-registration',
    kind: 'probe',
    act: async ({ desk, invitation }) => {
      if (invitation === undefined) return
      const { versionsUrl, token } = invitation
      const { answer } = await desk.probe('registration.look', { ...VERSIONS, url: versionsUrl, token })
      const url =
        urlIn(answer?.data, (one) => one['version'] === (desk.parts.version ?? '2.3.0')) ?? urlIn(answer?.data)
      if (url === undefined) return
      const details = await desk.probe('registration.look', { place: 'versions.details', method: 'GET', url, token })
      const endpoints = (details.answer?.data as { endpoints?: unknown } | null | undefined)?.endpoints
      for (const question of functionalQuestions(endpoints).slice(0, 3))
        await desk.probe('credentials.token-a-on-module', { ...question, token })
      const post = urlIn(endpoints, (one) => one['identifier'] === 'credentials')
      if (post === undefined) return
      await desk.probe('credentials.empty', { place: 'credentials.post', method: 'POST', url: post, token, body: '{}' })
      await desk.probe('credentials.after-refusal', { ...VERSIONS, url: versionsUrl, token })
    },
  },
  {
    name: 'register',
    milestone: 'platform-registration',
    kind: 'path',
    act: async (stage) => {
      await (stage.invitation === undefined ? startByPartner(stage) : startByJudge(stage, stage.invitation))
      await calledBack(stage, 0)
      const peer = await stage.desk.partner()
      stage.say(`registered with ${peer?.roles.map((role) => `${role.country_code}-${role.party_id}`).join(', ')}`)
    },
  },
  {
    name: 'what holds once registered',
    milestone: 'platform-registration',
    kind: 'probe',
    act: async ({ desk, invitation }) => {
      const calls = await desk.call(credentials, 'receiver')
      const { versionsUrl: url = '' } = (await desk.partner()) ?? {}
      if (invitation !== undefined)
        await desk.probe('credentials.token-a', { ...VERSIONS, url: invitation.versionsUrl, token: invitation.token })
      else await askAsStranger(desk, url)
      await desk.probe('credentials.url', { ...VERSIONS, url })
      await calls.get().catch(() => undefined)
      const post = await credentialsUrl(desk)
      if (post === undefined) return
      const body = await credentialsBody(desk)
      const again = await desk.probe('credentials.again', {
        place: 'credentials.post',
        method: 'POST',
        url: post,
        body,
      })
      const after = await desk.probe('credentials.after-again', { ...VERSIONS, url })
      // Who took the second POST for a renewal is judged on with the token of that.
      if (after.response?.status === 401) await desk.adopt(again)
    },
  },
]

/** Renews the connection and ends it: nothing works any more after this. (B-25 to B-27) */
export const farewell: readonly Scenario[] = [
  {
    name: 'renew the credentials',
    milestone: 'platform-registration',
    kind: 'end',
    act: async (stage) => {
      const { desk } = stage
      const peer = await desk.partner()
      if (peer?.tokenOut === undefined) return
      const { tokenOut: old, versionsUrl: url = '' } = peer
      remember(stage, 'token-old', old)
      const before = desk.record().seen.length
      await desk.handshake.rotate(peer.id)
      await calledBack(stage, before)
      await desk.probe('credentials.new-token', { ...VERSIONS, url })
      const first = await desk.probe('credentials.old-token', { ...VERSIONS, url, token: old })
      if (first.response?.status === 401) return
      // A grace for messages under way is fine; it has to end.
      await stage.pass(Math.min(stage.patienceMs * 2, GRACE_MS))
      await desk.probe('credentials.old-token', { ...VERSIONS, url, token: old })
    },
  },
  {
    name: 'renew with a field nobody knows',
    milestone: 'platform-registration',
    kind: 'end',
    act: async ({ desk }) => {
      const peer = await desk.partner()
      if (peer === undefined || peer.version !== '2.3.0') return
      const undo = desk.alter({
        name: 'transport.unknown-field',
        change: (request) =>
          request.method === 'PUT'
            ? { ...request, body: request.body.replace(/^\{/, '{"plugtill_note":{"a":[1]},') }
            : undefined,
      })
      await desk.handshake.rotate(peer.id).finally(undo)
    },
  },
  {
    name: 'credentials that cannot be used',
    milestone: 'platform-registration',
    kind: 'end',
    act: async ({ desk }) => {
      const peer = await desk.partner()
      const put = await credentialsUrl(desk)
      if (peer === undefined || put === undefined) return
      const body = await credentialsBody(desk, `${desk.parts.baseUrl}/nowhere/versions`)
      await desk.probe('credentials.unusable', { place: 'credentials.put', method: 'PUT', url: put, body })
      await desk.probe('credentials.after-unusable', { ...VERSIONS, url: peer.versionsUrl ?? '' })
    },
  },
  {
    name: 'unregister',
    milestone: 'platform-registration',
    kind: 'end',
    act: async ({ desk }) => {
      const peer = await desk.partner()
      const put = await credentialsUrl(desk)
      if (peer?.tokenOut === undefined || put === undefined) return
      const token = peer.tokenOut
      await desk.handshake.unregister(peer.id)
      await desk.probe('credentials.after-delete', { ...VERSIONS, url: peer.versionsUrl ?? '', token })
      const body = await credentialsBody(desk)
      await desk.probe('credentials.after-delete', { place: 'credentials.put', method: 'PUT', url: put, token, body })
    },
  },
]

const GRACE_MS = 60_000
