import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A built web app of two files, so that the routes that serve one are there. */
export async function buildTinyWeb() {
  const dir = await mkdtemp(path.join(tmpdir(), 'stratdesk-web-'))
  await mkdir(path.join(dir, 'assets'))
  await writeFile(path.join(dir, 'index.html'), '<!doctype html><title>Stratdesk</title>')
  await writeFile(path.join(dir, 'assets', 'app.js'), 'document.title += "!"')
  return { dir, remove: () => rm(dir, { recursive: true }) }
}
