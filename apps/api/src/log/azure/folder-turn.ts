/** In how many turns the folders of a period are sent, so that the calls for them do not all come at once. */
export const turns = 10

/** Which turn is a folder's, always the same one. */
export function turnOf(folder: string): number {
  let sum = 0
  for (let at = 0; at < folder.length; at += 1) sum = (sum * 31 + folder.charCodeAt(at)) % 65_521
  return sum % turns
}
