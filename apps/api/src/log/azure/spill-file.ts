import { randomUUID } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import type { Batch } from './batch.ts'

/** A spilled line and the folder it belongs to. */
export interface SpilledLine {
  readonly folder: string
  readonly line: string
}

/** More than the longest line, and enough that the lines of many folders are not sent one by one. */
const pieceBytes = 4 * 1024 ** 2

/** Lines as they are spilled: each behind its folder and a space. */
export function spilledBytes({ folder, content, bytes, lines }: Batch): Buffer {
  const prefix = Buffer.from(`${folder} `)
  const spilled = Buffer.allocUnsafeSlow(bytes + lines * prefix.length)
  let end = 0
  for (let from = 0, to = 0; from < bytes; from = to) {
    to = content.indexOf(0x0a, from) + 1 || bytes
    end += prefix.copy(spilled, end)
    end += content.copy(spilled, end, from, to)
  }
  return spilled.subarray(0, end)
}

/** The name under which `writer` sends a file, whatever it is called now; what of it was sent is not sent again. */
export function sendingName(writer: string, name: string): string {
  return `${writer}-${randomUUID()}.${sentOf(name)}.sending`
}

/** How many bytes of a file were sent, from its beginning on. */
function sentOf(name: string): number {
  return Number(/\.(\d+)\.sending$/.exec(name)?.[1] ?? 0)
}

/** A file of spilled lines that this process sends, in pieces of a few mebibytes. Its name says how much of it was sent. */
export class SpillFile {
  readonly #file: FileHandle
  readonly #size: number
  #path: string
  #begin: number
  #end: number
  #buffer: Buffer | undefined

  private constructor(file: FileHandle, size: number, path: string) {
    this.#file = file
    this.#size = size
    this.#path = path
    this.#begin = sentOf(path)
    this.#end = this.#begin
  }

  static async open(path: string): Promise<SpillFile> {
    const file = await open(path, 'r+')
    const { size } = await file.stat()
    return new SpillFile(file, size, path)
  }

  /**
   * The lines of the next piece, to be gone through once: all of them as texts would be many times the piece in memory. It has
   * to be `done` before another is asked for; undefined when all was sent, and the file is gone.
   */
  async next(): Promise<Iterable<SpilledLine> | undefined> {
    if (this.#begin >= this.#size) {
      await rm(this.#path)
      return undefined
    }
    const buffer = (this.#buffer ??= Buffer.allocUnsafeSlow(Math.min(pieceBytes, this.#size - this.#begin)))
    const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, this.#begin)
    const lines = bytesRead === 0 ? 0 : buffer.lastIndexOf(0x0a, bytesRead - 1) + 1
    this.#end = lines > 0 ? this.#begin + lines : this.#begin + (bytesRead || this.#size)
    return linesOf(buffer.subarray(0, lines))
  }

  /**
   * Marks the piece as sent, but for `left`: that takes its place in the file, which needs no room on a full disk. Should it
   * not fit there, or nothing have been sent, the piece stays as it is: rather twice than never.
   */
  async done(left: readonly Batch[] = []): Promise<void> {
    const rest = Buffer.concat(left.map(spilledBytes))
    if (rest.length > 0 && rest.length >= this.#end - this.#begin) return
    const begin = this.#end - rest.length
    // The line end keeps what stood before from becoming one line with it, should the new name not be written any more.
    if (rest.length > 0) await this.#file.write(Buffer.concat([lineEnd, rest]), 0, rest.length + 1, begin - 1)
    const path = this.#path.replace(/\d+\.sending$/, `${begin}.sending`)
    await rename(this.#path, path)
    this.#path = path
    this.#begin = begin
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}

const lineEnd = Buffer.from('\n')

/** A line that is broken off is left out. */
function* linesOf(bytes: Buffer): Iterable<SpilledLine> {
  for (let from = 0, end = 0; from < bytes.length; from = end) {
    end = bytes.indexOf(0x0a, from) + 1
    const line = bytes.toString('utf8', from, end)
    const space = line.indexOf(' ')
    if (space > 0 && line.endsWith('}\n')) yield { folder: line.slice(0, space), line: line.slice(space + 1) }
  }
}
