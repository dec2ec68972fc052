/** One change of one source file; `from` must stand in it exactly once. */
export interface Edit {
  readonly file: string
  readonly from: string
  readonly to: string
}

/** A test file and words of what it promises. */
export interface Promised {
  readonly file: string
  readonly promise: string
}

/** A wall with a hole, and the promise of the proof that has to notice it. */
export interface Mutation {
  readonly hole: string
  readonly edits: readonly Edit[]
  /** Test files, each with words of the promise that fails. */
  readonly caughtBy: readonly Promised[]
  /** One of each kind is made by `pnpm test` too; each is a test run of its own, so `pnpm prove` makes the others. */
  readonly isAlways?: true
}
