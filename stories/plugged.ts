/** One story for both protocols on both databases: a world of stations that speak one of them. */
import { expect } from 'vitest'
import { type RawStation, rawStation } from './raw-station.ts'
import { type Database, databases } from './rig.ts'
import { type Words, words16, words201 } from './station-words.ts'
import { type StationWorld, stationWorld } from './station-world.ts'

export interface At {
  readonly name: string
  readonly database: Database
  readonly protocol: RawStation['protocol']
  readonly words: Words
}

const versions = [
  { protocol: 'ocpp1.6', words: words16 },
  { protocol: 'ocpp2.0.1', words: words201 },
] as const

export const worlds: readonly At[] = databases.flatMap((database) =>
  versions.map((version) => ({ ...version, database, name: `${version.protocol} on ${database.name}` })),
)

export type Plugged = StationWorld & {
  readonly words: Words
  /** A station that has booted, and whose connector is free. */
  readonly plug: (id: string) => Promise<RawStation>
}

export async function openAt(
  { database, protocol, words }: At,
  parts: Omit<Parameters<typeof stationWorld>[0], 'store'>,
): Promise<Plugged> {
  const store = await database.open(protocol.replaceAll(/\W/g, ''))
  const world = await stationWorld({ store, ...parts })
  const plug = async (id: string) => {
    const station = await rawStation({ port: world.port, id, protocol })
    expect(await words.boot(station)).toMatchObject({ status: 'Accepted' })
    await words.status(station, 'Available', world.now())
    return station
  }
  return { ...world, words, plug }
}
