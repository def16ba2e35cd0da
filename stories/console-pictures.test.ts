/** Console and kiosk look as they did when somebody last looked at it: each picture against the one that is kept in the documents. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { executablePath } from './chromium.ts'
import { difference, kept, openStudio, PER_MILLE, type Studio } from './pictures.ts'

describe.runIf(executablePath)('pictures of console and kiosk in Chromium', () => {
  let studio: Studio
  beforeAll(async () => {
    studio = await openStudio()
  }, 60_000)
  afterAll(() => studio?.close())

  test('at 360 pixels, 1280 and 4K, at 320, 768 and 1280 for the kiosk, every picture is the one of the documents; "npm run pictures" takes them anew', {
    timeout: 180_000,
  }, async () => {
    const others: string[] = []
    for await (const { file, png } of studio.take()) {
      const off = await difference(studio.browser, kept(file), png)
      if (off <= PER_MILLE) continue
      const now = join(mkdtempSync(join(tmpdir(), 'plugtill-picture-')), file)
      writeFileSync(now, png)
      others.push(`${file}: ${off.toFixed(1)} of a thousand dots differ; it is now ${now}`)
    }
    expect(others).toEqual([])
  })

  test('the comparison notices a heading that is gone, and another size', {
    timeout: 60_000,
  }, async () => {
    const planted = studio.take(async (page) => {
      await page.locator('.page-head h1').evaluate((element) => element.remove())
    })
    const { value } = await planted.next()
    await planted.return(undefined)
    expect(await difference(studio.browser, kept(value!.file), value!.png)).toBeGreaterThan(PER_MILLE)
    expect(await difference(studio.browser, kept('console-overview-360.png'), kept('console-overview-1280.png'))).toBe(
      1000,
    )
  })
})
