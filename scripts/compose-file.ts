import { z } from 'zod'

const duration = z.string().regex(/^\d+(ms|s|m|h)$/)
const environment = z.record(z.string().regex(/^[A-Z_]+$/), z.string())

/** Docker's own default keeps a container's log for ever. */
const logging = z.strictObject({ driver: z.literal('local') })

const Service = z
  .strictObject({
    image: z.string().optional(),
    build: z.literal('.').optional(),
    profiles: z.array(z.string()).optional(),
    restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']).optional(),
    env_file: z.literal('.env').optional(),
    logging,
    environment: environment.optional(),
    command: z.array(z.string()).optional(),
    ports: z.array(z.string().regex(/^(127\.0\.0\.1:)?\d+:\d+(\/udp)?$/)).optional(),
    volumes: z.array(z.string().regex(/^(\.\/[\w/]+|[a-z]+):\/[\w/]+(:ro)?$/)).optional(),
    networks: z.array(z.string()),
    read_only: z.boolean().optional(),
    tmpfs: z.array(z.string()).optional(),
    cap_drop: z.array(z.string()).optional(),
    security_opt: z.array(z.string()).optional(),
    depends_on: z
      .record(z.string(), z.strictObject({ condition: z.enum(['service_started', 'service_healthy']) }))
      .optional(),
    healthcheck: z
      .strictObject({ test: z.array(z.string()), interval: duration, retries: z.number().int().positive() })
      .optional(),
    stop_grace_period: duration.optional(),
  })
  .refine(({ image, build }) => (image === undefined) !== (build === undefined), 'Needs an image or a build')

/**
 * The part of the Compose file format that docker-compose.yml uses, so that it can be read by its fields. The specification
 * (https://github.com/compose-spec/compose-spec) it is held to by Compose itself, in compose-config.test.ts.
 */
export const ComposeFile = z.strictObject({
  name: z.string(),
  'x-logging': logging,
  services: z.record(z.string(), Service),
  networks: z.record(
    z.string(),
    z
      .strictObject({
        internal: z.boolean().optional(),
        ipam: z.strictObject({ config: z.array(z.strictObject({ subnet: z.cidrv4() })) }).optional(),
      })
      .nullable(),
  ),
  volumes: z.record(z.string(), z.null()),
})
