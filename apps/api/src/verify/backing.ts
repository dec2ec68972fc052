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
    'Check the three AZURE_BLOB_… variables; the key is under “Access keys” of the storage account, and a server that may write makes the container by itself'
  return tried(check, fix, async () => {
    const { ContainerClient, StorageSharedKeyCredential } = await import('@azure/storage-blob')
    const credential = new StorageSharedKeyCredential(accountName, storageKey)
    const retryOptions = { maxTries: 1 }
    const container = new ContainerClient(`${endpoint}/${containerName}`, credential, { retryOptions })
    const abortSignal = AbortSignal.timeout(patienceMs)
    const isThere = await container.exists({ abortSignal }).catch((error: unknown) => {
      throw isRefusal(error) ? new Error(refused(accountName), { cause: error }) : error
    })
    return isThere
      ? ok(check, `the container ${containerName} is there`)
      : fault(check, `there is no container ${containerName} in the account ${accountName}`, fix)
  })
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'statusCode' in error && error.statusCode === 403
}

function refused(accountName: string): string {
  return `refused with 403: the key is not that of the account ${accountName}, or the account lets this machine in no more`
}
