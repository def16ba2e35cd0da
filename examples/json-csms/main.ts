/** Runs the example: `node examples/json-csms/main.ts PORT VERSIONS_URL TOKEN` registers with a running `npm start -- --no-cpo`. */
import { randomBytes, randomUUID } from 'node:crypto'
import { cpSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import process from 'node:process'
import { createPaymentsPart } from '@plugtill/cpo/component/payments-part'
import { wallClock } from '@plugtill/engine/clock'
import { migrate } from '@plugtill/engine/migrate'
import { openSqlite } from '@plugtill/engine/sqlite'
import { createHttpSend } from '@plugtill/ocpi/http'
import { listenerOf } from '@plugtill/ocpi/node-http'
import { adminOf } from '@plugtill/world/call-admin'
import { openJsonCsms } from './csms.ts'

const [port = '8090', versionsUrl, token] = process.argv.slice(2)
const origin = `http://localhost:${port}`
const folder = join(process.cwd(), '.json-csms')
mkdirSync(folder, { recursive: true })
cpSync(join(import.meta.dirname, 'data'), folder, { recursive: true, force: false })

const store = await openSqlite({ file: join(folder, 'payments.db') })
await migrate(store)
const onError = (error: unknown) =>
  void process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
const csms = openJsonCsms({ folder, party: { country_code: 'DE', party_id: 'JSN' }, clock: wallClock, onError })
const part = createPaymentsPart({
  name: 'JSON Charging',
  countryCode: 'DE',
  partyId: 'JSN',
  csms,
  store,
  clock: wallClock,
  random: Math.random,
  ids: () => randomUUID(),
  randomToken: () => randomBytes(32).toString('base64url'),
  send: createHttpSend({ allowPrivatePeers: true }),
  baseUrl: `${origin}/ocpi`,
  publicUrl: origin,
  onFault: onError,
})
csms.tell(part)

const ocpi = listenerOf(part.serveOcpi, () => origin)
createServer((request, response) => {
  const [, room, reference = '', ...tail] = (request.url ?? '').split('?')[0]?.split('/') ?? []
  if (room !== 'invoices') return void ocpi(request, response)
  void part
    .serveInvoice(decodeURIComponent(reference), { tail: tail.join('/') })
    .then(({ status, headers, body }) => response.writeHead(status, headers).end(body))
    .catch(onError)
}).listen(Number(port))
await part.start()

const admin = adminOf(part.admin)
if (versionsUrl !== undefined && token !== undefined)
  await admin.post('/peers/register', { versions_url: versionsUrl, token })
// Whatever terminal a partner tells of sells at the depot; a real operator decides.
const assign = async () => {
  for (const { terminal_id, location_ids } of await admin.get<{ terminal_id: string; location_ids?: string[] }[]>(
    '/terminals',
  ))
    if (!location_ids?.length)
      await admin.post(`/terminals/${encodeURIComponent(terminal_id)}/assign`, { locations: ['DEPOT'] })
}
setInterval(() => void assign().catch(onError), 2000)
process.stdout.write(`${origin}/ocpi/versions sells at ${folder}/locations.json. Stop with Ctrl-C.\n`)
