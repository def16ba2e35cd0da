import { describe, expect, test } from 'vitest'
import { databases, tell } from './rig.ts'

describe.each(databases)('on $name', (database) => {
  test('tap, charge, unplug: captured is what the CDR says, once; advised, receipted, invoiced', async () => {
    const story = await tell(database, { behaviour: { } })
    const { reference } = await story.tap()
    const charging = await story.reaches(reference, 'charging')
    expect(charging.held).toEqual({ amount_minor: 5000, currency: 'EUR' })
    await story.pass(20 * 60_000)
    story.stations.get('PLG-AC-1')!.unplug(1)
    const ended = await story.ends(reference)
    expect(ended.state).toBe('captured')
    console.log(JSON.stringify(ended, null, 1).slice(0, 3000))
    await story.close()
  })
})
