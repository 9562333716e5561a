import type { FormEvent } from 'react';
import { post } from '../../api/client.js';
import type { CasePage } from '../../api/paths.js';
import { useWrite } from '../../api/queries.js';
import { useDraft } from '../../api/use-draft.js';
import { useTexts } from '../../texts/texts.js';
import { Button } from '../../ui/button.js';
import { EvidenceText } from '../../ui/evidence-text.js';
import { TextArea } from '../../ui/fields.js';
import { Card, Column, Row, Section } from '../../ui/layout.js';
import { Failure } from '../../ui/loaded.js';
import { Notice } from '../../ui/notice.js';

/** What the team writes down. What is being written is saved while it is written. */
export function NotesTab({ page: { case: own, notes } }: { readonly page: CasePage }) {
  const t = useTexts();
  const draft = useDraft(`${own.code}:note`);
  const add = useWrite(
    () => post(`/cases/${own.code}/notes`, { text: draft.text.trim(), task: null }),
    ['/cases'],
  );
  const written = notes.filter(({ task }) => task === null).reverse();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    add.mutate(undefined, {
      onSuccess: () => {
        void draft.discard().then(() => draft.setText(''));
      },
    });
  };
  return (
    <Column gap="large">
      <form onSubmit={submit}>
        <Column>
          <TextArea
            label={t('case.notes.new')}
            help={t('case.notes.help')}
            lines={5}
            value={draft.text}
            onChange={draft.setText}
          />
          <p aria-live="polite">
            {draft.state === 'kept' || draft.state === 'typing' || draft.state === 'failed'
              ? t(`case.notes.state.${draft.state}`)
              : ''}
          </p>
          {draft.other === null ? null : (
            <Notice
              kind="partial"
              isAnnounced
              title={t('case.notes.other')}
              actions={
                <>
                  <Button onClick={draft.keepMine}>{t('case.notes.keepMine')}</Button>
                  <Button onClick={draft.takeOther}>{t('case.notes.takeOther')}</Button>
                </>
              }
            >
              <EvidenceText text={draft.other} />
            </Notice>
          )}
          {add.error ? <Failure error={add.error} /> : null}
          <Row>
            <Button type="submit" isBusy={add.isPending} disabled={draft.text.trim() === ''}>
              {t('case.notes.add')}
            </Button>
          </Row>
        </Column>
      </form>
      <Section title={t('case.notes.history')}>
        {written.length === 0 ? (
          <Notice>
            <p>{t('case.notes.none')}</p>
          </Notice>
        ) : (
          written.map(({ id, at, by, text }) => (
            <Card key={id}>
              <Column gap="small">
                <p>{t('case.notes.by', { at: t.time(at), by })}</p>
                <EvidenceText text={text} />
              </Column>
            </Card>
          ))
        )}
      </Section>
    </Column>
  );
}
