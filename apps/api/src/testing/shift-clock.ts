/** Loaded into a process before anything else (`node --import`): its clocks are ahead by CLOCK_SHIFT_MS, which may be negative. */
const shiftMs = Number(process.env['CLOCK_SHIFT_MS'] ?? 0)
const RealDate = Date
const realInstant = Temporal.Now.instant.bind(Temporal.Now)

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget): object =>
    Reflect.construct(target, args.length === 0 ? [RealDate.now() + shiftMs] : args, newTarget),
  get: (target, name): unknown =>
    name === 'now' ? () => RealDate.now() + shiftMs : Reflect.get(target, name, target),
})
Object.defineProperty(Temporal.Now, 'instant', { value: () => realInstant().add({ milliseconds: shiftMs }) })
