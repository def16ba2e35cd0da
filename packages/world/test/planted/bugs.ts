/**
 * One mistake for each case of the failure model, as a change of the source: the text that stands there, and what a bad day
 * would have written instead. Nothing of it is in the product; a text that is no longer found fails loudly.
 */
export interface Change {
  /** Below `packages/`. */
  readonly file: string
  readonly find: string
  readonly put: string
}

const PTP = 'ptp/src/'
const change = (file: string, find: string, put: string): Change => ({ file: `${PTP}${file}`, find, put })

export const BUGS: Readonly<Record<string, readonly Change[]>> = {
  F01: [
    change(
      'link/start-payment.ts',
      '    const created = await parts.payments.create(',
      '    await parts.psp.authorize({ key: payment.startCommandId, reference: payment.id, terminalId: payment.terminalId, card: payment.cardToken, amount: payment.asked })\n    const created = await parts.payments.create(',
    ),
  ],
  F02: [
    change(
      'effects/money.ts',
      "  return async (payment) => {\n    if (payment.state !== 'authorizing') return\n",
      "  return async (payment, attempt) => {\n    if (payment.state !== 'authorizing' || attempt > 1) return\n",
    ),
  ],
  F03: [
    change(
      'payment/states.ts',
      "    to: 'authorization-unknown',\n    set: { reason: event.reason },\n    effects: [{ do: 'query-authorization' }],",
      "    to: 'authorization-unknown',\n    set: { reason: event.reason },\n    effects: [],",
    ),
  ],
  F04: [
    change(
      'effects/money.ts',
      "  return async (payment) => {\n    if (payment.state !== 'authorizing') return\n",
      "  return async (payment, attempt) => {\n    if (payment.state !== 'authorizing') return\n",
    ),
    change('effects/money.ts', "keyOf(parts, payment, ['authorize'])", "keyOf(parts, payment, ['authorize', attempt])"),
  ],
  F05: [change('effects/money.ts', '      held: answer.authorized,', '      held: payment.asked,')],
  F06: [change('effects/money.ts', "if (answer.status === 'declined') {", 'if (false) {')],
  F07: [
    change(
      'payment/desk.ts',
      '[evseKey(payment)]',
      '[evseKey({ ...payment, evseUid: payment.evseUid + payment.tapId })]',
    ),
  ],
  F08: [change('payment/states.ts', "'plug-in-window-passed': windowPassed", "'plug-in-window-passed': late")],
  F09: [
    change('link/start-payment.ts', '  if (before) return before\n', ''),
    change('link/start-payment.ts', '    if (winner) return winner\n', ''),
  ],
  F10: [
    change(
      'psp-messages.ts',
      '    await engine.retryNow(moneyLane(',
      "    await payments.apply(payment.id, { type: 'authorized', held: payment.asked, pspReference: 'told', captureBefore: payment.createdAt + 86_400_000, eftData: ['told'], at: payment.createdAt })\n    await engine.retryNow(moneyLane(",
    ),
  ],
  F11: [
    change(
      'effects/money.ts',
      "      const outcome = answer.kind === 'declined'",
      "      if (answer.kind === 'unavailable')\n        return { type: 'authorized', held: payment.asked, pspReference: 'offline', captureBefore: at + 86_400_000, eftData: ['offline'], at }\n      const outcome = answer.kind === 'declined'",
    ),
  ],
  F12: [
    change('effects/commands.ts', 'if (at() - payment.createdAt > START_WITHIN_MS) {', 'if (false) {'),
    change('payment/cells-start.ts', 'if (event.at - payment.createdAt > waits) {', 'if (false) {'),
    change(
      'effects/commands.ts',
      '      const notAfter = payment.createdAt + START_WITHIN_MS',
      '      const notAfter = payment.createdAt + 99 * START_WITHIN_MS',
    ),
  ],
  F13: [change('effects/commands.ts', '    if (attempt > 1)\n', '    if (attempt > 99)\n')],
  F14: [
    change(
      'payment/cells-start.ts',
      "=> ({\n  to: 'start-unknown',",
      "=> release(payment, event, { outcome: 'start-timeout', why: event.reason }) ?? ({\n  to: 'start-unknown',",
    ),
  ],
  F15: [
    change('payment/cells-start.ts', '  if (!event.accepted)\n', '  if (!event.accepted && event.timeoutMs < 0)\n'),
  ],
  F16: [change('payment/states.ts', "'start-deadline-passed': lookOnceMore", "'start-deadline-passed': late")],
  F17: [change('payment/states.ts', "  'start-result': startResult,\n", "  'start-result': late,\n")],
  F18: [
    change(
      'payment/states.ts',
      "  'plug-in-window-passed': late,\n  'session-reported': sessionReported,",
      "  'plug-in-window-passed': late,\n  'session-reported': late,",
    ),
  ],
  F19: [
    change(
      'payment/states.ts',
      '  ...startDecided,\n  ...noCaptureYet,',
      "  ...startDecided,\n  'start-result': startResult,\n  ...noCaptureYet,",
    ),
  ],
  F20: [change('payment/states.ts', "'session-reported': stopUnpaid,", "'session-reported': late,")],
  F21: [change('payment/cells-session.ts', "  if (session.elsewhere === 'other-tariff')", '  if (false)')],
  F22: [
    change(
      'payment/desk.ts',
      '[evseKey(payment)]',
      '[evseKey({ ...payment, evseUid: payment.evseUid + payment.terminalId })]',
    ),
  ],
  F23: [
    change(
      'ocpi/commands.sender.ts',
      "accepted: result === 'ACCEPTED',",
      "accepted: result === 'ACCEPTED' || result === 'EVSE_OCCUPIED',",
    ),
  ],
  F24: [
    {
      file: 'ocpi/src/handshake-accept.ts',
      find: '    tokenOut: body.token,',
      put: '    tokenOut: peer.tokenOut ?? body.token,',
    },
  ],
  F25: [change('link/start-payment.ts', '  if (breaker.isOpen(partner(peerId)))', '  if (false)')],
  F26: [change('payment/cells-stop.ts', '  if (tooLong) return', '  if (tooLong && false) return')],
  F27: [
    change('payment/session-seen.ts', '  if (word.lastUpdated < seen.lastUpdated ||', '  if ('),
    change(
      'payment/session-seen.ts',
      "  if (seen.status === 'COMPLETED' && word.status !== 'COMPLETED') return undefined\n",
      '',
    ),
    change('ocpi/sessions.receiver.ts', '    before !== undefined &&', '    false && before !== undefined &&'),
  ],
  F28: [change('payment/session-seen.ts', 'dearest(word.cost, seen.cost)', 'word.cost ?? seen.cost')],
  // The looks would stop it as well.
  F29: [
    change('payment/amounts.ts', 'return seen.nearHold === true || costAtLimit(payment, seen)', 'return false'),
    change('payment/cells-stop.ts', '  if (tooLong) return', '  if (tooLong && false) return'),
  ],
  F30: [change('payment/states.ts', "'stop-requested': giveUpWaiting", "'stop-requested': late")],
  F31: [
    change('payment/states.ts', "'session-poll-due': pollAndStopAgain", "'session-poll-due': pollSession"),
    change('payment/cells-stop.ts', 'return stopUnanswered(payment, event)', "return { ignore: 'answered' }"),
    change(
      'payment/cells-stop.ts',
      '  if (!stop || usedUp(stop) || !stopAgainDue',
      '  if (!stop || event.at > 0 || !stopAgainDue',
    ),
    change(
      'payment/cells-stop.ts',
      '      return stopAgain(payment, event.stopCommandId, event.at + STOP_AGAIN_MS)',
      "      return { ignore: 'answered' }",
    ),
  ],
  F32: [
    change(
      'payment/cells-stop.ts',
      "      return { to: payment.state, effects: [{ do: 'find-session', last: false }, { do: 'pull-cdr' }] }",
      "      return { to: 'voiding', set: { leftEvse: true }, effects: [{ do: 'void', why: 'unknown' }] }",
    ),
  ],
  F33: [
    change(
      'effects/raise.ts',
      "    return { type: 'raise-refused', ...told }",
      "    return { type: 'hold-raised', n, held: to, captureBefore: payment.captureBefore ?? at, at }",
    ),
  ],
  F34: [
    change(
      'effects/raise.ts',
      "return { type: 'raise-lost', ...told }",
      "return { type: 'hold-raised', n, held: to, captureBefore: payment.captureBefore ?? at, at }",
    ),
  ],
  F35: [
    change(
      'effects/raise.ts',
      'newTotal: to }),',
      'newTotal: { ...to, amountMinor: to.amountMinor + (payment.held?.amountMinor ?? 0) } }),',
    ),
  ],
  F36: [
    change(
      'payment/cells-hold.ts',
      "export const holdCheck: PaymentCell<'hold-check-due'> = (payment, event) => {",
      "export const holdCheck: PaymentCell<'hold-check-due'> = (payment, event) => {\n  if (event.at > 0) return { ignore: 'later' }",
    ),
  ],
  F37: [change('payment/states.ts', "'cdr-deadline-passed': chaseCdr", "'cdr-deadline-passed': late")],
  F38: [
    change(
      'link/start-payment.ts',
      '    tariff: priced.tariff,',
      '    tariff: { ...priced.tariff, elements: priced.tariff.elements.map((one) => ({ ...one, price_components: one.price_components.map((part) => ({ ...part, price: part.price * 1.6 })) })) },',
    ),
  ],
  F39: [
    change(
      'effects/search.ts',
      "    if (payment.session?.status === 'COMPLETED') return\n",
      "    if (payment.session?.status === 'COMPLETED') return\n    if (order.last) return { type: 'session-not-found', stopCommandId: parts.ids(), at: parts.clock.now() }\n",
    ),
  ],
  F40: [
    change(
      'effects/money.ts',
      "        type: 'authorization-lost',\n        reason: 'The platform stopped",
      "        type: 'authorization-declined',\n        outcome: 'psp-unavailable',\n        reason: 'The platform stopped",
    ),
    change('sweep-difference.ts', "    case 'declined':\n", "    case 'declined':\n      return undefined\n"),
  ],
  F41: [change('effects/search.ts', 'const OVERLAP_MS = 15 * 60_000', 'const OVERLAP_MS = 0')],
  F42: [change('link/link.ts', 'if (!(await isPayer(parts, payment, card))) {', 'if (false) {')],
  F43: [
    change(
      'payment/states.ts',
      "  'stop-answered': late,\n  'cdr-received': cdrReceived,\n  'cdr-deadline-passed': late,\n  'hold-check-due': holdCheck,\n  voided",
      "  'stop-answered': late,\n  'cdr-received': never('Too early.'),\n  'cdr-deadline-passed': late,\n  'hold-check-due': holdCheck,\n  voided",
    ),
  ],
  F44: [
    change('cdr-intake.ts', '  if (again && (!payment || payment.cdr)) return again\n', ''),
    change(
      'cdr-intake.ts',
      'key: ciKey(cdr.country_code, cdr.party_id, cdr.id), hash',
      'key: `${cdr.id}-${clock.now()}`, hash',
    ),
    change('payment/states.ts', "'cdr-received': cdrAfterCapture", "'cdr-received': cdrReceived"),
  ],
  F45: [change('cdr-intake.ts', '  if (before === cdr ||', '  if (cdr.id ||')],
  F46: [change('payment/states.ts', "'cdr-received': cdrAfterCapture", "'cdr-received': cdrReceived")],
  F47: [change('payment/amounts.ts', 'amount: smaller(due, held)', 'amount: held')],
  F48: [change('payment/amounts.ts', 'amount: smaller(due, held)', 'amount: due')],
  F49: [change('payment/cells-void.ts', '  const unpaid = payment.cdr &&', '  const unpaid = true || payment.cdr &&')],
  F50: [
    change(
      'payment/cells-money.ts',
      '  if (due.amountMinor < minCaptureMinor) {',
      '  if (due.amountMinor < 0 * minCaptureMinor) {',
    ),
  ],
  F51: [change('payment/states.ts', "'credit-due': creditOrReplacementDue,", "'credit-due': late,")],
  F52: [
    change(
      'cdr-intake.ts',
      '  const credit = await earlierCredit(parts, payment.peerId, cdr)',
      '  const credit = undefined as Awaited<ReturnType<typeof earlierCredit>>',
    ),
  ],
  F53: [change('cdr-intake.ts', 'return dueOf(cdr.total_cost, cdr.currency)', "return dueOf(cdr.total_cost, 'EUR')")],
  F54: [
    change(
      'match.ts',
      'return sessionId ? bySession(payments, { peerId, party, sessionId }) : undefined',
      'return (sessionId && (await bySession(payments, { peerId, party, sessionId }))) || (await payments.list({ limit: 1 }))[0]',
    ),
  ],
  F55: [change('payment/cells-cdr.ts', "if (termsOf(payment).cdrCheck === 'flag') return", 'if (told) return')],
  F56: [change('payment/states.ts', "'cdr-received': cdrWithoutHold", "'cdr-received': late")],
  F57: [
    change(
      'payment/cells-cdr.ts',
      '  if (waited > cdrChaseForMs || event.at - ended > cdrChaseForMs) return',
      '  if (waited > 99 * cdrChaseForMs + ended * 0) return',
    ),
  ],
  F58: [change('payment/states.ts', "'session-poll-due': pollCharging", "'session-poll-due': late")],
  F59: [
    change('effects/search.ts', '    if (payment.cdr) return\n', '    if (payment.id) return\n'),
    change(
      'cdr-sync.ts',
      "      if (peer.status !== 'registered' || running.has(peer.id)) continue",
      '      if (peer.id) continue',
    ),
  ],
  F60: [
    {
      file: 'ocpi/src/client-list.ts',
      find: '    if (page.next === undefined) return\n',
      put: '    if (page.url) return\n',
    },
  ],
  F61: [
    change(
      'effects/money.ts',
      '  return async (payment, ordered) => {\n',
      '  return async (payment, ordered, attempt) => {\n',
    ),
    change(
      'effects/money.ts',
      '    if (keyForgotten(parts, payment))',
      '    if (attempt > 1) return\n    if (keyForgotten(parts, payment))',
    ),
  ],
  F62: [
    change(
      'effects/money.ts',
      "keyOf(parts, payment, ['capture', payment.captureRound])",
      "keyOf(parts, payment, ['capture', (payment.captureRound ?? 0) + (payment.state === 'capture-unknown' ? 7 : 0)])",
    ),
  ],
  F63: [change('effects/money.ts', '> retentionSafeMs', '> 99_999 * retentionSafeMs')],
  F64: [
    change(
      'sweep-difference.ts',
      'if (captured.amountMinor > payment.captured.amountMinor)',
      'if (captured.amountMinor > payment.captured.amountMinor + 99_999_999)',
    ),
  ],
  F65: [
    change(
      'payment/cells-money.ts',
      '  const refused = { captureRefused: true,',
      "  if (event.at > 0) return { to: 'captured', set: { captured: captureAmount(payment) ?? zero('EUR') } }\n  const refused = { captureRefused: true,",
    ),
  ],
  F66: [change('sweep-difference.ts', "  if (booked.state === 'capture-failed')", "  if (booked.reference === '')")],
  F67: [
    change(
      'payment/cells-money.ts',
      "  if (isZero(extra)) return { to: 'captured', set: done, effects: told }",
      "  if (isZero(extra)) return { to: 'captured', set: done }",
    ),
  ],
  F68: [
    change('effects/payment-kind.ts', 'const ADVICE_FOR_MS = 90 * 24 * 3_600_000', 'const ADVICE_FOR_MS = 600_000'),
  ],
  F69: [
    change('effects/advise.ts', '  if (stored) return JSON', '  if (stored && parts.clock.now() < 0) return JSON'),
    change(
      'effects/advise.ts',
      '  return body\n}\n\n/**\n * A CPO without',
      '  return { ...body, last_updated: formatDateTime(parts.clock.now()) }\n}\n\n/**\n * A CPO without',
    ),
  ],
  F70: [
    change(
      'effects/advise.ts',
      'if (!isRefusedContent(error)) throw again(error)',
      'if (!isRefusedContent(error)) return delivered',
    ),
  ],
  F71: [change('effects/payment-kind.ts', '      return advicesLane(payment.peerId)\n', "      return 'psp'\n")],
  F72: [
    change(
      'payment/receipt.ts',
      'payment.captured ? netOf(payment) : zero(currency),',
      'payment.captured ? netOf(payment) : (payment.session?.cost ?? zero(currency)),',
    ),
  ],
  F73: [
    change(
      'receipts/receipts.ts',
      'terms ? terms.invoiceBaseUrl : terminal',
      "id === '' ? terms?.invoiceBaseUrl : terminal",
    ),
  ],
  F74: [change('effects/payment-kind.ts', 'const MONEY_ATTEMPTS = 30 * 24 * 120', 'const MONEY_ATTEMPTS = 3')],
  F75: [change('sweep.ts', '  if (!ours) return\n', '  if (ours || !ours) return\n')],
  F76: [
    change(
      'ptp.ts',
      '        keySecret: settings.keySecret,\n        onPsp',
      '        keySecret: parts.randomToken(),\n        onPsp',
    ),
  ],
  F77: [change('payment/terms.ts', '({ ...usualTerms, ...payment.terms })', 'payment.terms ?? usualTerms')],
  F78: [change('link/start-payment.ts', '    throw error\n  }\n}', '    return payment\n  }\n}')],
  F79: [
    change(
      'effects/void.ts',
      "    if (answer.kind === 'unknown-outcome') return { type: 'void-lost', reason: answer.message, at }",
      "    if (answer.kind === 'unknown-outcome') return voided(parts, false)",
    ),
  ],
  F80: [change('reconcile/compare.ts', '  if (!settled || !captured ||', '  if (settled || !captured ||')],
}
