import { unreadableReply } from './kite-error.ts'

const bytesMax = 32 * 1024 * 1024

/** The body of a reply as text, given up as unreadable after 32 MiB (the largest real reply is about 3). */
export async function readText(response: Response): Promise<string> {
  if (!response.body) return ''
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of response.body) {
    bytes += chunk.byteLength
    if (bytes > bytesMax) throw unreadableReply(response.status, 'the reply is too long')
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
