import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { post } from '../../api/client.js';
import type { CaseDeleted } from '../../api/paths.js';
import { useWrite } from '../../api/queries.js';
import { useTexts } from '../../texts/texts.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { EvidenceText } from '../../ui/evidence-text.js';
import { TextArea, TextField } from '../../ui/fields.js';
import { Column, Fold, Row } from '../../ui/layout.js';
import { Failure } from '../../ui/loaded.js';

/** Destroys a case: its code is typed, a reason given, and what stays behind is told. */
export function DeleteCase({ code }: { readonly code: string }) {
  const t = useTexts();
  const navigate = useNavigate();
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const [done, setDone] = useState<CaseDeleted | null>(null);
  const remove = useWrite(() =>
    post<CaseDeleted>(`/cases/${code}/delete`, { code: typed.trim(), reason: reason.trim() }),
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    remove.mutate(undefined, { onSuccess: setDone });
  };
  const leave = (): void => void navigate({ to: '/cases' });
  return (
    <Fold summary={t('case.delete.title')}>
      <Column>
        <p>{t('case.delete.what')}</p>
        <Row>
          <Button onClick={() => setOpen(true)}>{t('case.delete.ask')}</Button>
        </Row>
      </Column>
      <Dialog title={t('case.delete.title')} isOpen={isOpen} onClose={done ? leave : () => setOpen(false)}>
        {done ? (
          <Column>
            <p>{t('case.delete.done', { code })}</p>
            <p>{t('case.delete.cannot')}</p>
            <ul>
              {done.cannotErase.map((what) => (
                <li key={what}>{t(`case.delete.left.${what}`)}</li>
              ))}
            </ul>
            {done.originals.length === 0 ? null : (
              <Column gap="small">
                <p>{t('case.delete.originals')}</p>
                <ul>
                  {done.originals.map((path) => (
                    <li key={path}>
                      <EvidenceText isMono text={path} />
                    </li>
                  ))}
                </ul>
              </Column>
            )}
            <Row>
              <Button onClick={leave}>{t('case.delete.toCases')}</Button>
            </Row>
          </Column>
        ) : (
          <form onSubmit={submit}>
            <Column>
              <p>{t('case.delete.sure')}</p>
              <TextField label={t('case.delete.type', { code })} value={typed} onChange={setTyped} />
              <TextArea label={t('case.delete.reason')} value={reason} onChange={setReason} lines={2} />
              {remove.error ? <Failure error={remove.error} /> : null}
              <Row>
                <Button onClick={() => setOpen(false)}>{t('cancel')}</Button>
                <Button
                  type="submit"
                  isBusy={remove.isPending}
                  disabled={typed.trim().toUpperCase() !== code || reason.trim() === ''}
                >
                  {t('case.delete.do')}
                </Button>
              </Row>
            </Column>
          </form>
        )}
      </Dialog>
    </Fold>
  );
}
