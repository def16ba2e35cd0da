/** How a PTP gets to know the locations and tariffs of a CPO. */
import { type Check, whole } from '../check.ts'
import type { View } from '../view.ts'
import { offers } from './ask-back.ts'

type Known = 'locations' | 'tariffs'

/** Pushed or read: one of them has to be. */
export const known = (module: Known): Check =>
  whole(`${module}.receiver.source/1`, {
    needs: 'it has to be registered',
    judge: (view) => {
      const pulled = view.of('partner', `${module}.list`)[0]
      if (pulled !== undefined) return { ruling: 'ok', seen: pulled }
      if (view.found('VersionDetails').length === 0) return undefined
      const pushed = view.probes(`${module}.push`)[0]
      if (pushed !== undefined || offers(view, module, 'RECEIVER')) return { ruling: 'ok', seen: pushed }
      return {
        message: `It neither reads ${module} nor takes pushes of them.`,
        expected: `GET {${module}} after the registration, or ${module} RECEIVER in its version details`,
        actual: 'neither',
      }
    },
  })

/** Reading is fine, a flood is not. */
export const paged = (module: Known): readonly Check[] => {
  const lists = (view: View) => view.of('partner', `${module}.list`)
  const unless: Check['unless'] = (view) =>
    lists(view).length > 0 || !offers(view, module, 'RECEIVER')
      ? undefined
      : `It does not read ${module}; it takes pushes.`
  const after = [`${module}.receiver.source/1`]
  return [
    whole(`${module}.receiver.pull/1`, {
      needs: `${module} have to be read`,
      after,
      unless,
      judge: (view) => {
        const first = lists(view).filter(({ url }) => ['0', null].includes(new URL(url).searchParams.get('offset')))
        if (first.length === 0) return undefined
        const crowd = first.find(({ at }) => first.filter((one) => one.at >= at && one.at < at + 60_000).length > 12)
        if (crowd === undefined) return 'ok'
        const wrong = {
          message: `The list of ${module} is read without a pause.`,
          expected: 'at most 12 times a minute',
          actual: 'more',
        }
        return { ruling: wrong, seen: crowd }
      },
    }),
  ]
}
