import { pino } from 'pino'
import type { AzureSettings, Config } from '../config.ts'
import { connectRedis } from '../sign-in/stores/redis-client.ts'
import { fault, type Line, notTried, ok, tried } from './line.ts'

const silent = pino({ level: 'silent' })
const patienceMs = 3000

/** Whether what the server was told to use beside its database can be used. */
export function checkBacking({ redisUrl, azure }: Config): Promise<readonly Line[]> {
  return Promise.all([
    redisUrl === undefined ? notTried('Redis', 'not configured') : checkRedis(redisUrl),
    azure === undefined ? notTried('Azure Blob Storage', 'not configured') : checkAzure(azure),
  ])
}

function checkRedis(url: string): Promise<Line> {
  const fix = 'Check REDIS_URL and its password, and that Redis runs and lets this machine in'
  return tried('Redis', fix, async () => {
    const redis = await connectRedis({ url, log: silent, patienceMs })
    try {
      await redis.ping()
      return ok('Redis', 'answers')
    } finally {
      redis.disconnect()
    }
  })
}

function checkAzure({ accountName, containerName, endpoint, storageKey }: AzureSettings): Promise<Line> {
  const check = 'Azure Blob Storage'
  const fix =
    'Check the three AZURE_BLOB_… variables, that the container is there and that the key may write to it'
  return tried(check, fix, async () => {
    const { ContainerClient, StorageSharedKeyCredential } = await import('@azure/storage-blob')
    const credential = new StorageSharedKeyCredential(accountName, storageKey)
    const retryOptions = { maxTries: 1 }
    const container = new ContainerClient(`${endpoint}/${containerName}`, credential, { retryOptions })
    const isThere = await container.exists({ abortSignal: AbortSignal.timeout(patienceMs) })
    return isThere
      ? ok(check, `the container ${containerName} is there`)
      : fault(check, 'no such container', fix)
  })
}
