import { fileURLToPath } from 'node:url'
import { build } from 'vite'

interface WebBuild {
  /** Where it goes; what was there is gone then. */
  readonly folder: string
  /** The API's origin where it is not the web app's own. */
  readonly apiUrl?: string
}

/** Builds the web app as production gets it. */
export async function buildWeb({ folder, apiUrl = '' }: WebBuild): Promise<void> {
  await build({
    root: fileURLToPath(new URL('../apps/web', import.meta.url)),
    logLevel: 'warn',
    define: { 'import.meta.env.VITE_API_URL': JSON.stringify(apiUrl) },
    build: { outDir: folder, emptyOutDir: true, reportCompressedSize: false },
  })
}
