import { type FormEvent, useState } from 'react';
import { post } from '../../api/client.js';
import type { CasePage, CaseRow } from '../../api/paths.js';
import { useRead, useWrite } from '../../api/queries.js';
import { useTexts } from '../../texts/texts.js';
import { Button } from '../../ui/button.js';
import { Select, TextField } from '../../ui/fields.js';
import { Card, Column, Grid, Row, Section } from '../../ui/layout.js';
import { Failure, Loaded } from '../../ui/loaded.js';

const OVER = ['closed', 'archived'];

/** The case it belongs to: one that is open, or a new one with two short fields. */
export function CaseStep({ onChosen }: { readonly onChosen: (code: string) => void }) {
  const cases = useRead<CaseRow[]>('/cases');
  return (
    <Loaded query={cases}>
      {(rows) => {
        const open = rows
          .filter(({ state }) => !OVER.includes(state))
          .sort((a, b) => b.openedAt.localeCompare(a.openedAt));
        return (
          <Grid>
            {open.length > 0 ? <OpenCases open={open} onChosen={onChosen} /> : null}
            <NewCase onChosen={onChosen} isFirst={open.length === 0} />
          </Grid>
        );
      }}
    </Loaded>
  );
}

function OpenCases({
  open,
  onChosen,
}: {
  readonly open: readonly CaseRow[];
  readonly onChosen: (code: string) => void;
}) {
  const t = useTexts();
  const [code, setCode] = useState(open[0]?.code ?? '');
  return (
    <Card>
      <Section title={t('add.case.open')}>
        <Select
          label={t('add.case.which')}
          value={code}
          onChange={setCode}
          choices={open.map((row) => ({
            value: row.code,
            label: [row.code, row.clientRef, row.title].filter((part) => part !== '').join(' · '),
          }))}
        />
        <Row>
          <Button look="main" onClick={() => onChosen(code)}>
            {t('add.case.use')}
          </Button>
        </Row>
      </Section>
    </Card>
  );
}

function NewCase({
  isFirst,
  onChosen,
}: {
  readonly isFirst: boolean;
  readonly onChosen: (code: string) => void;
}) {
  const t = useTexts();
  const [title, setTitle] = useState('');
  const [person, setPerson] = useState('');
  const [isChecked, setChecked] = useState(false);
  const create = useWrite(() => post<CasePage>('/cases', { title, clientRef: person.trim() }), ['/cases']);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setChecked(true);
    if (title.trim() === '') return;
    create.mutate(undefined, { onSuccess: ({ case: { code } }) => onChosen(code) });
  };
  return (
    <Card>
      <form onSubmit={submit} noValidate>
        <Section title={t('add.case.new')}>
          <Column>
            <TextField
              label={t('add.case.name')}
              help={t('add.case.nameHelp')}
              value={title}
              onChange={setTitle}
              error={isChecked && title.trim() === '' ? t('add.case.nameMissing') : undefined}
            />
            <TextField
              label={t('add.case.person')}
              help={t('add.case.personHelp')}
              value={person}
              onChange={setPerson}
            />
            {create.error ? <Failure error={create.error} /> : null}
            <Row>
              <Button type="submit" look={isFirst ? 'main' : 'plain'} isBusy={create.isPending}>
                {t('add.case.create')}
              </Button>
            </Row>
          </Column>
        </Section>
      </form>
    </Card>
  );
}
