/** The device model of a station: what GetVariables, SetVariables and reports speak of. (OCPP 2.0.1, B05 to B08) */
import type { StationVariable } from '../configuration.ts'
import { type CommandParts, stamp } from '../dialect-parts.ts'
import type { Payload } from '../link.ts'

interface Component {
  readonly name: string
  readonly instance?: string
  readonly evse?: { readonly id: number; readonly connectorId?: number }
}

interface Variable {
  readonly component: Component
  readonly name: string
  readonly instance?: string | undefined
  readonly value: () => string
  readonly readonly: boolean
  /** Where it is kept, when it can be set. */
  readonly setting?: StationVariable
}

const perReport = 20

export function variableAnswers(parts: CommandParts): Readonly<Record<string, (payload: Payload) => Payload>> {
  return {
    GetVariables: ({ getVariableData }) => ({
      getVariableResult: (getVariableData as readonly Asked[]).map((asked) => read(parts, asked)),
    }),
    SetVariables: ({ setVariableData }) => ({
      setVariableResult: (setVariableData as readonly (Asked & { readonly attributeValue: string })[]).map((asked) =>
        write(parts, asked),
      ),
    }),
    GetBaseReport: ({ requestId, reportBase }) => {
      if (reportBase === 'SummaryInventory') return { status: 'NotSupported' }
      const wanted = variablesOf(parts).filter(({ readonly }) => reportBase === 'FullInventory' || !readonly)
      parts.clock.after(0, () => report(parts, Number(requestId), wanted))
      return { status: 'Accepted' }
    },
  }
}

interface Asked {
  readonly component: Component
  readonly variable: { readonly name: string; readonly instance?: string }
  readonly attributeType?: string
}

const same = (a = '', b = '') => a.toLowerCase() === b.toLowerCase()

function isAt(asked: Component, component: Component): boolean {
  return same(asked.name, component.name) && asked.evse?.id === component.evse?.id
}

type Found = { readonly status: 'UnknownComponent' | 'UnknownVariable' } | { readonly found: Variable }

function find(parts: CommandParts, { component, variable }: Asked): Found {
  const there = variablesOf(parts).filter((one) => isAt(component, one.component))
  if (there.length === 0) return { status: 'UnknownComponent' }
  const found = there.find((one) => same(one.name, variable.name) && same(one.instance, variable.instance))
  return found ? { found } : { status: 'UnknownVariable' }
}

function read(parts: CommandParts, asked: Asked): Payload {
  const { component, variable, attributeType } = asked
  const about = { component, variable, ...(attributeType !== undefined && { attributeType }) }
  const result = find(parts, asked)
  if ('status' in result) return { ...about, attributeStatus: result.status }
  if ((attributeType ?? 'Actual') !== 'Actual') return { ...about, attributeStatus: 'NotSupportedAttributeType' }
  return { ...about, attributeStatus: 'Accepted', attributeValue: result.found.value() }
}

function write(parts: CommandParts, asked: Asked & { readonly attributeValue: string }): Payload {
  const { component, variable, attributeType, attributeValue } = asked
  const about = { component, variable, ...(attributeType !== undefined && { attributeType }) }
  const result = find(parts, asked)
  if ('status' in result) return { ...about, attributeStatus: result.status }
  if ((attributeType ?? 'Actual') !== 'Actual') return { ...about, attributeStatus: 'NotSupportedAttributeType' }
  const { setting } = result.found
  const verdict = setting === undefined ? 'Rejected' : parts.configuration.change(setting.name, attributeValue)
  return { ...about, attributeStatus: verdict === 'Accepted' ? 'Accepted' : 'Rejected' }
}

function variablesOf(parts: CommandParts): readonly Variable[] {
  const { identity, configuration } = parts
  const settings = configuration.variables().map(
    (setting): Variable => ({
      component: { name: setting.component },
      name: setting.variableName,
      instance: setting.instance,
      value: () => configuration.text(setting.name),
      readonly: setting.readonly === true,
      setting,
    }),
  )
  const fixed = (component: Component, values: Readonly<Record<string, string>>): readonly Variable[] =>
    Object.entries(values).map(([name, value]) => ({ component, name, value: () => value, readonly: true }))
  return [
    ...settings,
    ...fixed(
      { name: 'ChargingStation' },
      {
        VendorName: identity.vendor,
        Model: identity.model,
        SerialNumber: identity.id,
        FirmwareVersion: identity.firmware,
      },
    ),
    ...parts.connectors().flatMap((connector) => {
      const evse = { id: connector.parts.connectorId }
      const { kind, maxPowerKw } = connector.parts.outlet
      return [
        ...fixed({ name: 'EVSE', evse }, { Power: String(maxPowerKw * 1_000), AvailabilityState: connector.status }),
        ...fixed(
          { name: 'Connector', evse: { ...evse, connectorId: 1 } },
          { ConnectorType: kind === 'DC' ? 'cCCS2' : 'sType2' },
        ),
        ...fixed({ name: 'FiscalMetering', evse }, { PublicKey: parts.signer.publicKeyHex(connector) }),
      ]
    }),
  ]
}

function report(parts: CommandParts, requestId: number, variables: readonly Variable[]): void {
  const pages = Math.max(1, Math.ceil(variables.length / perReport))
  for (let page = 0; page < pages; page += 1) {
    const payload = {
      requestId,
      generatedAt: stamp(parts, parts.clock.now()),
      seqNo: page,
      tbc: page < pages - 1,
      reportData: variables.slice(page * perReport, (page + 1) * perReport).map((variable) => ({
        component: variable.component,
        variable: { name: variable.name, ...(variable.instance !== undefined && { instance: variable.instance }) },
        variableAttribute: [{ value: variable.value(), mutability: variable.readonly ? 'ReadOnly' : 'ReadWrite' }],
      })),
    }
    parts.outbox.push({ action: 'NotifyReport', importance: 'news', make: () => payload })
  }
}
