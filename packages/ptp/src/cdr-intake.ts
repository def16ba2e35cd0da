/** CDRs, pushed or pulled: each moves its money once; what cannot move any is kept with a word for the operator. */
import { type Doc, type Documents, documents as documentsOn } from '@plugtill/engine/documents'
import type { Tx } from '@plugtill/engine/store'
import { OcpiError } from '@plugtill/ocpi/errors'
import { sameParty } from '@plugtill/ocpi/headers'
import type { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import type { PartyId } from '@plugtill/ocpi/peers'
import { ciKey, sameCi, usualForm } from '@plugtill/ocpi/types'
import { hashOf } from './content-hash.ts'
import type { Intake, IntakeParts } from './intake.ts'
import { match } from './match.ts'
import { partyOf } from './mirror.ts'
import { checkCdr } from './payment/cdr-check.ts'
import { canWait, waitingBills } from './payment/cells-second.ts'
import type { Credit, Payment } from './payment/payment.ts'
import { dueOf } from './payment/prices.ts'

export type CdrParts = IntakeParts

export interface CdrName {
  readonly peerId: string
  readonly party?: PartyId | undefined
  readonly id: string
}

/** The id of a CDR says which one only together with its party. What an older program kept knows none. */
export const cdrKey = ({ peerId, party, id }: CdrName) =>
  party ? ciKey(peerId, party.countryCode, party.partyId, id) : ciKey(peerId, id)

/** Where the bill of this payment is kept. */
export const billKeyOf = ({ peerId, cdr }: Pick<Payment, 'peerId' | 'cdr'>): string | undefined =>
  cdr && cdrKey({ peerId, party: cdr.party, id: cdr.id })

/** What an older program kept by the id alone is found as well, for the party that sent it. */
export async function storedCdr(
  documents: Documents,
  name: CdrName & { readonly party: PartyId },
): Promise<Doc | undefined> {
  const own = await documents.get('cdrs', cdrKey(name))
  if (own) return own
  const older = await documents.get('cdrs', cdrKey({ ...name, party: undefined }))
  return older && sameParty(partyOf(JSON.parse(older.body) as CdrReceived), name.party) ? older : undefined
}

const nameOf = (peerId: string, cdr: CdrReceived) => ({ peerId, party: partyOf(cdr), id: cdr.id })

export async function takeCdr(parts: CdrParts, peerId: string, cdr: CdrReceived): ReturnType<Intake['cdr']> {
  const known = await storedCdr(parts.documents, nameOf(peerId, cdr))
  const again = known && (await sameCdr(parts, peerId, { stored: known.body, cdr }))
  if (cdr.credit) return takeCredit(parts, peerId, cdr, again)
  const payment = await match(parts.payments, peerId, {
    party: partyOf(cdr),
    reference: cdr.authorization_reference,
    sessionId: cdr.session_id,
    tokenUid: cdr.cdr_token.uid,
  })
  // One that belonged to nobody may find its payment later; one that has moved money, or was refused, is only known.
  if (again && (!payment || payment.cdr)) return again
  if (!payment) {
    const message = `CDR ${cdr.id} of ${peerId} belongs to no payment.`
    await keepAside(parts, peerId, {
      cdr,
      reference: cdr.authorization_reference ?? '',
      code: 'CDR_UNMATCHED',
      message,
    })
    return { created: true }
  }
  if (!canWait(payment)) {
    const why = `${waitingBills(payment).length} CDRs wait for payment ${payment.id} already`
    throw new OcpiError(2001, `${why}: CDR ${cdr.id} is not kept. Take back what does not stand, then send it again.`)
  }
  await bill(parts, payment, cdr)
  return { created: !known, reference: payment.id }
}

interface Aside {
  readonly cdr: CdrReceived
  readonly reference: string
  readonly code: string
  readonly message: string
}

/** Kept with a word for the operator; no money moves. (F54) */
async function keepAside({ documents, journal }: CdrParts, peerId: string, { cdr, reference, ...fault }: Aside) {
  await documents.put('cdrs', cdrKey(nameOf(peerId, cdr)), JSON.stringify(cdr), usualForm(cdr.last_updated))
  await journal.write(reference, 'fault', fault)
}

/** The CDR and the money it moves are one commit: neither exists without the other. (I10, I11) */
async function bill(parts: CdrParts, payment: Payment, cdr: CdrReceived): Promise<void> {
  const { payments, clock, ids } = parts
  const seen = {
    id: cdr.id,
    party: partyOf(cdr),
    hash: hashOf(cdr),
    due: amountDue(cdr),
    endedAt: cdr.end_date_time,
    ...(cdr.invoice_reference_id && { invoiceReferenceId: cdr.invoice_reference_id }),
  }
  const check = checkCdr(payment, cdr, clock.now())
  const credit = await earlierCredit(parts, payment.peerId, cdr)
  const event = {
    type: 'cdr-received',
    cdr: seen,
    check,
    ...(credit && { credit }),
    adviceId: ids(),
    at: clock.now(),
  } as const
  const { verdict } = await payments.apply(payment.id, event, kept(parts, payment.peerId, { cdr, hash: seen.hash }))
  if ('to' in verdict) await sayWhoInvoices(parts, payment, cdr)
}

/** The CDR decides who makes the invoice; that it is not who was agreed is told. (E-19) */
async function sayWhoInvoices({ journal }: CdrParts, { id, terms }: Payment, cdr: CdrReceived): Promise<void> {
  const agreed = terms?.invoiceCreator
  const made = cdr.invoice_reference_id ? 'CPO' : 'PTP'
  if (agreed === undefined || agreed === made) return
  const message = `Agreed was an invoice of the ${agreed}; CDR ${cdr.id} ${made === 'CPO' ? 'names one of the CPO (invoice_reference_id)' : 'names none (invoice_reference_id): the receipt says that it comes from the CPO'}.`
  await journal.write(id, 'fault', { code: 'INVOICE_DISAGREES', message })
}

/** Noted as delivered, and stored, in the commit of the event. */
const kept = (
  { clock }: CdrParts,
  peerId: string,
  { cdr, hash }: { readonly cdr: CdrReceived; readonly hash: string },
) => ({
  dedupe: { source: `cdr:${peerId}`, key: ciKey(cdr.country_code, cdr.party_id, cdr.id), hash },
  within: async (tx: Tx) =>
    void (await documentsOn(tx, clock).put(
      'cdrs',
      cdrKey(nameOf(peerId, cdr)),
      JSON.stringify(cdr),
      usualForm(cdr.last_updated),
    )),
})

/** A CDR whose cost cannot be read moves no money; its sender is told which field it is. (F53) */
export function amountDue(cdr: CdrReceived) {
  try {
    return dueOf(cdr.total_cost, cdr.currency)
  } catch (error) {
    throw new OcpiError(
      2001,
      `total_cost of CDR ${cdr.id} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

/** What was told of changed CDRs, by CDR and content: each is read again and again. (F59) */
const CHANGED = 'changed-cdrs'

async function sameCdr(
  { documents, journal }: CdrParts,
  peerId: string,
  { stored, cdr }: { readonly stored: string; readonly cdr: CdrReceived },
) {
  // Nearly always word by word what is stored: each is read again and again. (F59)
  const before = stored === JSON.stringify(cdr) ? cdr : (JSON.parse(stored) as CdrReceived)
  const reference = before.authorization_reference ?? undefined
  if (before === cdr || hashOf(before) === hashOf(cdr)) return { created: false, ...(reference && { reference }) }
  const message = `CDR ${cdr.id} is known with other content. A sent CDR is never changed: send a credit CDR and a new one.`
  const fields = Object.keys({ ...before, ...cdr }).filter(
    (name) => hashOf(before[name as keyof CdrReceived] ?? null) !== hashOf(cdr[name as keyof CdrReceived] ?? null),
  )
  const told = ciKey(cdrKey(nameOf(peerId, cdr)), hashOf(cdr))
  if (!(await documents.get(CHANGED, told))) {
    await journal.write(reference ?? '', 'fault', { code: 'CDR_CHANGED', message, fields })
    await documents.put(CHANGED, told, cdr.id, usualForm(cdr.last_updated))
  }
  throw new OcpiError(2001, `${message} Different: ${fields.join(', ')}.`)
}

/** Credits that came before what they take back, by the id of that CDR. */
const EARLY = 'early-credits'

type Again = Awaited<ReturnType<typeof sameCdr>> | undefined

/**
 * D-F17: only the whole of a CDR that this CPO has sent, once. Anything else is kept for an operator. (T23) One that comes
 * `again` is looked at again: when it came first its bill may have been on its way to the same database, neither seeing
 * the other. (F52)
 */
async function takeCredit(
  parts: CdrParts,
  peerId: string,
  credit: CdrReceived,
  again: Again,
): ReturnType<Intake['cdr']> {
  const reference = credit.authorization_reference ?? ''
  const aside = async (code: 'BAD_CREDIT' | 'CDR_CREDIT', message: string) => {
    if (again) return again
    await keepAside(parts, peerId, { cdr: credit, reference, code, message })
    return { created: true, ...(reference && { reference }) }
  }
  const of = credit.credit_reference_id
  if (!of)
    return aside('BAD_CREDIT', `Credit CDR ${credit.id} does not say what it takes back. Set credit_reference_id.`)
  // A credit takes back a bill of its own party.
  const takenBack = { ...nameOf(peerId, credit), id: of }
  const stored = await storedCdr(parts.documents, takenBack)
  const early = () => parts.documents.put(EARLY, cdrKey(takenBack), credit.id, usualForm(credit.last_updated))
  if (!stored) {
    if (!again) await early()
    return aside('CDR_CREDIT', `Credit CDR ${credit.id} came before CDR ${of}, which it takes back.`)
  }
  const original = JSON.parse(stored.body) as CdrReceived
  const checked = checkedCredit(credit, original)
  if (typeof checked === 'string') return aside('BAD_CREDIT', checked)
  const payment = await match(parts.payments, peerId, {
    party: partyOf(original),
    reference: original.authorization_reference,
    sessionId: original.session_id,
    tokenUid: original.cdr_token.uid,
  })
  const bills = payment ? [payment, ...waitingBills(payment)].flatMap((one) => one.cdr?.id ?? []) : []
  const billId = bills.find((id) => sameCi(id, of))
  if (!payment || billId === undefined) {
    // One of nobody may find its payment later.
    if (!again) await early()
    return aside('CDR_CREDIT', `Credit CDR ${credit.id} takes back CDR ${of}, which has moved no money.`)
  }
  if (again && [payment, ...waitingBills(payment)].some((one) => one.credit && sameCi(one.credit.id, credit.id)))
    return again
  const event = { type: 'credit-received', credit: checked, of: billId, at: parts.clock.now() } as const
  await parts.payments.apply(payment.id, event, kept(parts, peerId, { cdr: credit, hash: hashOf(credit) }))
  return again ?? { created: true, reference: payment.id }
}

async function earlierCredit({ documents }: CdrParts, peerId: string, cdr: CdrReceived) {
  const name = nameOf(peerId, cdr)
  const early =
    (await documents.get(EARLY, cdrKey(name))) ?? (await documents.get(EARLY, cdrKey({ ...name, party: undefined })))
  const stored = early && (await storedCdr(documents, { ...name, id: early.body }))
  if (!stored) return undefined
  const checked = checkedCredit(JSON.parse(stored.body) as CdrReceived, cdr)
  return typeof checked === 'string' ? undefined : checked
}

/** The amount that goes back, or why none does. */
function checkedCredit(credit: CdrReceived, original: CdrReceived): Omit<Credit, 'at'> | string {
  const wrong = (why: string) => `Credit CDR ${credit.id} moves no money: ${why}`
  if (original.credit) return wrong(`${original.id} is a credit itself.`)
  if (sameCi(original.id, credit.id)) return wrong('it has the id of the CDR it takes back.')
  if (original.currency !== credit.currency)
    return wrong(`it is in ${credit.currency}, CDR ${original.id} in ${original.currency}.`)
  const [back, billed] = [amountDue(credit), amountDue(original)]
  if (back.amountMinor === -billed.amountMinor) return { id: credit.id, amount: billed }
  return wrong(
    `its total is ${back.amountMinor}, that of CDR ${original.id} ${billed.amountMinor}. Send it with the sign turned.`,
  )
}
