import type { Proof } from '@stratdesk/contracts/about'

/** What the last proof of isolation found, in a few words. */
export function proofWords(proof: Proof | null): string {
  if (proof === null) return 'None was run on this build'
  const failed = proof.proofs.filter(({ ok }) => !ok).map(({ name }) => name)
  const cases = proof.proofs.reduce((sum, one) => sum + one.cases, 0)
  const found = proof.ok
    ? `Held, in ${cases.toLocaleString('en')} cases`
    : `Failed: ${failed.join(', ') || 'it did not finish'}`
  return proof.dirty ? `${found}, on sources with changes in no commit` : found
}
