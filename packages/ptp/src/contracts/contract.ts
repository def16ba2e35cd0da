/** Contracts: one connection may carry several, each with settings of its own; a terminal stands under one. (platform › contract › terminal) */
import type { Clock } from '@plugtill/engine/clock'
import { change as changeDocument, type Documents } from '@plugtill/engine/documents'
import type { PeerStore } from '@plugtill/ocpi/peers'
import { ciKey, formatDateTime, sameCi } from '@plugtill/ocpi/types'
import { Refusal } from '../refusal.ts'
import type { PtpSettings } from '../settings.ts'
import { CONTRACT_SETTINGS, readSetting, settingNamed } from './contract-settings.ts'
import { contradictionIn } from './contradictions.ts'
import { termsFor } from './terms-of-contract.ts'

export interface Contract {
  readonly id: string
  /** The CPO platform it is a contract with. */
  readonly peerId: string
  readonly name: string
  /** Agreed with the CPO before terminals are assigned; the link between terminal and CSMS. (C.7) */
  readonly customerReference?: string
  /** As the outside spells them (contract-settings.ts); what is absent is the platform's. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly lastUpdated: string
}

export interface ContractChange {
  readonly name?: string
  readonly customerReference?: string
  /** `null` takes a setting back. */
  readonly settings?: Readonly<Record<string, unknown>>
}

export interface Contracts {
  readonly add: (wanted: { readonly peerId: string } & ContractChange) => Promise<Contract>
  readonly find: (id: string | undefined) => Promise<Contract | undefined>
  readonly list: () => Promise<readonly Contract[]>
  readonly change: (id: string, change: ContractChange) => Promise<Contract>
  /** The contract of this connection that goes by a customer_reference. */
  readonly referred: (peerId: string, customerReference: string) => Promise<Contract | undefined>
}

export interface ContractParts {
  readonly documents: Documents
  readonly clock: Clock
  readonly ids: () => string
  readonly peers: Pick<PeerStore, 'get'>
  /** What counts where a contract says nothing. */
  readonly settings: PtpSettings
  /** Names of the provider accounts that are configured. */
  readonly accounts: readonly string[]
}

const SHELF = 'contracts'

export function createContracts(parts: ContractParts): Contracts {
  const { documents, clock } = parts
  const find = async (id: string | undefined) => {
    const doc = id === undefined ? undefined : await documents.get(SHELF, ciKey(id))
    return doc && (JSON.parse(doc.body) as Contract)
  }
  const list = async () => (await documents.all(SHELF)).map(({ body }) => JSON.parse(body) as Contract)
  const referred = async (peerId: string, reference: string) =>
    (await list()).find((one) => one.peerId === peerId && sameCi(one.customerReference ?? '', reference))
  const written = async (contract: Contract, { customerReference }: ContractChange) => {
    const other = customerReference ? await referred(contract.peerId, customerReference) : undefined
    if (other && other.id !== contract.id)
      throw new Refusal(
        'reference-taken',
        `Contract ${other.id} has the customer_reference "${customerReference}" already.`,
      )
    return { body: JSON.stringify(contract), lastUpdated: contract.lastUpdated }
  }
  /** Of several who change one contract at the same moment each sees what the others wrote. */
  const write = async (
    { id, wanted }: { readonly id: string; readonly wanted: ContractChange },
    make: (before: Contract | undefined) => Contract,
  ): Promise<Contract> => {
    let after: Contract | undefined
    await changeDocument(documents, { shelf: SHELF, key: ciKey(id) }, async (doc) => {
      after = changed(parts, make(doc && (JSON.parse(doc.body) as Contract)), wanted)
      return written(after, wanted)
    })
    return after as Contract
  }
  const now = () => formatDateTime(clock.now())
  return {
    find,
    list,
    referred,
    add: async ({ peerId, ...wanted }) => {
      if (!(await parts.peers.get(peerId)))
        throw new Refusal('unknown-peer', `No partner "${peerId}". "plugtill peers list --platform ptp" names them.`)
      const id = `C-${parts.ids().slice(0, 8).toUpperCase()}`
      return write({ id, wanted }, () => ({ id, peerId, name: id, settings: {}, lastUpdated: now() }))
    },
    change: (id, wanted) =>
      write({ id, wanted }, (before) => {
        if (!before) throw new Refusal('unknown-contract', `No contract "${id}". "plugtill contracts list" names them.`)
        return { ...before, lastUpdated: now() }
      }),
  }
}

function changed(
  parts: ContractParts,
  before: Contract,
  { name, customerReference, settings = {} }: ContractChange,
): Contract {
  const next: Record<string, unknown> = { ...before.settings }
  for (const [key, given] of Object.entries(settings)) {
    checkSetting(parts, key, given)
    if (given === null) delete next[key]
    else next[key] = given
  }
  const after: Contract = {
    ...before,
    ...(name !== undefined && { name }),
    ...(customerReference !== undefined && { customerReference }),
    settings: next,
  }
  const contradiction = contradictionIn(termsFor(parts.settings, after), Object.keys(settings))
  if (contradiction) throw new Refusal('bad-setting', contradiction)
  return after
}

function checkSetting({ accounts }: ContractParts, name: string, given: unknown): void {
  const setting = settingNamed(name)
  if (!setting) {
    const names = CONTRACT_SETTINGS.map((one) => one.name).join(', ')
    throw new Refusal('bad-setting', `A contract has no setting "${name}". It may set: ${names}.`)
  }
  const read = given === null ? { value: null } : readSetting(setting, given)
  if ('rule' in read)
    throw new Refusal('bad-setting', `${name} is ${JSON.stringify(given)}; it has to be ${read.rule}.`)
  if (name === 'psp_account' && typeof given === 'string' && !accounts.includes(given))
    throw new Refusal(
      'bad-setting',
      `No provider account "${given}" is configured. There are: ${accounts.join(', ') || 'none'}.`,
    )
}
