import cluster from 'node:cluster'
import { readCommit } from '../features/about/build.ts'

/** Exit code of a worker that is of another program than its primary process (EX_TEMPFAIL of sysexits.h). */
export const programChangedExit = 75

/** Files on disk are no longer those that this server was started from. */
export class ProgramChangedError extends Error {
  override readonly name = 'ProgramChangedError'
  constructor() {
    super(
      'The program was replaced by another while the server runs, so workers that end are not replaced: restart the server',
    )
  }
}

const flag = '--of-commit='

/** In the primary process: lets every worker that it starts know of which commit they have to be. */
export async function nameProgram(): Promise<void> {
  const commit = await readCommit()
  if (commit !== null) cluster.setupPrimary({ args: [`${flag}${commit}`] })
}

/**
 * In a worker, before it opens anything: throws ProgramChangedError when an upgrade has begun since its primary process
 * was started, because this program may need another schema than that one migrated to. Without git nothing is known.
 */
export async function requireSameProgram(): Promise<void> {
  const wanted = process.argv.find((arg) => arg.startsWith(flag))?.slice(flag.length)
  if (wanted === undefined) return
  const commit = await readCommit()
  if (commit !== null && commit !== wanted) throw new ProgramChangedError()
}
