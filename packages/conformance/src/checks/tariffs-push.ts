/** Whether what a CPO pushes about its tariffs can be used. (tariffs › Receiver; C-201, C-202) */
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { parseDateTime, sameCi } from '@plugtill/ocpi/types'
import { type Check, each, exchanges, type Ruling } from '../check.ts'
import type { Seen } from '../seen.ts'
import { isYes, type View } from '../view.ts'
import { REGISTERED } from './credentials.ts'
import { difference } from './locations-objects.ts'
import { idsOf } from './locations-push.ts'
import { tariffsOf } from './offer.ts'
import { isParty, placesIn, plugsIn } from './sold.ts'

const PUSHES = ['tariffs.putTariff', 'tariffs.deleteTariff'] as const
const NEEDS = 'a tariff has to be pushed'

const unlessPushed = (view: View): string | undefined =>
  view.of('partner', ...PUSHES).length === 0
    ? 'The platform pushes no tariffs; they are read from its list.'
    : undefined

const idIn = (seen: Seen): string => idsOf(seen.url, 'tariffs')[2] ?? ''

export const tariffsPushChecks: readonly Check[] = [
  each('tariffs.push/1', {
    needs: NEEDS,
    unless: unlessPushed,
    after: REGISTERED,
    of: (view) => exchanges(view.of('partner', ...PUSHES)),
    judge: ({ seen }, view): Ruling => {
      const [country = '', party = '', id = ''] = idsOf(seen.url, 'tariffs')
      if (isParty(view, country, party) === false) {
        const message = `A tariff is pushed to the URL of ${country}-${party}, which stands in no credentials.`
        return { message, expected: 'the party of one of your roles', actual: `${country}/${party}` }
      }
      const body = (seen.question ?? {}) as Partial<Tariff>
      for (const [name, given] of [
        ['country_code', country],
        ['party_id', party],
        ['id', id],
      ] as const) {
        const value = body[name]
        if (typeof value !== 'string' || sameCi(value, given)) continue
        const message = `${name} in the body of a pushed tariff is not the one in the URL.`
        return { message, expected: given, actual: value, field: `/${name}` }
      }
      return 'ok'
    },
  }),
  each('tariffs.push/2', {
    needs: NEEDS,
    unless: unlessPushed,
    after: ['tariffs.push/1', 'locations.list/1'],
    of: (view) => exchanges(view.of('partner', ...PUSHES)),
    judge: ({ seen }, view): Ruling => {
      if (seen.method !== 'DELETE') return 'ok'
      const named = plugsIn(placesIn(view)).find(({ connector }) =>
        connector.tariff_ids?.some((id) => sameCi(id, idIn(seen))),
      )
      if (named === undefined) return 'ok'
      const message = `Tariff ${idIn(seen)} is deleted, and a connector of EVSE ${named.evse.uid} names it.`
      return { message, expected: 'a tariff that nobody names', actual: idIn(seen) }
    },
  }),
  each('tariffs.push/3', {
    needs: 'the list has to be read after a push',
    unless: unlessPushed,
    after: ['tariffs.push/1', 'tariffs.list/1'],
    of: (view) => exchanges(view.of('partner', ...PUSHES).filter(isYes)),
    judge: ({ seen }, view): Ruling => {
      const pages = view.of('us', 'tariffs.list').filter((one) => one.index > seen.index && isYes(one))
      const overtaken = view
        .of('partner', ...PUSHES)
        .some((one) => one.index > seen.index && sameCi(idIn(one), idIn(seen)) && one.index < (pages[0]?.index ?? 0))
      if (pages.length === 0 || overtaken) return undefined
      const listed = tariffsOf(view).find((one) => pages.includes(one.seen) && sameCi(one.value.id, idIn(seen)))
      if (seen.method === 'DELETE') {
        if (listed === undefined) return 'ok'
        return { message: `Tariff ${idIn(seen)} was deleted and stands in the list.`, expected: 'no such tariff' }
      }
      const pushed = tariffsOf(view).find((one) => one.seen === seen)
      if (pushed === undefined) return undefined
      if (listed === undefined)
        return { message: `Tariff ${idIn(seen)} was pushed and does not stand in the list.`, expected: 'the tariff' }
      if (parseDateTime(listed.value.last_updated) > parseDateTime(pushed.value.last_updated)) return 'ok'
      const wrong = difference(pushed.value, listed.value)
      if (wrong === undefined) return 'ok'
      return {
        message: `Tariff ${idIn(seen)} in the list is not the one that was pushed, and not newer.`,
        expected: JSON.stringify(wrong.a) ?? 'nothing',
        actual: JSON.stringify(wrong.b) ?? 'nothing',
      }
    },
  }),
  each('tariffs.push/4', {
    needs: 'a tariff',
    after: ['tariffs.list/1', 'tariffs.tariff/9', 'tariffs.push/3'],
    of: tariffsOf,
    judge: ({ seen, value, pointer }, view): Ruling => {
      const before = tariffsOf(view).findLast(
        (one) =>
          one.seen.index < seen.index && sameCi(one.value.id, value.id) && sameCi(one.value.party_id, value.party_id),
      )
      if (before === undefined || parseDateTime(before.value.last_updated) <= parseDateTime(value.last_updated))
        return 'ok'
      const message = `Tariff ${value.id} has an earlier last_updated than before.`
      const expected = `at least ${before.value.last_updated}`
      return { message, expected, actual: value.last_updated, field: `${pointer}/last_updated` }
    },
  }),
]
