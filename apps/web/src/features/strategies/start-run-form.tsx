import { Button, TextInput } from '@mantine/core'
import type { Run } from '@stratdesk/contracts/runs'
import type { Strategy } from '@stratdesk/contracts/strategies'
import { useNavigate } from '@tanstack/react-router'
import { ParamControl } from './param-control.tsx'
import { StartProblem } from './start-problem.tsx'
import classes from './start-run.module.css'
import { controlId, useStartForm } from './use-start-form.ts'

interface StartRunFormProps {
  readonly strategy: Strategy
  /** A past run whose parameters the form opens with. */
  readonly from: Run | undefined
}

/** The start form, made from the strategy's parameter schema. What was typed survives every refusal. */
export function StartRunForm({ strategy, from }: StartRunFormProps) {
  const navigate = useNavigate()
  const { groups, form, error, unplaced, isPending, submit, errorOf } = useStartForm(
    strategy,
    from,
    (run) => {
      void navigate({ to: '/runs/$runId', params: { runId: run.id } })
    },
  )
  return (
    <form onSubmit={submit} noValidate className={classes.form} aria-label={`Start ${strategy.title}`}>
      {error && <StartProblem error={error} details={unplaced} />}
      {groups.map((group) => (
        <fieldset key={group.title} className={classes.group}>
          <legend className={classes.legend}>{group.title}</legend>
          <div className={classes.fields}>
            {group.fields.map((field) => (
              <ParamControl
                key={field.name}
                id={controlId(`params.${field.name}`)}
                field={field}
                value={form.values.params[field.name] ?? ''}
                error={errorOf(`params.${field.name}`)}
                onChange={(value) => form.setFieldValue(`params.${field.name}`, value)}
              />
            ))}
          </div>
        </fieldset>
      ))}
      <fieldset className={classes.group}>
        <legend className={classes.legend}>Run</legend>
        <div className={classes.fields}>
          <TextInput
            id={controlId('name')}
            label="Name"
            description="How you tell this run from others. Left empty, the server names it."
            placeholder="Optional"
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            autoComplete="off"
            value={form.values.name}
            error={errorOf('name')}
            onChange={(event) => form.setFieldValue('name', event.currentTarget.value)}
          />
          <PaperMode />
        </div>
      </fieldset>
      <div className={classes.actions}>
        <Button type="submit" loading={isPending} size="md" className={classes.submit}>
          Start run
        </Button>
      </div>
    </form>
  )
}

function PaperMode() {
  return (
    <div className={classes.mode}>
      <span className={classes.modeTitle}>Mode</span>
      <span className={classes.modeName}>Paper</span>
      <span className={classes.help}>
        Paper: fills are simulated at live quotes; nothing is sent to the broker.
      </span>
    </div>
  )
}
