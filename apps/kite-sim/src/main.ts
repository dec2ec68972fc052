import { z } from 'zod'
import { startKiteSim } from './app.ts'
import { readSettings } from './settings.ts'

/** Exit code for a setting at fault (sysexits' EX_CONFIG). */
const settingAtFault = 78

const settings = readSettings(process.env)
if (typeof settings === 'string') fail(settings)
else {
  try {
    const sim = await startKiteSim(settings)
    const stop = (): void => void sim.close().then(() => process.exit(0))
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
    process.once('disconnect', stop)
    process.send?.({ ready: true, url: sim.url })
    process.stdout.write(`kite-sim listening on ${sim.url}\n`)
  } catch (error) {
    const taken = z.object({ code: z.literal('EADDRINUSE') }).safeParse(error).success
    if (!taken) throw error
    fail(`kite-sim: port ${settings.port} is taken; set KITE_SIM_PORT to a free one`)
  }
}

function fail(line: string): void {
  process.stderr.write(`${line}\n`)
  process.exitCode = settingAtFault
  process.disconnect?.()
}
