import { SpillFile } from './spill-file.ts'
import { Spill } from './spill.ts'

/** A process that takes what others have left in a folder, as soon as it is told to, and tells what was in it. */
const [dir = '', writer = ''] = process.argv.slice(2)
const spill = new Spill({ dir, writer, bytesMax: 1e9 })
process.once('message', () => void takeAll())

async function takeAll(): Promise<void> {
  const lines: string[] = []
  const { taken } = await spill.take()
  for (const path of taken) {
    const file = await SpillFile.open(path)
    for (let piece = await file.next(); piece; piece = await file.next()) {
      for (const { folder, line } of piece) lines.push(`${folder} ${line}`)
      await file.done()
    }
    await file.close()
  }
  process.send?.({ files: taken.length, lines })
  process.disconnect?.()
}
process.send?.('there')
