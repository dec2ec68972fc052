import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { bareCalls } from './bare-calls.ts'

const port = Number(process.env['WEB_PORT'] ?? 5173)

/**
 * Puts the style sheet after the mark of the app and lets the code come after both, so that the mark waits for neither;
 * nothing is drawn without its styles, as no code runs before the page's style sheets are there. What the code is built on
 * becomes scripts of their own before it, so that no single task of the page's start holds up a slow phone.
 */
const markFirst: Plugin = {
  name: 'mark-first',
  // Vite's development server writes scripts of its own into the page, and its page needs no haste.
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler(html) {
      const [entry = ''] = /^ *<script type="module".*\n/m.exec(html) ?? []
      const [sheet = ''] = /^ *<link rel="stylesheet".*\n/m.exec(html) ?? []
      return html
        .replace(entry, '')
        .replace(sheet, '')
        .replace(/^ *<\/head>/m, `${entry}$&`)
        .replace(/^ *<\/body>/m, `${sheet}$&`)
        .replace(/<link rel="modulepreload"(.*) href=(.*)>/g, '<script type="module"$1 src=$2></script>')
        .replaceAll('<script type="module"', '$& fetchpriority="low"')
    },
  },
}

export default defineConfig({
  plugins: [react(), markFirst, bareCalls],
  server: { host: 'localhost', port, strictPort: true },
  preview: { host: 'localhost', port, strictPort: true },
  build: {
    target: 'baseline-widely-available',
    assetsInlineLimit: 0,
    // Every browser of the target has it.
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // In one chunk with zod it has spoken before any other chunk makes a schema.
          groups: [
            {
              name: 'contracts',
              test: /strict-page\.ts$|node_modules[\\/]zod[\\/]|packages[\\/]contracts[\\/]/,
              tags: ['$initial'],
              priority: 3,
            },
            { name: 'libraries', test: /node_modules.*\.m?js$/, tags: ['$initial'], priority: 2 },
            { name: 'app', tags: ['$initial'], priority: 1 },
          ],
        },
      },
    },
  },
})
