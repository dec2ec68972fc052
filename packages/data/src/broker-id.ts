declare const minted: unique symbol

/** A broker's client id (UK9394) that sign-in or the engine's lease has vouched for; a plain string is not one. */
export type BrokerId = string & { readonly [minted]: true }

/**
 * Vouches for a broker id. Called in few places only: where the broker's token response is read, where the engine takes
 * an account's lease, and where the operator's word about an account is taken. Throws on anything but 2–16 capital letters and digits.
 */
export function mintBrokerId(text: string): BrokerId {
  if (!/^[A-Z0-9]{2,16}$/.test(text)) throw new Error('Not a broker id: 2 to 16 capital letters and digits')
  // The only cast to BrokerId: the brand exists in types alone.
  return text as BrokerId
}
