import { parentPort, workerData } from 'node:worker_threads'
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob'
import { LogShipper } from './log-shipper.ts'
import type { FromShipper, ShipperSettings, ToShipper } from './shipper-thread.ts'

/** The thread that `ShipperThread` starts. */
const { azure, writer, spillDir }: ShipperSettings = workerData
const countsEveryMs = 500

const post = (message: FromShipper) => parentPort?.postMessage(message)
const credential = new StorageSharedKeyCredential(azure.accountName, azure.storageKey)
const shipper = new LogShipper({
  container: new ContainerClient(`${azure.endpoint}/${azure.containerName}`, credential, {
    // The shipper tries again itself, and knows what it has tried.
    retryOptions: { maxTries: 1 },
  }),
  writer,
  spillDir,
  tell: (...tell) => post({ tell }),
})

let heard = 0
let missed = 0
const postCounts = () => post({ counts: shipper.counts, heard, missed })
const timer = setInterval(postCounts, countsEveryMs)

parentPort?.on('message', (message: ToShipper) => {
  if ('closeWithinMs' in message) return void close(message.closeWithinMs)
  shipper.write(message.lines)
  shipper.missed(message.missed)
  heard += message.lines.length
  missed += message.missed
  postCounts()
})

async function close(patienceMs: number): Promise<void> {
  clearInterval(timer)
  await shipper.close(patienceMs)
  postCounts()
  // A name that is still being looked up would keep the thread, but not what it was for.
  post({ closed: true })
  parentPort?.close()
}
