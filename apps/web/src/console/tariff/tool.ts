/** Asks a tool that needs no platform, a moment after its input has stopped changing; the last answer stays until then. */
import { useEffect, useState } from 'react'
import { ask } from '../../look/ask.ts'

export interface ToolReading<T> {
  readonly data?: T
  readonly problem?: string
}

const QUIET_MS = 150

export function useTool<T>(path: string, input: object): ToolReading<T> {
  const [reading, setReading] = useState<ToolReading<T>>({})
  const body = JSON.stringify(input)
  useEffect(() => {
    let gone = false
    const timer = setTimeout(() => {
      void ask<T>('POST', path, JSON.parse(body)).then((answer) => {
        if (!gone) setReading((before) => ('data' in answer ? answer : { ...before, ...answer }))
      })
    }, QUIET_MS)
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [path, body])
  return reading
}
