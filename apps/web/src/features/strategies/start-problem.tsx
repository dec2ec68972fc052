import { List } from '@mantine/core'
import type { ProblemError } from '../../api/problem-error.ts'
import { RequestId } from '../../ui/faces.tsx'
import { Notice } from '../../ui/notice.tsx'

interface StartProblemProps {
  readonly error: ProblemError
  /** Complaints that no field can show. */
  readonly details: readonly string[]
}

/** Why a run was not started, above the form; what belongs to a field stands at the field. */
export function StartProblem({ error, details }: StartProblemProps) {
  const isInput = error.code === 'invalid-request'
  return (
    <Notice
      tone={isInput ? 'warn' : 'bad'}
      title={isInput ? 'Nothing was started yet' : 'The run was not started'}
    >
      {isInput && error.fields.length > details.length
        ? 'Correct the fields marked below and start again.'
        : error.message}
      {details.length > 0 && (
        <List size="sm" mt={4}>
          {details.map((detail) => (
            <List.Item key={detail}>{detail}</List.Item>
          ))}
        </List>
      )}
      {!isInput && error.requestId !== '' && <RequestId id={error.requestId} />}
    </Notice>
  )
}
