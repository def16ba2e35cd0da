/** The scripted CPO's way to the PTP: registering, tokens, and every request it makes. */
import type { Send, WireRequest } from '@plugtill/ocpi/wire'
import { json } from './cpo-answers.ts'
import type { Tell } from './cpo-charging.ts'
import type { Owner } from './cpo-objects.ts'
import type { Weather } from './weather.ts'

export const VERSION = '2.3.0'

export interface LinkParts {
  readonly owner: Owner
  readonly weather: Weather
  readonly sendAs: (label: string) => Send
  readonly ids: () => string
  readonly randomToken: () => string
  /** Whom the connection speaks for besides. */
  readonly also?: readonly Owner[]
  /** A hub between it and us has a party of its own. */
  readonly hubParty?: string
}

export interface CpoLink {
  readonly tell: Tell
  /** The same connection, for another party of it. */
  readonly tellAs: (owner: Owner) => Tell
  /** Whether this is the Authorization header of somebody we gave a token to. */
  readonly knows: (given: string | undefined) => boolean
  readonly register: (versionsUrl: string, token: string) => Promise<void>
  readonly renew: () => Promise<void>
}

const header = (token: string) => `Token ${Buffer.from(token).toString('base64')}`

interface Question {
  readonly owner: Owner
  readonly url: string
  readonly body: string
}

function headersOf(
  { ids }: LinkParts,
  { owner, token, url, body }: Question & { readonly token: string },
): Record<string, string> {
  return {
    authorization: header(token),
    'x-request-id': ids(),
    'x-correlation-id': ids(),
    ...(body && json),
    ...(!url.includes('/credentials') && {
      'ocpi-from-country-code': owner.country_code,
      'ocpi-from-party-id': owner.party_id,
      'ocpi-to-country-code': 'NL',
      'ocpi-to-party-id': 'PTP',
    }),
  }
}

const credentialsOf = ({ owner, also = [], hubParty }: LinkParts, baseUrl: string, token: string) =>
  JSON.stringify({
    token,
    url: `${baseUrl}/versions`,
    ...(hubParty !== undefined && { hub_party_id: hubParty }),
    roles: [owner, ...also].map((one) => ({
      role: 'CPO',
      business_details: { name: `Storm ${one.party_id}` },
      ...one,
    })),
  })

/** Tokens, and every request to the PTP. */
export function linkOf(parts: LinkParts, baseUrl: string): CpoLink {
  const { owner, weather, randomToken } = parts
  let ptpUrl = ''
  let out = ''
  let ours: readonly string[] = []
  const ask = (label: string, method: WireRequest['method'], question: Question) => {
    const { url, body } = question
    return parts.sendAs(label)({ method, url, headers: headersOf(parts, { ...question, token: out }), body })
  }
  const tellAs: CpoLink['tellAs'] =
    (speaker) =>
    async (label, { method, path, url, body }) => {
      try {
        const answer = await ask(label, method, { owner: speaker, url: url ?? `${ptpUrl}/${VERSION}${path}`, body })
        if (answer.status >= 300) return answer.status
        // What is no answer of OCPI came from something in between; a 2xxx within HTTP 200 is a refusal.
        const code = /"status_code":(\d)/.exec(answer.body)?.[1]
        return code === undefined ? undefined : code === '1' ? answer.status : 422
      } catch {
        return undefined
      }
    }
  const exchange = async (method: 'POST' | 'PUT') => {
    const token = randomToken()
    const before = ours
    ours = [...before, token]
    const response = await ask(`credentials ${owner.party_id}`, method, {
      owner,
      url: `${ptpUrl}/${VERSION}/credentials`,
      body: credentialsOf(parts, baseUrl, token),
    })
    if (response.status !== 200 && response.status !== 201) {
      ours = before
      throw new Error(`credentials: ${response.status} ${response.body}`)
    }
    ours = [token]
    out = (JSON.parse(response.body) as { data: { token: string } }).data.token
  }
  return {
    tell: tellAs(owner),
    tellAs,
    knows: (given: string | undefined) => ours.some((token) => header(token) === given),
    register: async (versionsUrl: string, token: string) => {
      ptpUrl = versionsUrl.replace(/\/versions$/, '')
      out = token
      await exchange('POST')
    },
    renew: async () => {
      weather.shelter++
      await exchange('PUT').finally(() => weather.shelter--)
    },
  }
}
