import { setFlagsFromString } from 'node:v8'

/**
 * Keeps V8's space for new objects at its first size, a mebibyte, until it is let grow. The modules of a start survive, which
 * V8 takes for a need of more space: 38 MiB of it, which a server keeps until requests use it.
 */
export function holdYoungGeneration(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}

/** Lets V8's space for new objects grow with what requests need of it, as it does by itself. */
export function letYoungGenerationGrow(): void {
  setFlagsFromString('--semi-space-growth-factor=2')
}
