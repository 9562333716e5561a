import { type FormEvent, useState } from 'react';
import { patch, post } from '../../api/client.js';
import type { CasePage } from '../../api/paths.js';
import { useWrite } from '../../api/queries.js';
import { useTexts } from '../../texts/texts.js';
import { Button } from '../../ui/button.js';
import { EvidenceText } from '../../ui/evidence-text.js';
import { TextField } from '../../ui/fields.js';
import { Card, Column, Row, Section } from '../../ui/layout.js';
import { Failure } from '../../ui/loaded.js';
import { Notice } from '../../ui/notice.js';
import { Table } from '../../ui/table.js';

type TaskNote = CasePage['notes'][number] & { readonly task: NonNullable<CasePage['notes'][number]['task']> };

/** What is to be done, by when: the steps agreed with the person. */
export function PlanTab({ page: { case: own, notes } }: { readonly page: CasePage }) {
  const t = useTexts();
  const path = `/cases/${own.code}`;
  const tasks = notes.filter((note): note is TaskNote => note.task !== null);
  const open = tasks.filter(({ task }) => task.doneAt === null).sort(byDueDay);
  const done = tasks.filter(({ task }) => task.doneAt !== null).reverse();
  const change = useWrite(
    ({ id, doneAt }: { readonly id: string; readonly doneAt: string | null }) =>
      patch(`${path}/notes/${id}`, { doneAt }),
    ['/cases'],
  );
  return (
    <Column gap="large">
      <p>{t('case.plan.what')}</p>
      <NewTask path={path} />
      {change.error ? <Failure error={change.error} /> : null}
      <Section title={t('case.plan.open')}>
        {open.length === 0 ? (
          <Notice>
            <p>{t('case.plan.none')}</p>
          </Notice>
        ) : (
          <Table
            caption={t('case.plan.open')}
            rows={open}
            keyOf={({ id }) => id}
            columns={[
              { name: t('case.plan.task'), cell: ({ text }) => <EvidenceText text={text} /> },
              {
                name: t('case.plan.due'),
                cell: ({ task }) =>
                  task.dueAt === null
                    ? '–'
                    : t(isLate(task.dueAt) ? 'case.plan.late' : 'case.plan.day', {
                        day: { date: task.dueAt },
                      }),
              },
              { name: t('case.plan.by'), cell: ({ by }) => <EvidenceText text={by} /> },
              {
                name: t('case.plan.state'),
                cell: ({ id, text }) => (
                  <Button
                    size="small"
                    label={t('case.plan.doneThis', { text })}
                    disabled={change.isPending}
                    onClick={() => change.mutate({ id, doneAt: new Date().toISOString() })}
                  >
                    {t('case.plan.done')}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Section>
      {done.length === 0 ? null : (
        <Section title={t('case.plan.finished')}>
          <Table
            caption={t('case.plan.finished')}
            rows={done}
            keyOf={({ id }) => id}
            columns={[
              { name: t('case.plan.task'), cell: ({ text }) => <EvidenceText text={text} /> },
              { name: t('case.plan.doneAt'), cell: ({ task }) => t.time(task.doneAt ?? '') },
              {
                name: t('case.plan.state'),
                cell: ({ id, text }) => (
                  <Button
                    size="small"
                    look="quiet"
                    label={t('case.plan.againThis', { text })}
                    disabled={change.isPending}
                    onClick={() => change.mutate({ id, doneAt: null })}
                  >
                    {t('case.plan.again')}
                  </Button>
                ),
              },
            ]}
          />
        </Section>
      )}
    </Column>
  );
}

function NewTask({ path }: { readonly path: string }) {
  const t = useTexts();
  const [text, setText] = useState('');
  const [due, setDue] = useState('');
  const add = useWrite(
    () => post(`${path}/notes`, { text: text.trim(), task: { dueAt: due === '' ? null : due } }),
    ['/cases'],
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    add.mutate(undefined, {
      onSuccess: () => {
        setText('');
        setDue('');
      },
    });
  };
  return (
    <Card>
      <form onSubmit={submit}>
        <Column>
          <TextField label={t('case.plan.new')} value={text} onChange={setText} />
          <TextField type="date" label={t('case.plan.dueOptional')} value={due} onChange={setDue} />
          {add.error ? <Failure error={add.error} /> : null}
          <Row>
            <Button type="submit" isBusy={add.isPending} disabled={text.trim() === ''}>
              {t('case.plan.add')}
            </Button>
          </Row>
        </Column>
      </form>
    </Card>
  );
}

/** Those without a day last. */
function byDueDay(a: TaskNote, b: TaskNote): number {
  return (a.task.dueAt ?? '9').localeCompare(b.task.dueAt ?? '9');
}

function isLate(dueAt: string): boolean {
  return Date.parse(dueAt) < Date.now() - 86_400_000;
}
