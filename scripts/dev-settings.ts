import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { WantedPort } from './ports.ts'

/** The exit code for a setting that cannot be used (EX_CONFIG of sysexits.h). */
export const badSettings = 78

/** What `pnpm dev` starts, read from the environment and `.env`. */
export interface DevSettings {
  readonly root: string
  readonly dataDir: string
  readonly ports: {
    readonly api: number
    readonly web: number
    /** Absent when another broker is configured by KITE_API_URL. */
    readonly sim: number | undefined
    /** Absent when a database is configured by DATABASE_URL. */
    readonly postgres: number | undefined
  }
  readonly verbose: boolean
}

/** Reads the settings; throws one line a bad value. */
export function readDevSettings(root: string): DevSettings {
  if (existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'))
  // An empty line of .env means "not set", as in .env.example.
  for (const [name, value] of Object.entries(process.env)) if (value === '') delete process.env[name]
  return {
    root,
    dataDir: resolve(root, process.env['DATA_DIR'] ?? '.data'),
    ports: {
      api: port('PORT', 8080),
      web: port('WEB_PORT', 5173),
      sim: process.env['KITE_API_URL'] ? undefined : port('KITE_SIM_PORT', 4010),
      postgres: process.env['DATABASE_URL'] ? undefined : port('EMBEDDED_PG_PORT', 54329),
    },
    verbose: process.argv.includes('--verbose'),
  }
}

function port(variable: string, usual: number): number {
  const text = process.env[variable] ?? String(usual)
  const value = Number(text)
  if (/^\d{1,5}$/.test(text) && value > 0 && value < 65_536) return value
  throw new Error(`${variable} must be a port from 1 to 65535, not "${text}".`)
}

/**
 * The ports that must be free before anything is started. Postgres checks its own: it takes over from a server of the
 * same directory that a killed process left behind.
 */
export function wantedPorts({ ports }: DevSettings): readonly WantedPort[] {
  const wanted = [
    { what: 'API', port: ports.api, variable: 'PORT' },
    { what: 'web', port: ports.web, variable: 'WEB_PORT' },
  ]
  if (ports.sim === undefined) return wanted
  return [...wanted, { what: 'kite-sim', port: ports.sim, variable: 'KITE_SIM_PORT' }]
}
