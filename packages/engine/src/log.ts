/** Where the engine writes what an operator needs to know: a pino logger, or Fastify's. Nothing in it is secret. */
export interface EngineLog {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}
