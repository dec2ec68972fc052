/** Whether Azure answered with this status. */
export function isStorageError(error: unknown, status: number): boolean {
  return statusOf(error) === status
}

/** Whether Azure answered that it will not do this, rather than that it cannot now or does not know the key. */
export function isRefusal(error: unknown): boolean {
  return refusesBlob(error) && !isStorageError(error, 403)
}

/** Whether Azure answered that it has not done it: neither silence nor a fault of its own, after which it may have. */
export function isAnswered(error: unknown): boolean {
  return statusOf(error) >= 400 && statusOf(error) < 500
}

/** Whether another blob may take what this one did not: it is full, of another kind, gone, locked, or somebody else's. */
export function refusesBlob(error: unknown): boolean {
  return isAnswered(error) && ![401, 408, 429].includes(statusOf(error))
}

function statusOf(error: unknown): number {
  return error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : Number.NaN
}

/** What an operator can do about a failure of the storage, in one sentence without any secret. */
export function storageAdvice(error: unknown): string {
  if (!(error instanceof Error)) return 'It failed for an unknown reason.'
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (isStorageError(error, 403) || code === 'AuthenticationFailed')
    return 'It refuses AZURE_BLOB_STORAGE_KEY: check that the key belongs to AZURE_BLOB_ACCOUNT_NAME.'
  if (isStorageError(error, 400)) return 'It refuses the request: check AZURE_BLOB_CONTAINER_NAME.'
  if (isStorageError(error, 404)) return 'It does not know the container: check AZURE_BLOB_CONTAINER_NAME.'
  if (isStorageError(error, 409))
    return 'Something is in the way of it: check whether the container is locked or being deleted.'
  if (code === 'ENOTFOUND') return 'Its address is unknown: check AZURE_BLOB_ACCOUNT_NAME.'
  return 'It does not answer.'
}
