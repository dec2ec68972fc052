import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const port = Number(process.env['WEB_PORT'] ?? 5173)

export default defineConfig({
  plugins: [react()],
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
            { name: 'zod', test: /strict-page\.ts$|node_modules[\\/]zod[\\/]/, priority: 2 },
            { name: 'app', tags: ['$initial'], priority: 1 },
          ],
        },
      },
    },
  },
})
