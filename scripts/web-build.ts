import { existsSync, globSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** What the built web app is made from. */
const sources = [
  'apps/web/{index.html,*.ts}',
  'apps/web/{public,src}/**/*.*',
  'packages/contracts/src/**/*.ts',
  'scripts/{build-web,precompress}.ts',
  'pnpm-lock.yaml',
]

/** Whether `pnpm build` has to be run: the built web app in a folder is not there, or older than one of its sources. */
export function needsBuild(root: string, folder: string): boolean {
  const built = join(folder, 'index.html')
  if (!existsSync(built)) return true
  const { mtimeMs } = statSync(built)
  return globSync(sources, { cwd: root }).some((file) => statSync(join(root, file)).mtimeMs > mtimeMs)
}
