/** Takes the pictures of the documents anew. Look at each before it is kept. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FOLDER, openStudio } from './pictures.ts'

const studio = await openStudio()
for await (const { file, png } of studio.take()) {
  rmSync(join(FOLDER, file), { force: true })
  writeFileSync(join(FOLDER, file), png)
  process.stdout.write(`${file} ${png.length} bytes\n`)
}
await studio.close()
