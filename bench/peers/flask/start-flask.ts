import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const debianPackages = [
  'python3-flask',
  'gunicorn',
  'python3-sqlalchemy',
  'python3-psycopg2',
  'python3-flask-session',
  'python3-redis',
]
const imports = 'import flask, gunicorn, sqlalchemy, psycopg2, flask_session, redis'

/** Throws with the command to run when Debian's packages of the Flask stack are not there. */
export function requireFlask(): void {
  if (spawnSync('/usr/bin/python3', ['-c', imports]).status === 0) return
  throw new Error(`The Flask stack is not installed: apt-get install ${debianPackages.join(' ')}`)
}

/** Starts `app.py` as the Flask program was: gunicorn with four workers of four threads; resolves when it answers. */
export async function startFlask(port: number, env: Readonly<Record<string, string>>) {
  // With threads, because gunicorn's plain workers close the connection after every answer.
  const how = ['-w', '4', '--threads', '4', '-b', `127.0.0.1:${port}`, '--log-level', 'error']
  const args = ['-m', 'gunicorn', ...how, 'app:app']
  const child = spawn('/usr/bin/python3', args, {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const url = `http://127.0.0.1:${port}`
  const ended = once(child, 'exit')
  for (let isUp = false; !isUp;) {
    if (child.exitCode !== null) throw new Error('gunicorn ended before it answered')
    isUp = await fetch(`${url}/api/trades`).then(
      ({ status }) => status === 401,
      () => false,
    )
  }
  return {
    url,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
