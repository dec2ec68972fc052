import { getAbout } from '@stratdesk/contracts/about'
import { useQuery } from '@tanstack/react-query'
import { q } from '../../api/query.ts'
import { apiBase } from '../../api/request.ts'
import { LoadingBlock, QueryFace } from '../../ui/faces.tsx'
import { Time } from '../../ui/numbers.tsx'
import { Section } from '../../ui/page.tsx'
import { Fact } from './fact.tsx'
import classes from './page.module.css'
import { proofWords } from './proof-words.ts'

/** What this server runs, and whether the proof that accounts are kept apart was run on it. */
export function AboutSection() {
  const about = useQuery(q(getAbout))
  return (
    <Section title="About this server">
      <p className={classes.lead}>
        Stratdesk runs trading strategies on your own broker account. Whoever runs this server holds your
        data; your broker password is never seen here, and your broker keys are stored encrypted.
      </p>
      <QueryFace
        query={about}
        loading={<LoadingBlock height={150} />}
        failed="What this server runs could not be loaded."
      >
        {({ version, commit, startedAt, proof }) => (
          <dl className={classes.facts}>
            <Fact label="Version">{version}</Fact>
            <Fact label="Commit">
              <span className={classes.key}>{commit?.slice(0, 12) ?? 'Not known'}</span>
            </Fact>
            <Fact label="Running since">
              <Time at={startedAt} />
            </Fact>
            <Fact label="Isolation proof">{proofWords(proof)}</Fact>
            {proof && (
              <Fact label="Proved">
                <Time at={proof.at} />
              </Fact>
            )}
          </dl>
        )}
      </QueryFace>
      <p className={classes.text}>
        The proof tries whether one account can get at anything of another.{' '}
        <a href={`${apiBase}/api/docs`} target="_blank" rel="noreferrer" className={classes.link}>
          How programs talk to this server
        </a>
      </p>
    </Section>
  )
}
