import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it, vi } from 'vitest'
import { launchers, whenGone } from './launchers.ts'

const table: Readonly<Record<number, { parent: number; command: string }>> = {
  10: { parent: 1, command: '-bash' },
  20: { parent: 10, command: 'npm exec pnpm@12 dev' },
  21: { parent: 20, command: 'sh -c "pnpm" dev' },
  22: { parent: 21, command: 'node /root/.npm/_npx/1/node_modules/.bin/pnpm dev' },
  23: { parent: 22, command: 'sh -c node scripts/dev.ts' },
}
const read = (pid: number) => table[pid]

it('finds npx, pnpm and the shells between them, and leaves the terminal’s own shell out', () => {
  expect(launchers(read, 23)).toEqual([23, 22, 21, 20])
})

it('finds none where a script was started by hand', () => {
  expect(launchers(read, 10)).toEqual([])
})

it('reads the processes of this machine', async () => {
  const code = `import { launchers } from '${import.meta.dirname}/launchers.ts'; console.log(launchers().join())`
  const child = spawn('sh', ['-c', `"${process.execPath}" --input-type=module --eval "${code}"; true`, 'npx'])
  const [text] = await once(child.stdout, 'data')
  expect(String(text).trim().split(',').map(Number)).toContain(child.pid)
})

it('tells when one of them is gone', async () => {
  const child = spawn('sleep', ['60'])
  await once(child, 'spawn')
  const gone = vi.fn<() => void>()
  whenGone([process.pid, child.pid ?? 0], gone)
  child.kill()
  await vi.waitFor(() => expect(gone).toHaveBeenCalledOnce(), { timeout: 5000 })
})
