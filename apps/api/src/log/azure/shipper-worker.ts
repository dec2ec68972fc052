import { access } from 'node:fs/promises'
import { constants, getPriority, setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob'
import { LogShipper } from './log-shipper.ts'
import type { FromShipper, ShipperData, ToShipper } from './shipper-thread.ts'
import { Tally } from './tally.ts'

/** The thread that `ShipperThread` starts. */
const { azure, writer, spillDir, memory }: ShipperData = workerData

const post = (message: FromShipper) => parentPort?.postMessage(message)
const credential = new StorageSharedKeyCredential(azure.accountName, azure.storageKey)
const tally = new Tally(memory)
const shipper = new LogShipper({
  container: new ContainerClient(`${azure.endpoint}/${azure.containerName}`, credential, {
    // The shipper tries again itself, and knows what it has tried.
    retryOptions: { maxTries: 1 },
  }),
  writer,
  spillDir,
  tally,
  tell: (...tell) => post({ tell }),
})

parentPort?.on('message', (message: ToShipper) => {
  if ('closeWithinMs' in message) return void close(message.closeWithinMs)
  shipper.write(message.lines)
  shipper.missed(message.missed)
  tally.add('heard', message.lines.length)
})

await yieldToRequests()
post('ready')

/**
 * Lowers this thread, and no other, behind those that answer requests: its calls to Azure come in bursts of tens of
 * milliseconds. Where priorities are of processes only, as everywhere but on Linux, it stays as it is.
 */
async function yieldToRequests(): Promise<void> {
  if (process.platform !== 'linux') return
  // The threads that all of the process reads files with are started by whoever reads first, and take over its priority.
  await access(import.meta.filename)
  const wanted = constants.priority.PRIORITY_BELOW_NORMAL
  try {
    // Whoever is lower already may not rise.
    if (getPriority() < wanted) setPriority(wanted)
  } catch (error) {
    // A machine that does not let it be lowered still gets its log.
    post({ tell: ['info', { err: error }, 'The thread that sends the log keeps its priority'] })
  }
}

async function close(patienceMs: number): Promise<void> {
  await shipper.close(patienceMs)
  // A name that is still being looked up would keep the thread, but not what it was for.
  post('closed')
  parentPort?.close()
}
