import { IconCircle, IconCircleCheck, IconCircleDotted } from '@tabler/icons-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { del, post } from '../../api/client.js';
import type { Check, CheckProgress } from '../../api/paths.js';
import { useWrite } from '../../api/queries.js';
import { useTexts } from '../../texts/texts.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { PasswordField } from '../../ui/fields.js';
import { Card, Column, Row, Section } from '../../ui/layout.js';
import { Failure } from '../../ui/loaded.js';
import { Notice } from '../../ui/notice.js';
import { Progress } from '../../ui/progress.js';
import classes from './check.module.css';

const STAGES = ['open', 'hash', 'read', 'finish'] as const;
type Stage = (typeof STAGES)[number];
const STAGE_OF: Readonly<Record<CheckProgress['stage'], Stage>> = {
  opening: 'open',
  'key-derivation': 'open',
  hashing: 'hash',
  reading: 'read',
  finishing: 'finish',
};
const ICONS = { done: IconCircleCheck, now: IconCircleDotted, later: IconCircle } as const;
const ANNOUNCE_MS = 10_000;

export function CheckUnderWay({ check }: { readonly check: Check }) {
  const t = useTexts();
  const [isStopping, setStopping] = useState(false);
  const stop = useWrite(() => del<Check>(`/checks/${check.id}`), [`/checks/${check.id}`]);
  return (
    <Column gap="large">
      {check.state === 'waiting' ? <Notice>{t('check.waiting')}</Notice> : null}
      {check.state === 'needs-password' ? <PasswordForm check={check} /> : null}
      {check.state === 'running' ? <Stages progress={check.progress} /> : null}
      <p className={classes.muted}>{t('check.mayLeave')}</p>
      {stop.error ? <Failure error={stop.error} /> : null}
      <Row>
        <Button onClick={() => setStopping(true)}>{t('check.stop.ask')}</Button>
      </Row>
      <Dialog title={t('check.stop.title')} isOpen={isStopping} onClose={() => setStopping(false)}>
        <p>{t('check.stop.what')}</p>
        <Row>
          <Button
            look="main"
            isBusy={stop.isPending}
            onClick={() => stop.mutate(undefined, { onSuccess: () => setStopping(false) })}
          >
            {t('check.stop.yes')}
          </Button>
          <Button onClick={() => setStopping(false)}>{t('check.stop.no')}</Button>
        </Row>
      </Dialog>
    </Column>
  );
}

function Stages({ progress }: { readonly progress: CheckProgress }) {
  const t = useTexts();
  const now = STAGES.indexOf(STAGE_OF[progress.stage]);
  const said = useSeldom(`${t(`check.stage.${STAGE_OF[progress.stage]}`)}. ${wordsOf(progress, t)}`);
  return (
    <Section title={t('check.progress')}>
      <ol className={classes.stages}>
        {STAGES.map((stage, index) => {
          const how = index < now ? 'done' : index === now ? 'now' : 'later';
          const Icon = ICONS[how];
          return (
            <li key={stage} className={classes.stage}>
              <Icon aria-hidden size={22} />
              <div>
                <span className={how === 'now' ? classes.now : undefined}>
                  {index + 1}. {t(`check.stage.${stage}`)}
                </span>{' '}
                <span className={classes.muted}>· {t(`check.how.${how}`)}</span>
                {how === 'now' ? (
                  <Column gap="small">
                    <p className={classes.muted}>{wordsOf(progress, t)}</p>
                    <Progress label={t(`check.stage.${stage}`)} share={progress.share} />
                  </Column>
                ) : null}
              </div>
            </li>
          );
        })}
      </ol>
      <p className="v-hidden-visually" aria-live="polite">
        {said}
      </p>
    </Section>
  );
}

function wordsOf({ stage, what, share, records }: CheckProgress, t: ReturnType<typeof useTexts>): string {
  const parts = [
    stage === 'key-derivation' ? t('check.key') : what,
    share === null ? '' : t('check.share', { percent: Math.floor(share * 100) }),
    records > 0 ? t('check.records', { records }) : '',
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** The newest value, but not more often than a person who listens can follow. */
function useSeldom(value: string): string {
  const [said, setSaid] = useState(value);
  const newest = useRef(value);
  newest.current = value;
  useEffect(() => {
    const timer = setInterval(() => setSaid(newest.current), ANNOUNCE_MS);
    return () => clearInterval(timer);
  }, []);
  return said;
}

function PasswordForm({ check }: { readonly check: Check }) {
  const t = useTexts();
  const [password, setPassword] = useState('');
  const { attempt } = check.progress;
  const answer = useWrite(
    (given: string | null) => post<Check>(`/checks/${check.id}/password`, { password: given }),
    [`/checks/${check.id}`],
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (password === '') return;
    answer.mutate(password);
    setPassword('');
  };
  return (
    <Card isRaised>
      <form onSubmit={submit}>
        <Section title={t('check.password.title')}>
          <p>{t('check.password.what')}</p>
          <PasswordField
            label={t('check.password.label')}
            help={t('check.password.help')}
            value={password}
            onChange={setPassword}
            error={attempt > 1 ? t('check.password.wrong', { tries: attempt - 1 }) : undefined}
          />
          {answer.error ? <Failure error={answer.error} /> : null}
          <Row>
            <Button type="submit" look="main" isBusy={answer.isPending} disabled={password === ''}>
              {t('check.password.use')}
            </Button>
            <Button disabled={answer.isPending} onClick={() => answer.mutate(null)}>
              {t('check.password.without')}
            </Button>
          </Row>
        </Section>
      </form>
    </Card>
  );
}
