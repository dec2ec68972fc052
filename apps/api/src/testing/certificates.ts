import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ensureProgram } from './ensure-program.ts'

const run = promisify(execFile)
const dayMs = 86_400_000
const newKey = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'

/** A key and its certificate, as a TLS server takes them. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** For how long a certificate is valid, in days from now; negative ones are over. */
interface Validity {
  readonly fromDays: number
  readonly toDays: number
}

/** An authority of the tests' own, which nobody knows who is not told of it. Node makes no certificates, so `openssl` does. */
export async function createAuthority() {
  const program = ensureProgram('openssl')
  const folder = await mkdtemp(join(tmpdir(), 'stratdesk-authority-'))
  const openssl = async (command: string) => {
    await run(program, command.split(' '), { cwd: folder })
  }
  /** As OpenSSL writes an instant: 20261123050000Z. */
  const at = (days: number) =>
    new Date(Date.now() + days * dayMs).toISOString().replaceAll(/[-:T]|\.\d+/g, '')
  await writeFile(join(folder, 'authority.cnf'), settings)
  await writeFile(join(folder, 'list'), '')
  await writeFile(join(folder, 'serial'), '01')
  await openssl(
    `req -x509 ${newKey} -keyout authority.key -out authority.pem -days 30 -subj /CN=Authority -config authority.cnf -extensions authority`,
  )
  let count = 0
  return {
    /** The authority's own certificate, for those who are to trust it. */
    file: join(folder, 'authority.pem'),
    certificate: await readFile(join(folder, 'authority.pem'), 'utf8'),
    /** A certificate for a host, valid from yesterday for 90 days unless told otherwise. */
    async issue(host: string, { fromDays, toDays }: Validity = { fromDays: -1, toDays: 89 }) {
      const name = `server-${(count += 1)}`
      const [key, request, cert] = [`${name}.key`, `${name}.csr`, `${name}.pem`]
      await openssl(
        `req -new ${newKey} -keyout ${key} -out ${request} -subj /CN=${host} -addext subjectAltName=DNS:${host} -config authority.cnf`,
      )
      await openssl(
        `ca -batch -notext -config authority.cnf -in ${request} -out ${cert} -cert authority.pem -keyfile authority.key -startdate ${at(fromDays)} -enddate ${at(toDays)}`,
      )
      const [keyText, certText] = [
        await readFile(join(folder, key), 'utf8'),
        await readFile(join(folder, cert), 'utf8'),
      ]
      return { key: keyText, cert: certText } satisfies Certificate
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

const settings = `
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[ca]
default_ca = here
[here]
database = list
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
`
