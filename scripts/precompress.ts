import { glob, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const brotli = promisify(brotliCompress)
const zip = promisify(gzip)
/** Smaller files fit one packet as they are. */
const worthwhileBytes = 1024

/**
 * Leaves a `.br` and a `.gz` beside every text file of a built web app, so that a server only has to pick one. Fonts
 * and pictures are compressed by their own formats.
 */
export async function precompress(folder: string): Promise<void> {
  for await (const file of glob('**/*.{html,js,css,svg}', { cwd: folder })) {
    const path = join(folder, file)
    const content = await readFile(path)
    if (content.length < worthwhileBytes) continue
    const sizeHint = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length }
    await Promise.all([
      brotli(content, { params: sizeHint }).then((small) => writeFile(`${path}.br`, small)),
      zip(content, { level: 9 }).then((small) => writeFile(`${path}.gz`, small)),
    ])
  }
}
