import { Alert, List } from '@mantine/core'
import type { ProblemError } from '../../api/problem-error.ts'
import { RequestId } from '../../ui/faces.tsx'

interface StartProblemProps {
  readonly error: ProblemError
  /** Complaints that no field can show. */
  readonly details: readonly string[]
}

/** Why a run was not started, above the form; what belongs to a field stands at the field. */
export function StartProblem({ error, details }: StartProblemProps) {
  const isInput = error.code === 'invalid-request'
  return (
    <Alert
      color={isInput ? 'yellow' : 'red'}
      title={isInput ? 'Nothing was started yet' : 'The run was not started'}
      role="alert"
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
    </Alert>
  )
}
