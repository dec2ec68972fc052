import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Proof } from '@stratdesk/contracts/about'

const run = promisify(execFile)

/** What this process was started from. */
export interface Build {
  /** Null when that is no git checkout. */
  readonly commit: string | null
  /** The last proof of isolation that was run on this commit; null when there is none. */
  readonly readProof: () => Promise<Proof | null>
}

/** Reads the commit once, when the server starts; proofs lie in `proof.json` of the data directory. */
export async function readBuild(dataDir: string): Promise<Build> {
  const commit = await readCommit()
  return { commit, readProof: () => readProof(dataDir, commit) }
}

/** The commit that is checked out where this program lies; null when that is no git checkout. */
export async function readCommit(): Promise<string | null> {
  // On a server the files are root's, which git would refuse to look at for anybody else.
  const args = ['-c', 'safe.directory=*', 'rev-parse', 'HEAD']
  return await run('git', args, { cwd: import.meta.dirname }).then(
    ({ stdout }) => stdout.trim(),
    () => null,
  )
}

/** The proof in a data directory; null when there is none, when it cannot be read, or when it is another commit's. */
export async function readProof(dataDir: string, commit: string | null): Promise<Proof | null> {
  const text = await readFile(join(dataDir, 'proof.json'), 'utf8').catch(() => 'null')
  const proof = Proof.safeParse(parsed(text))
  return proof.success && proof.data.commit === commit ? proof.data : null
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Half written, or by somebody else: as good as none.
    return null
  }
}
