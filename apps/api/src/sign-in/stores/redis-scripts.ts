import { hash } from 'node:crypto'
import type { Redis } from 'ioredis'

/**
 * Every call of the Redis store is one script, so that nothing comes between its reads and its writes.
 *
 * `session:KEY` is a hash, `account:BROKER:sessions` the list of an account's keys in the order of their sign-ins, and
 * `ended:KEY` a tombstone `REASON UNTIL`. A session is live only while its account's list names it: what revoking could
 * not reach opens nothing. Time is the caller's (ARGV[2]); the times to live are a backstop against rubbish.
 */
const prelude = `
local prefix, now, idle, tombstoneMs = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local fields = { 'brokerId', 'deviceId', 'label', 'userAgent', 'ip', 'createdAt', 'authenticatedAt', 'lastSeenAt', 'expiresAt' }

local function sessionOf(key) return prefix .. 'session:' .. key end
local function tombstoneOf(key) return prefix .. 'ended:' .. key end
local function accountOf(brokerId) return prefix .. 'account:' .. brokerId .. ':sessions' end

local function keysOf(brokerId)
  local keys = redis.pcall('LRANGE', accountOf(brokerId), 0, -1)
  if keys.err then
    redis.call('DEL', accountOf(brokerId))
    return {}
  end
  return keys
end

local function bury(key, brokerId, reason)
  local tombstone = reason .. ' ' .. string.format('%.0f', now + tombstoneMs)
  redis.call('SET', tombstoneOf(key), tombstone, 'PX', tombstoneMs, 'NX')
  redis.call('DEL', sessionOf(key))
  if brokerId then redis.pcall('LREM', accountOf(brokerId), 0, key) end
end

-- The record of a key, and whether what is there is none.
local function load(key)
  local flat = redis.pcall('HGETALL', sessionOf(key))
  if flat.err then return nil, true end
  if #flat == 0 then return nil, false end
  local record = {}
  for at = 1, #flat, 2 do record[flat[at]] = flat[at + 1] end
  if not (record.brokerId and tonumber(record.expiresAt) and tonumber(record.lastSeenAt)) then return nil, true end
  return record, false
end

local function live(key)
  local record, corrupt = load(key)
  if not record then return nil, corrupt end
  local expiresAt, seenAt = tonumber(record.expiresAt), tonumber(record.lastSeenAt)
  if expiresAt <= now or (idle > 0 and now - seenAt > idle) then
    bury(key, record.brokerId, 'expired')
    return nil, false
  end
  if type(redis.pcall('LPOS', accountOf(record.brokerId), key)) ~= 'number' then return nil, true end
  return record, false
end

local function answer(record)
  local values = {}
  for at, field in ipairs(fields) do values[at] = record[field] or false end
  return values
end

-- The live sessions of an account; what its list names and is none leaves the list.
local function liveOf(brokerId)
  local found = {}
  for _, key in ipairs(keysOf(brokerId)) do
    local record = live(key)
    if record and record.brokerId == brokerId then
      found[#found + 1] = { key = key, record = record }
    else
      redis.pcall('LREM', accountOf(brokerId), 0, key)
    end
  end
  return found
end
`

/** A script and the name by which Redis keeps it. */
export interface Script {
  readonly text: string
  readonly sha: string
}

function script(body: string): Script {
  const text = prelude + body
  return { text, sha: hash('sha1', text, 'hex') }
}

/** ARGV[5] after how many milliseconds a session is marked as seen again, 0 does not mark it; then the keys. */
export const getScript = script(`
local seenEvery, found = tonumber(ARGV[5]), {}
for at = 6, #ARGV do
  local key = ARGV[at]
  local record, corrupt = live(key)
  if record and seenEvery > 0 and now - tonumber(record.lastSeenAt) >= seenEvery then
    redis.call('HSET', sessionOf(key), 'lastSeenAt', ARGV[2])
    record.lastSeenAt = ARGV[2]
  end
  found[at - 5] = record and answer(record) or corrupt and 'corrupt' or false
end
return found
`)

/** ARGV[5] key. */
export const endedScript = script(`
local tombstone = redis.pcall('GET', tombstoneOf(ARGV[5]))
if type(tombstone) ~= 'string' then return false end
return tombstone
`)

/** ARGV[5] key, ARGV[6] time to live, ARGV[7] devices at most, then the fields in their order. */
export const setScript = script(`
local key, ttl, devicesMax = ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7])
if redis.call('EXISTS', tombstoneOf(key)) == 1 then return {} end
local brokerId, deviceId = ARGV[8], ARGV[9]
for _, other in ipairs(liveOf(brokerId)) do
  if other.key ~= key and other.record.deviceId == deviceId then bury(other.key, brokerId, 'signed-in-again') end
end
redis.call('DEL', sessionOf(key))
for at, field in ipairs(fields) do redis.call('HSET', sessionOf(key), field, ARGV[7 + at]) end
redis.call('PEXPIRE', sessionOf(key), ttl)
local account = accountOf(brokerId)
if not redis.call('LPOS', account, key) then redis.call('RPUSH', account, key) end
if redis.call('PTTL', account) < ttl then redis.call('PEXPIRE', account, ttl) end
local kept, gone = liveOf(brokerId), {}
for at = 1, #kept - devicesMax do
  bury(kept[at].key, brokerId, 'too-many-devices')
  gone[at] = answer(kept[at].record)
end
return gone
`)

/** ARGV[5] key, ARGV[6] reason. */
export const destroyScript = script(`
local record = load(ARGV[5])
bury(ARGV[5], record and record.brokerId, ARGV[6])
return true
`)

/** ARGV[5] account. */
export const devicesScript = script(`
local found = {}
for at, session in ipairs(liveOf(ARGV[5])) do found[at] = answer(session.record) end
return found
`)

/** ARGV[5] account, ARGV[6] device, ARGV[7] label. */
export const renameScript = script(`
for _, session in ipairs(liveOf(ARGV[5])) do
  if session.record.deviceId == ARGV[6] then
    redis.call('HSET', sessionOf(session.key), 'label', ARGV[7])
    session.record.label = ARGV[7]
    return answer(session.record)
  end
end
return false
`)

/** ARGV[5] account, ARGV[6] reason, then the devices. */
export const revokeScript = script(`
local meant, gone = {}, {}
for at = 7, #ARGV do meant[ARGV[at]] = true end
for _, session in ipairs(liveOf(ARGV[5])) do
  if meant[session.record.deviceId] then
    bury(session.key, ARGV[5], ARGV[6])
    gone[#gone + 1] = answer(session.record)
  end
end
return gone
`)

/** Runs a script by its name, and with its text where Redis does not know it (any more). */
export async function runScript(
  redis: Redis,
  { text, sha }: Script,
  args: readonly (string | number)[],
): Promise<unknown> {
  try {
    return await redis.evalsha(sha, 0, ...args)
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
    return await redis.eval(text, 0, ...args)
  }
}
