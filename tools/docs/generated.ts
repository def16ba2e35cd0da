/** Pages that are written from the code: what they should say, and whether they do. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { scriptSchema } from '../../packages/charger/src/script/schema.ts'
import { sitesSchema } from '../../packages/cpo/src/sites/shape.ts'
import type { Tree } from '../tidy/source.ts'
import { chargingStates } from './charging-states.ts'
import { configuration } from './configuration.ts'
import { contractSettings } from './contracts.ts'
import { judgeDefects } from './judge-defects.ts'
import { milestonePages } from './milestones.ts'
import { ocpiEndpoints } from './ocpi-endpoints.ts'
import { paymentArrows } from './payment-arrows.ts'
import { paymentProviders } from './payment-providers.ts'
import { paymentStates } from './payment-states.ts'
import { plantedBugs } from './planted-bugs.ts'
import { requirementPages } from './requirement-pages.ts'

export const pages: Readonly<Record<string, () => string>> = {
  'docs/reference/payment-states.md': paymentStates,
  'apps/web/src/console/payment/arrows.json': paymentArrows,
  'docs/reference/charging-states.md': chargingStates,
  'docs/reference/configuration.md': configuration,
  'docs/reference/contracts.md': contractSettings,
  'docs/reference/judge-defects.md': judgeDefects,
  'docs/reference/payment-providers.md': paymentProviders,
  'docs/reference/planted-bugs.md': plantedBugs,
  'docs/reference/ocpi-endpoints.md': ocpiEndpoints,
  'docs/reference/sites.schema.json': () => `${JSON.stringify(sitesSchema(), undefined, 2)}\n`,
  'docs/reference/charger-script.schema.json': () => `${JSON.stringify(scriptSchema(), undefined, 2)}\n`,
  ...milestonePages,
}

/** Each page is what the code would write today. */
export const generatedFindings = (
  tree: Tree,
  from: typeof pages = { ...pages, ...requirementPages() },
): readonly string[] =>
  Object.entries(from).flatMap(([path, page]) =>
    tree.get(path) === page() ? [] : [`${path}: not what the code says now. Run "npm run docs".`],
  )

export function writePages(root: string): void {
  const write = (made: typeof pages) => {
    for (const [path, page] of Object.entries(made)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), page())
    }
  }
  write(pages)
  // These read what was just written: the lists of the milestones.
  write(requirementPages())
}
