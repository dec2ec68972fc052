const retryMs = 2000

/** Loads code without which nothing could be told, again and again: it is needed most when the server is not there. */
export async function loadAtLast<Module>(load: () => Promise<Module>): Promise<Module> {
  for (;;) {
    try {
      return await load()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, retryMs))
    }
  }
}
