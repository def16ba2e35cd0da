import { checkCurrency, checkKey, checkMoney, unknownPayment } from '../checks.ts'
import type { Authorization, Capture, CardFace, Hold, Money, Psp, PspPayment, Refund, Voided } from '../psp.ts'
import { withoutCardNumbers } from '../without-card-numbers.ts'
import { simulatedHttpCapabilities } from './capabilities.ts'
import { type Client, type ClientParts, createClient } from './client.ts'
import { hintOf } from './webhooks.ts'

/** The simulated provider over HTTP: what the embedded one does in the process, with a wire between. */
export function createSimulatedHttpPsp(parts: ClientParts): Psp {
  const client = createClient(parts)
  const post = <T>(path: string, { key, ...body }: { readonly key: string; readonly amount?: Money }): Promise<T> => {
    checkKey(key, simulatedHttpCapabilities)
    if (body.amount) checkMoney(body.amount)
    return client.post<T>(path, body, key)
  }
  const at = (pspReference: string) => `/v1/payments/${encodeURIComponent(pspReference)}`
  return withoutCardNumbers({
    name: 'simulated-http',
    capabilities: simulatedHttpCapabilities,
    authorize: (o) => post<Authorization>('/v1/payments', o),
    increment: async ({ key, pspReference, newTotal }) => {
      checkKey(key, simulatedHttpCapabilities)
      checkMoney(newTotal)
      const body = await incrementBody(client, pspReference, newTotal)
      return client.post<Hold>(`${at(pspReference)}/increments`, body, key)
    },
    reduce: async ({ pspReference, newTotal, key }) => {
      checkMoney(newTotal)
      checkKey(key, simulatedHttpCapabilities)
      return client.post<Hold>(`${at(pspReference)}/reductions`, { newTotal }, key)
    },
    capture: ({ pspReference, ...o }) => post<Capture>(`${at(pspReference)}/captures`, o),
    void: ({ pspReference, ...o }) => post<Voided>(`${at(pspReference)}/voids`, o),
    refund: ({ pspReference, ...o }) => post<Refund>(`${at(pspReference)}/refunds`, o),
    query: async ({ reference, pspReference }) => {
      const path =
        pspReference === undefined ? `/v1/payments?reference=${encodeURIComponent(reference ?? '')}` : at(pspReference)
      return (await client.get<{ payment?: PspPayment }>(path)).payment
    },
    list: async ({ since, until }) =>
      (
        await client.get<{ payments: PspPayment[] }>(
          `/v1/payments?since=${since}${until === undefined ? '' : `&until=${until}`}`,
        )
      ).payments,
    settlement: async ({ since, until }) =>
      (
        await client.get<{ lines: Awaited<ReturnType<Psp['settlement']>> }>(
          `/v1/settlement?since=${since}&until=${until}`,
        )
      ).lines,
    ingest: async (message) => [hintOf(message, parts.config.webhookSecrets, parts.clock.now())],
    identify: (card) => client.get<CardFace>(`/v1/cards/${encodeURIComponent(card)}`),
  })
}

/** The port speaks the new total; the service may want what is added. (F35) */
async function incrementBody(client: Client, pspReference: string, newTotal: Money): Promise<object> {
  const { increments } = await client.get<{ increments: 'total' | 'delta' }>('/v1/about')
  if (increments === 'total') return { newTotal }
  const { payment } = await client.get<{ payment?: PspPayment }>(`/v1/payments/${encodeURIComponent(pspReference)}`)
  if (payment === undefined) throw unknownPayment(pspReference)
  const { amountMinor, currency } = payment.authorized
  checkCurrency(newTotal, currency)
  return { added: { amountMinor: newTotal.amountMinor - amountMinor, currency } }
}
