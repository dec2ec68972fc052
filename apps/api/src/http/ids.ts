const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whether a text can be an id at all; one that cannot is answered like an id that does not exist. */
export function isId(text: string): boolean {
  return uuid.test(text)
}
