import { type FormEvent, useState } from 'react';
import { patch } from '../../api/client.js';
import type { CaseDraft, CasePage } from '../../api/paths.js';
import { useWrite } from '../../api/queries.js';
import { useTexts } from '../../texts/texts.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { Select, TextArea, TextField } from '../../ui/fields.js';
import { Column, Fold, Row } from '../../ui/layout.js';
import { Failure } from '../../ui/loaded.js';

const STATES = ['new', 'triage', 'active', 'waiting-client', 'referred', 'closed', 'archived'] as const;
const URGENCIES = ['life-safety', 'high', 'normal'] as const;
const TLP = ['clear', 'green', 'amber', 'amber+strict', 'red'] as const;
const PAP = ['CLEAR', 'GREEN', 'AMBER', 'RED'] as const;
const STATEMENTS = ['harm', 'similarCases', 'attribution', 'jurisdiction'] as const;

/** What the team records of a case; nothing of it names the person. */
export function EditCase({
  page: { case: own },
  isOpen,
  onClose,
}: {
  readonly page: CasePage;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  const t = useTexts();
  const [draft, setDraft] = useState({
    title: own.title,
    clientRef: own.clientRef,
    urgency: own.urgency,
    state: own.state,
    tlp: own.tlp,
    pap: own.pap,
    summary: own.summary,
    outcome: own.outcome,
    statements: own.statements,
  });
  const set = (change: Partial<typeof draft>): void => setDraft((old) => ({ ...old, ...change }));
  const save = useWrite((change: CaseDraft) => patch<CasePage>(`/cases/${own.code}`, change), ['/cases']);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate(draft, { onSuccess: onClose });
  };
  return (
    <Dialog title={t('case.summary.edit')} isOpen={isOpen} onClose={onClose}>
      <form onSubmit={submit}>
        <Column>
          <TextField label={t('case.field.title')} value={draft.title} onChange={(title) => set({ title })} />
          <TextField
            label={t('case.field.clientRef')}
            help={t('case.field.clientRefHelp')}
            value={draft.clientRef}
            onChange={(clientRef) => set({ clientRef })}
          />
          <Select
            label={t('case.field.urgency')}
            value={draft.urgency}
            choices={URGENCIES.map((value) => ({ value, label: t(`cases.urgency.${value}`) }))}
            onChange={(urgency) => set({ urgency })}
          />
          <Select
            label={t('case.field.state')}
            value={draft.state}
            choices={STATES.map((value) => ({ value, label: t(`cases.state.${value}`) }))}
            onChange={(state) => set({ state })}
          />
          <Select
            label={t('case.field.tlp')}
            help={t('case.field.tlpHelp')}
            value={draft.tlp}
            choices={TLP.map((value) => ({ value, label: `TLP:${value.toUpperCase()}` }))}
            onChange={(tlp) => set({ tlp })}
          />
          <Select
            label={t('case.field.pap')}
            help={t('case.field.papHelp')}
            value={draft.pap}
            choices={PAP.map((value) => ({ value, label: `PAP:${value}` }))}
            onChange={(pap) => set({ pap })}
          />
          <TextArea
            label={t('case.field.summary')}
            help={t('case.field.noNames')}
            value={draft.summary}
            onChange={(summary) => set({ summary })}
          />
          <TextArea
            label={t('case.field.outcome')}
            value={draft.outcome}
            onChange={(outcome) => set({ outcome })}
            lines={2}
          />
          <Fold summary={t('case.field.statements')}>
            <Column>
              {STATEMENTS.map((name) => (
                <TextArea
                  key={name}
                  label={t(`case.field.${name}`)}
                  lines={2}
                  value={draft.statements[name]}
                  onChange={(text) => set({ statements: { ...draft.statements, [name]: text } })}
                />
              ))}
            </Column>
          </Fold>
          {save.error ? <Failure error={save.error} /> : null}
          <Row>
            <Button onClick={onClose}>{t('cancel')}</Button>
            <Button type="submit" look="main" isBusy={save.isPending}>
              {t('save')}
            </Button>
          </Row>
        </Column>
      </form>
    </Dialog>
  );
}
