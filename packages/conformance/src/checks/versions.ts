/** Whether the partner's modules can be found. (version information endpoint; B-01 to B-06) */
import { type Check, each, exchanges, fields, whole } from '../check.ts'
import { isYes } from '../view.ts'
import { said } from './said.ts'

export const versionsChecks: readonly Check[] = [
  each('versions.get/1', {
    needs: 'the versions endpoint has to be asked',
    after: ['credentials.post/6'],
    // What fails later, with another token, is the fault of the step that brought that token.
    of: (view) => {
      const asked = view.of('us', 'versions.versions')
      return exchanges(asked.filter(({ tokenUsed }) => tokenUsed === asked[0]?.tokenUsed))
    },
    judge: ({ seen }) =>
      isYes(seen)
        ? 'ok'
        : { message: 'The versions endpoint did not answer.', expected: 'HTTP 200 with OCPI 1000', actual: said(seen) },
  }),
  whole('versions.get/2', {
    needs: 'a list of versions',
    after: ['versions.get/1'],
    judge: (view) => {
      const found = view.found('Versions').at(-1)
      if (found === undefined || !Array.isArray(found.value)) return undefined
      const offered = found.value.map((entry) => String((entry as { version?: unknown } | null)?.version))
      if (offered.includes('2.3.0') || offered.includes('2.2.1')) return { ruling: 'ok', seen: found.seen }
      const wrong = {
        message: 'No version that can do direct payment is offered.',
        expected: '2.3.0 or 2.2.1',
        actual: offered.join(', ') || 'nothing',
        field: '/data',
      }
      return { ruling: wrong, seen: found.seen }
    },
  }),
  ...fields({
    kind: 'Versions',
    needs: 'a list of versions',
    after: ['versions.get/1', 'credentials.url/1'],
    owners: [],
    rest: 'versions.get/3',
  }),
  each('versions.get/4', {
    needs: 'the versions endpoint has to be asked without a token and with an unknown one',
    after: ['versions.get/1'],
    of: (view) => exchanges([...view.probes('versions.no-token'), ...view.probes('versions.unknown-token')]),
    judge: ({ seen }) =>
      seen.response?.status === 401
        ? 'ok'
        : {
            message: `The versions endpoint was asked ${seen.probe === 'versions.no-token' ? 'without a token' : 'with an unknown token'} and did not refuse.`,
            expected: 'HTTP 401',
            actual: said(seen),
          },
  }),
  each('versions.details/1', {
    needs: 'version details',
    after: ['versions.get/1', 'versions.get/3'],
    of: (view) => exchanges(view.of('us', 'versions.details')),
    judge: ({ seen }) =>
      isYes(seen)
        ? 'ok'
        : { message: 'The version details did not answer.', expected: 'HTTP 200 with OCPI 1000', actual: said(seen) },
  }),
  ...fields({
    kind: 'VersionDetails',
    needs: 'version details',
    after: ['versions.get/1', 'versions.get/3'],
    owners: [],
    rest: 'versions.details/1',
  }),
]
