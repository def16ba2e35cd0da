/** What a PTP does with CDRs. (cdrs › Receiver; D-32) */
import { sameCi } from '@plugtill/ocpi/types'
import { type Check, each, exchanges, whole } from '../check.ts'
import { isYes } from '../view.ts'
import { coped, dataOf, refused, shows, taken } from './ask-back.ts'
import { advices, gross, money } from './ptp-matched.ts'

const POST = 'cdrs.receiver.post/1'

export const ptpCdrChecks: readonly Check[] = [
  taken(POST, { what: 'A CDR', places: ['cdrs.postCdr'], after: ['commands.sender.start/1'] }),
  each('cdrs.receiver.post/2', {
    needs: 'a CDR has to be accepted',
    after: [POST],
    of: (view) => exchanges(view.of('us', 'cdrs.postCdr').filter(isYes)),
    judge: ({ seen }) => {
      const place = seen.response?.headers['location']
      return place
        ? 'ok'
        : { message: 'The answer does not say where the CDR is kept.', expected: 'the header Location', actual: 'none' }
    },
  }),
  each('cdrs.receiver.get/1', {
    needs: 'a CDR has to be read at the URL of its Location header',
    after: [POST, 'cdrs.receiver.post/2'],
    of: (view) => exchanges(view.probes('cdrs.get')),
    judge: ({ seen }, view) => {
      const value = dataOf(seen, 'CDR')
      const known = value !== undefined && view.told('CDR').some((one) => sameCi(one.value.id, value.id))
      return known
        ? 'ok'
        : {
            message: 'The CDR is not at the URL that was given.',
            expected: 'the CDR',
            actual: value?.id ?? `HTTP ${seen.response?.status ?? 'silence'}`,
          }
    },
  }),
  shows('cdrs.receiver.get/2', {
    what: 'The total of a CDR that was kept',
    kind: 'CDR',
    probes: ['cdrs.get'],
    after: ['cdrs.receiver.get/1'],
    expected: 'the total that was sent',
    differs: (value, _seen, view) => {
      const sent = view.told('CDR').find((one) => one.seen.place === 'cdrs.postCdr' && sameCi(one.value.id, value.id))
      return sent === undefined || gross(sent.value.total_cost) === gross(value.total_cost)
        ? undefined
        : money(gross(value.total_cost))
    },
  }),
  taken('cdrs.receiver.again/1', { what: 'The same CDR again', probes: ['cdrs.again'], after: [POST] }),
  coped('cdrs.receiver.other/1', {
    what: 'Another CDR with an id that is known',
    probes: ['cdrs.other'],
    after: [POST],
  }),
  taken('cdrs.receiver.unknown/1', {
    what: 'A CDR whose authorization_reference is not known',
    probes: ['cdrs.unknown'],
    after: [POST],
  }),
  whole('cdrs.receiver.unknown/2', {
    needs: 'a CDR with an unknown authorization_reference has to be sent',
    after: [POST],
    judge: (view) => {
      if (view.fact('cdrs-asked') === undefined) return undefined
      const advice = advices(view).find(({ value }) => value.authorization_reference === 'jdg-nobodys-reference')
      if (advice === undefined) return 'ok'
      return {
        ruling: {
          message: 'An advice was sent for a charge that no card paid for.',
          expected: 'none',
          actual: advice.value.id,
        },
        seen: advice.seen,
      }
    },
  }),
  taken('cdrs.receiver.open/1', {
    what: 'A CDR with a field that is new',
    probes: ['cdrs.new-words'],
    after: [POST, 'cdrs.receiver.unknown/1'],
  }),
  refused('cdrs.receiver.post/3', { what: 'A CDR without total_cost', probes: ['cdrs.broken'], after: [POST] }),
  refused('cdrs.receiver.owner/1', {
    what: 'A CDR of a party that the CPO is not',
    probes: ['cdrs.foreign'],
    after: [POST],
  }),
  taken('cdrs.receiver.credit/1', { what: 'A credit CDR', probes: ['cdrs.credit'], after: [POST] }),
]
