/** Faults of a PTP with locations and tariffs. */
import type { Defect, Json, Spoil } from './defect.ts'
import { answers, body, data, headers, hears, placeOf, reply, set } from './defect.ts'
import { crashes, fault, missing, nods, refuses } from './ptp-words.ts'

const L = 'locations.receiver.'
const F = 'tariffs.receiver.'
const AT = (path: string) => new RegExp(`^${path}`)
const PUT = AT('PUT .*/receiver/locations/')
const PATCH = AT('PATCH .*/receiver/locations/')
const PLACE = AT('GET .*/receiver/locations/[^/]+/[^/]+/JDG-PROBE$')
const PUT_PRICE = AT('PUT .*/receiver/tariffs/')
const PRICE = AT('GET .*/receiver/tariffs/[^/]+/[^/]+/JDG-PROBE-PRICE$')
const DELETE = AT('DELETE .*/receiver/tariffs/')

const shown = (match: RegExp, change: (said: Json) => unknown): Spoil =>
  answers(match, (one) => (one.status === 200 ? data(one, change) : one))

const hammering = (list: RegExp): Spoil => ({
  send: (send) => async (request, options) => {
    for (let count = 10; list.test(placeOf(request)) && count < 25; count += 1)
      await send(headers(request, { 'x-request-id': `h${count}${request.headers['x-request-id']?.slice(3)}` }), options)
    return send(request, options)
  },
})

/** It neither reads nor takes pushes, and does not say that it would. */
const blind = (module: string): Spoil => ({
  send: (send) => async (request, options) =>
    new RegExp(`^GET .*/sender/${module}`).test(placeOf(request))
      ? reply(200, { status_code: 1000, data: [] }, { 'x-total-count': '0', 'x-limit': '100' })
      : send(request, options),
  serve: (serve) => async (request) => {
    const response = await serve(request)
    if (!/^GET .*\/2\.\d\.\d$/.test(placeOf(request))) return response
    return data(response, (said) => ({
      ...said,
      endpoints: (said['endpoints'] as Json[]).filter(({ identifier }) => identifier !== module),
    }))
  },
})

const older = (match: RegExp, sign: RegExp): Spoil => ({
  serve:
    (serve, { clock }) =>
    (request) =>
      serve(
        match.test(placeOf(request)) && sign.test(request.body)
          ? body(request, (said) => ({ ...said, last_updated: new Date(clock.now()).toISOString() }))
          : request,
      ),
})

/** After a first one, PUTs are answered and thrown away. */
const firstOnly = (match: RegExp): Spoil => ({
  serve: (serve) => {
    let count = 0
    return async (request) => {
      if (!match.test(placeOf(request))) return serve(request)
      count += 1
      return count > 1 && /"price":0\.77/.test(request.body) ? reply(200) : serve(request)
    }
  },
})

export const ptpSiteDefects: readonly Defect[] = [
  fault('locations/blind', `${L}source/1`, 'Locations are neither read nor taken.', blind('locations')),
  fault(
    'locations/hammer',
    `${L}pull/1`,
    'The list of locations is read sixteen times in a row.',
    hammering(/^GET .*\/sender\/locations(\?limit=\d+)?$/),
  ),
  fault('locations/put-refused', `${L}put/1`, 'Pushed locations are refused.', refuses(PUT)),
  fault(
    'locations/put-evse-alone',
    `${L}put/2`,
    'A pushed EVSE takes the place of all others.',
    shown(PLACE, (said) =>
      set(said, '/evses', (old: unknown) => ((old as Json[]).length > 1 ? (old as Json[]).slice(-1) : old)),
    ),
  ),
  fault(
    'locations/put-connector-lost',
    `${L}put/3`,
    'A second connector is not kept.',
    shown(PLACE, (said) => set(said, '/evses/*/connectors', (old: unknown) => (old as Json[]).slice(0, 1))),
  ),
  fault(
    'locations/put-anything',
    `${L}put/4`,
    'A location without coordinates is accepted.',
    nods(PUT, /^(?!.*coordinates).*"publish"/),
  ),
  fault('locations/get-missing', `${L}get/1`, 'Pushed locations cannot be read.', missing(PLACE)),
  fault(
    'locations/get-evse-missing',
    `${L}get/2`,
    'Pushed EVSEs cannot be read by themselves.',
    missing(/^GET .*\/JDG-PROBE\/.+/),
  ),
  fault('locations/patch-refused', `${L}patch/1`, 'PATCH is not implemented.', refuses(PATCH)),
  fault(
    'locations/status-ignored',
    `${L}patch/2`,
    'The status of an EVSE is taken and not kept.',
    nods(/^PATCH .*\/receiver\/locations\/[^/]+\/[^/]+\/JDG-PROBE\/[^/]+$/),
  ),
  fault(
    'locations/patch-replaces',
    `${L}patch/3`,
    'A PATCH of the name takes away the EVSEs.',
    shown(PLACE, (said) => (said['name'] === 'Probe Place 2' ? { ...said, evses: [] } : said)),
  ),
  fault(
    'locations/lists-add-up',
    `${L}patch/4`,
    'Lists of a PATCH are added to the old ones.',
    shown(PLACE, (said) =>
      set(said, '/facilities', (old: unknown) => ((old as string[])[0] === 'HOTEL' ? ['CAFE', 'MALL', 'HOTEL'] : old)),
    ),
  ),
  fault(
    'locations/tariffs-ignored',
    `${L}patch/5`,
    'The tariff of a connector is taken and not kept.',
    nods(/^PATCH .*\/JDG-PROBE\/[^/]+\/[^/]+$/),
  ),
  fault(
    'locations/patch-unknown',
    `${L}patch/6`,
    'A PATCH of what there is not is accepted.',
    nods(/^PATCH .*\/locations\/.*NOT-THERE/),
  ),
  fault('locations/null-crash', `${L}patch/7`, 'A field that is null ends in a failure.', crashes(PATCH, /:null/)),
  fault(
    'locations/parent-date',
    `${L}patch/8`,
    'A changed EVSE does not change last_updated of its location.',
    shown(PLACE, (said) => set(said, '/last_updated', '2030-01-01T00:00:00.000Z')),
  ),
  fault('locations/older-wins', `${L}order/1`, 'An older status replaces a newer one.', older(PATCH, /OUTOFORDER/)),
  fault(
    'locations/foreign',
    `${L}owner/1`,
    'Locations of anybody are accepted.',
    nods(PUT, /YYY|JDG-PROBE-3(?!.*judge_field)(?=.*coordinates)/),
  ),
  fault(
    'locations/other-id',
    `${L}owner/2`,
    'The id in the body may differ from the URL.',
    nods(/^PUT .*\/JDG-PROBE-4$/),
  ),
  fault('locations/closed', `${L}open/1`, 'Unknown fields are refused.', refuses(PUT, /judge_field/)),
  fault('tariffs/blind', `${F}source/1`, 'Tariffs are neither read nor taken.', blind('tariffs')),
  fault(
    'tariffs/hammer',
    `${F}pull/1`,
    'The list of tariffs is read sixteen times in a row.',
    hammering(/^GET .*\/sender\/tariffs(\?limit=\d+)?$/),
  ),
  fault('tariffs/put-refused', `${F}put/1`, 'Pushed tariffs are refused.', refuses(PUT_PRICE)),
  fault('tariffs/put-once', `${F}put/2`, 'A tariff that is pushed again is not replaced.', firstOnly(PUT_PRICE)),
  fault(
    'tariffs/put-merges',
    `${F}put/3`,
    'A PUT leaves old fields standing.',
    shown(PRICE, (said) => ({ max_price: { before_taxes: 50 }, ...said })),
  ),
  fault(
    'tariffs/put-anything',
    `${F}put/4`,
    'A tariff without elements is accepted.',
    nods(PUT_PRICE, /^(?!.*elements)/),
  ),
  fault('tariffs/get-missing', `${F}get/1`, 'Pushed tariffs cannot be read.', missing(PRICE)),
  fault(
    'tariffs/rounded',
    `${F}get/2`,
    'Prices are kept as whole numbers.',
    shown(PRICE, (said) =>
      set(said, '/elements/*/price_components/*/price', (old: unknown) => Math.round(Number(old))),
    ),
  ),
  fault(
    'tariffs/no-hold',
    `${F}get/3`,
    'The amount to hold is thrown away.',
    hears(PUT_PRICE, (one) => body(one, ({ preauthorize_amount: _, ...said }) => said)),
  ),
  fault(
    'tariffs/older-wins',
    `${F}order/1`,
    'An older tariff replaces a newer one.',
    older(PUT_PRICE, /"price":0\.4\b/),
  ),
  fault('tariffs/foreign', `${F}owner/1`, 'Tariffs of anybody are accepted.', {
    serve: (serve) => async (request) =>
      PUT_PRICE.test(placeOf(request)) && (/\/YYY\//.test(request.url) || /YYY/.test(request.body))
        ? reply(200)
        : serve(request),
  }),
  fault(
    'tariffs/other-id',
    `${F}owner/2`,
    'The id in the body may differ from the URL.',
    nods(/^PUT .*\/JDG-PROBE-OTHER$/, /"JDG-PROBE-PRICE"/),
  ),
  fault('tariffs/closed', `${F}open/1`, 'Unknown fields are refused.', refuses(PUT_PRICE, /judge_field/)),
  fault('tariffs/delete-refused', `${F}delete/1`, 'Tariffs cannot be deleted.', refuses(DELETE)),
  fault('tariffs/delete-forgotten', `${F}delete/2`, 'A deleted tariff stays.', nods(DELETE)),
  fault(
    'tariffs/delete-crash',
    `${F}delete/3`,
    'Deleting what there is not ends in a failure.',
    crashes(/^DELETE .*NOT-THERE/),
  ),
]
