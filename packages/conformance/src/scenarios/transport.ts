/** Odd questions about tokens, headers, URLs and bodies, asked once registered. They change nothing. */
import type { Desk } from '../desk.ts'
import type { Scenario } from '../scenario.ts'
import { credentialsBody, credentialsUrl, functionalQuestions } from './questions.ts'

const DEEP = 10_000

/** The same URL with its last letter or digit written as an escape. */
export function escaped(url: string): string {
  const parsed = new URL(url)
  const path = parsed.pathname.replace(/([a-z0-9])(\/?)$/i, (_whole, sign: string, slash: string) => {
    return `%${sign.charCodeAt(0).toString(16).toUpperCase()}${slash}`
  })
  return `${parsed.origin}${path}${parsed.search}`
}

/** The same URL with a slash more, or one less, at the end of its path. */
export function slashed(url: string): string {
  const parsed = new URL(url)
  const path = parsed.pathname.endsWith('/') ? parsed.pathname.replace(/\/+$/, '') : `${parsed.pathname}/`
  return `${parsed.origin}${path}${parsed.search}`
}

/** The details that were asked for last. */
const detailsUrl = (desk: Desk): string | undefined => desk.view().of('us', 'versions.details').at(-1)?.url

export const transport: readonly Scenario[] = [
  {
    name: 'odd URLs, headers and bodies',
    milestone: 'platform-registration',
    kind: 'probe',
    act: async ({ desk }) => {
      const details = detailsUrl(desk)
      const put = await credentialsUrl(desk)
      if (details === undefined || put === undefined || (await desk.partner()) === undefined) return
      const get = { place: 'versions.details', method: 'GET' } as const
      await desk.probe('transport.escaped', { ...get, url: escaped(details) })
      await desk.probe('transport.slash', { ...get, url: slashed(details) })
      await desk.probe('transport.nowhere', { ...get, url: `${details.replace(/\/+$/, '')}/nowhere/at/all` })
      await desk.probe('transport.no-ids', {
        ...get,
        url: details,
        headers: { 'x-request-id': '', 'x-correlation-id': '' },
      })
      const body = await credentialsBody(desk)
      const change = { place: 'credentials.put', method: 'PUT', url: put } as const
      await desk.probe('transport.no-json', { ...change, body: body.slice(0, -1) })
      const deep = `{"token":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}`
      await desk.probe('security.depth', { ...change, body: deep })
    },
  },
  {
    name: 'functional modules with wrong tokens and wrong parties',
    milestone: 'terminal-registration',
    kind: 'probe',
    act: async ({ desk }) => {
      const peer = await desk.partner()
      if (peer === undefined) return
      const { countryCode, partyId } = desk.parts.party
      const questions = functionalQuestions(peer.endpoints, { country_code: countryCode, party_id: partyId })
      desk.fact({ name: 'functional-asked', about: String(questions.length), text: '' })
      for (const question of questions) {
        await desk.probe('security.no-token', { ...question, token: null })
        await desk.probe('security.unknown-token', { ...question, token: desk.parts.randomToken() })
        if (question.kind === 'one') await desk.probe('transport.unknown', question)
      }
      const list = questions.find(({ kind }) => kind === 'list')
      if (list === undefined) return
      const stranger = (end: string) => ({ [`ocpi-${end}-country-code`]: 'ZZ', [`ocpi-${end}-party-id`]: 'ZZZ' })
      await desk.probe('security.from', { ...list, headers: stranger('from') })
      await desk.probe('security.to', { ...list, headers: stranger('to') })
    },
  },
]
