/** OCPI messages quoted in guides have the shapes that the wire asks for. */
import { Cdr } from '@plugtill/ocpi/modules/cdrs'
import { CommandResponse, CommandResult, StartSession, StopSession } from '@plugtill/ocpi/modules/commands'
import { Credentials } from '@plugtill/ocpi/modules/credentials'
import { Evse, EvsePatch, Location } from '@plugtill/ocpi/modules/locations'
import { FinancialAdviceConfirmation, Terminal, TerminalPatch } from '@plugtill/ocpi/modules/payments'
import { Session, SessionPatch } from '@plugtill/ocpi/modules/sessions'
import { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { VersionDetails, Versions } from '@plugtill/ocpi/modules/versions'
import { findingsOf } from '@plugtill/ocpi/validate'
import type { Tree } from '../tidy/source.ts'

const SHAPES = {
  Cdr,
  CommandResponse,
  CommandResult,
  Credentials,
  Evse,
  EvsePatch,
  FinancialAdviceConfirmation,
  Location,
  Session,
  SessionPatch,
  StartSession,
  StopSession,
  Tariff,
  Terminal,
  TerminalPatch,
  VersionDetails,
  Versions,
} as const

const shapeOf = (name: string) => Object.entries(SHAPES).find(([known]) => known === name)?.[1]

/** Every ```json block of a guide names its shape after the language, and fits it. */
export function messageFindings(tree: Tree): readonly string[] {
  return [...tree].flatMap(([path, text]) => {
    if (!/^docs\/guides\/.*\.md$/.test(path)) return []
    return [...text.matchAll(/^```json *(\S*)\n([\s\S]*?)^```/gm)].flatMap(([, name = '', body = '']) => {
      const shape = shapeOf(name)
      if (shape === undefined)
        return [`${path}: a json block of shape "${name}". Known: ${Object.keys(SHAPES).join(', ')}.`]
      try {
        return findingsOf(shape, JSON.parse(body)).map((finding) => `${path}: ${name}: ${JSON.stringify(finding)}`)
      } catch (error) {
        return [`${path}: ${name}: ${error instanceof Error ? error.message : String(error)}`]
      }
    })
  })
}
