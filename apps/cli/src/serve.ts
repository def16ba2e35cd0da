/** One platform alone, as it runs for real: no simulated chargers, no judge, nothing open that others could reach. */
import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { databaseClock } from '@plugtill/engine/database-clock'
import type { Store } from '@plugtill/engine/store'
import type { Config } from './config.ts'
import { openPort, type Port } from './http/port.ts'
import { mountAll } from './mount-all.ts'
import { type Identity, type Parts, partsOf, publicUrlOf } from './platform-parts.ts'
import { refuseOtherSecret } from './secrets.ts'
import type { Platform } from './serve-settings.ts'
import { openStore } from './stores.ts'

export interface Served {
  readonly platform: Platform
  readonly publicUrl: string
  /** Where the data lies, for people. */
  readonly data: string
  /** This process among several on one database. */
  readonly node: string
  readonly parts: Parts
  /** Wants no more, finishes what runs, closes. */
  readonly stop: () => Promise<void>
}

export interface ServeOptions {
  readonly platform: Platform
  /** Every setting as it may be shown. */
  readonly settings?: readonly object[]
}

/** What a platform is called that nobody named; where others reach it the settings have to say more. */
const UNNAMED: Readonly<Record<Platform, Identity>> = {
  ptp: { name: 'Plugtill Pay', countryCode: 'NL', partyId: 'PTL' },
  cpo: { name: 'Plugtill Charging', countryCode: 'NL', partyId: 'PLG' },
}

export async function startServe(config: Config, { platform, settings = [] }: ServeOptions): Promise<Served> {
  const ends: (() => unknown)[] = []
  let open = true
  const stop = async () => {
    open = false
    for (const end of ends.splice(0).reverse()) await end()
  }
  try {
    const port = await openPort(config)
    ends.push(port.close)
    // A port that is taken is known before anything is loaded; the database connects while the platform is read.
    const [stores, start] = await Promise.all([openStore(config, platform), loaded(platform)])
    ends.push(stores.close)
    const { folder, store, described } = stores
    const publicUrl = publicUrlOf(config, port.port)
    const clock = await databaseClock(store)
    ends.push(clock.stop)
    const parts = partsOf(config, { folder, publicUrl, clock, allowPrivatePeers: config.allowPrivatePeers ?? false })
    ends.push(parts.send.close)
    await refuseOtherSecret(store, parts.keySecret)
    const node = nodeIn(folder, platform)
    const identity = identityOf(config, platform)
    await start({ parts, port, store, identity, node, settings, ends, open: () => open })
    return { platform, publicUrl, data: described, node, parts, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const identityOf = ({ name, countryCode, partyId }: Config, platform: Platform): Identity => ({
  name: name ?? UNNAMED[platform].name,
  countryCode: countryCode ?? UNNAMED[platform].countryCode,
  partyId: partyId ?? UNNAMED[platform].partyId,
})

interface Begun {
  readonly parts: Parts
  readonly port: Port
  readonly store: Store
  readonly identity: Identity
  readonly node: string
  readonly settings: readonly object[]
  readonly ends: (() => unknown)[]
  readonly open: () => boolean
}

/** Only the platform that is asked for is read: the other one would cost every restart its time. */
const loaded = (platform: Platform): Promise<(begun: Begun) => Promise<void>> =>
  platform === 'ptp' ? loadedPtp() : loadedCpo()

async function loadedPtp() {
  const [{ ptpOf }, { providersOf, refuseStrangers }] = await Promise.all([
    import('./ptp-platform.ts'),
    import('./provider.ts'),
  ])
  return async ({ parts, port, store, identity, node, settings, ends, open }: Begun) => {
    const { config, folder, log } = parts
    const readerOf = (terminalId: string) => ptp.readerOf(terminalId)
    const providers = await providersOf(config, { folder, readerOf })
    ends.push(providers.close)
    // Taps need not wait for what the provider says of us; a key that does not fit ends the start all the same.
    const known = refuseStrangers(providers, (error, where) => log.error(error, where))
    known.catch(() => undefined)
    const ptp = ptpOf(parts, { store, providers, identity, node })
    const app = await mountAll(parts, { port, ptp: { platform: ptp, store, providers }, settings, open })
    ends.push(app.close, ptp.stop)
    ptp.start()
    await known
  }
}

async function loadedCpo() {
  const [{ cpoOf, openToStations }, { loadSites }] = await Promise.all([
    import('./cpo-platform.ts'),
    import('./sites-file.ts'),
  ])
  return async ({ parts, port, store, identity, node, settings, ends, open }: Begun) => {
    const { sites: file } = parts.config
    const sites = file === undefined ? { locations: [], tariffs: [] } : await loadSites(file)
    const cpo = cpoOf(parts, { store, sites, identity, node })
    const app = await mountAll(parts, { port, cpo: { platform: cpo, store }, settings, open })
    ends.push(app.close, cpo.stop)
    await cpo.start()
    ends.push(await openToStations(parts, { port, cpo }))
  }
}

/**
 * The folder is the node: a process that is started again on its folder takes up at once what it was doing, and two
 * processes never have the same one.
 */
function nodeIn(folder: string, platform: Platform): string {
  const file = join(folder, `node-${platform}`)
  try {
    writeFileSync(file, `${platform}-${randomUUID()}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return readFileSync(file, 'utf8').trim()
}
