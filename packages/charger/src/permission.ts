import type { Clock } from './clock.ts'
import type { Configuration } from './configuration.ts'
import type { IdTag } from './dialect.ts'
import type { LocalList } from './local-list.ts'
import type { Presence } from './presence.ts'

export interface PermissionParts {
  readonly tag: IdTag
  readonly presence: Presence
  readonly configuration: Configuration
  readonly localList: LocalList
  readonly clock: Clock
  readonly ask: (tag: IdTag) => Promise<boolean>
}

/** Who may charge: online the central system says so, or the local list before it; offline what the settings allow. (OCPP 1.6, 3.4 and 3.5) */
export async function allowed(parts: PermissionParts): Promise<boolean> {
  const { tag, presence, configuration, localList, clock, ask } = parts
  const listed = configuration.flag('LocalAuthListEnabled') ? localList.judge(tag.idTag, clock.now()) : undefined
  if (presence.ready) {
    if (listed === true && configuration.flag('LocalPreAuthorize')) return true
    return ask(tag)
  }
  if (listed !== undefined) return listed && configuration.flag('LocalAuthorizeOffline')
  return configuration.flag('AllowOfflineTxForUnknownId')
}
