import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

/** Starts the server with these variables alone; answers its exit code and all that it said. */
async function startWith(env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [fileURLToPath(new URL('main.ts', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...env },
  })
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', (text) => (said.stdout += String(text)))
  child.stderr.on('data', (text) => (said.stderr += String(text)))
  const [exitCode]: unknown[] = await once(child, 'close')
  return { exitCode, ...said }
}

const secrets = {
  SESSION_SECRET: 'too-short-a-secret',
  CREDENTIALS_KEY: 'short-key',
  METRICS_TOKEN: 'short-token',
  KITE_API_SECRET: 'a-secret-of-kite',
  AZURE_BLOB_STORAGE_KEY: 'a-key-of-azure',
  REDIS_URL: 'http://:a-password@redis',
}

it('a production with many wrong settings says all of them in one message, without any secret, and exits with 78', async () => {
  const seen = await startWith({
    NODE_ENV: 'production',
    PORT: '80800',
    WEB_ORIGIN: 'http://desk.example.com',
    WORKERS: '2',
    SESSION_STORE: 'memory',
    ENGINE: 'on',
    ...secrets,
  })
  const [first, ...lines] = seen.stderr.trimEnd().split('\n')
  expect([seen.exitCode, seen.stdout, first]).toEqual([78, '', 'The configuration is wrong:'])
  const names = lines.map((line) => /^ {2}([A-Z_, ]+): ./.exec(line)?.[1] ?? line)
  expect(names.toSorted()).toEqual([
    'AZURE_BLOB_ACCOUNT_NAME, AZURE_BLOB_CONTAINER_NAME, AZURE_BLOB_STORAGE_KEY',
    'CREDENTIALS_KEY',
    'DATABASE_URL',
    'ENGINE',
    'KITE_API_KEY, KITE_API_SECRET',
    'METRICS_TOKEN',
    'PORT',
    'REDIS_URL',
    'SESSION_SECRET',
    'SESSION_STORE',
    'WEB_ORIGIN',
  ])
  for (const secret of [...Object.values(secrets), 'a-password']) expect(seen.stderr).not.toContain(secret)
})
