import { type ESTree, parseSync, type Plugin, Visitor } from 'vite'

/** What the browser leaves to the API to check. */
const shapes: ReadonlySet<string> = new Set(['params', 'query', 'headers', 'body', 'summary'])

/**
 * Leaves the shapes out of the calls that the built app knows: making a schema takes a slow phone a while before the first
 * screen, and what is sent and answered is checked by the API alone. A call keeps its name, method and path, and which of its
 * replies are bytes or nothing. The other schemas are marked as doing nothing, so that those no code uses are not built in.
 */
export const bareCalls: Plugin = {
  name: 'bare-calls',
  // Vite's development server serves the contracts as they are.
  apply: 'build',
  enforce: 'pre',
  transform: {
    filter: { id: /packages[\\/]contracts[\\/]src[\\/][\w-]+\.ts$/ },
    handler: (code, id) => ({ code: withoutShapes(code, id), map: null }),
  },
}

/** The text of a contract without the shapes of its calls. */
export function withoutShapes(code: string, file: string): string {
  const edits: Edit[] = []
  new Visitor({
    CallExpression({ start, callee, arguments: [parts] }) {
      edits.push({ start, end: start, text: '/* @__PURE__ */ ' })
      if (callee.type !== 'Identifier' || callee.name !== 'endpoint') return
      if (parts?.type === 'ObjectExpression') edits.push(...cuts(parts))
    },
  }).visit(parseSync(file, code).program)
  return apply(code, edits)
}

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Takes the shapes out of a call’s parts, and out of its replies those that are JSON. */
function cuts({ properties }: ESTree.ObjectExpression): Edit[] {
  return properties.flatMap((part) => {
    if (part.type !== 'Property' || part.key.type !== 'Identifier') return []
    if (shapes.has(part.key.name)) return [cut(part)]
    if (part.key.name !== 'replies' || part.value.type !== 'ObjectExpression') return []
    return part.value.properties.filter((reply) => !isBytesOrNothing(reply)).map(cut)
  })
}

function isBytesOrNothing(reply: ESTree.ObjectPropertyKind): boolean {
  return reply.type === 'Property' && ['Literal', 'ObjectExpression'].includes(reply.value.type)
}

/** A property becomes one of nothing: its comma stays. */
function cut({ start, end }: ESTree.ObjectPropertyKind): Edit {
  return { start, end, text: '...{}' }
}

/** Applies edits in their order; those inside of one that was cut are gone with it. */
function apply(code: string, edits: readonly Edit[]): string {
  let text = ''
  let at = 0
  for (const { start, end, text: put } of edits.toSorted((a, b) => a.start - b.start)) {
    if (start < at) continue
    text += code.slice(at, start) + put
    at = end
  }
  return text + code.slice(at)
}
