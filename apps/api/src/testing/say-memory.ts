/**
 * Loaded into a process before anything else (`node --expose-gc --import`): at SIGWINCH it throws away what is not used any
 * more and says on standard error how many bytes are, as `in use: n`.
 */
process.on('SIGWINCH', () => {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  process.stderr.write(`in use: ${heapUsed + external}\n`)
})
