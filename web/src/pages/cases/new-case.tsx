import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { post } from '../../api/client.js';
import type { CaseDraft, CasePage } from '../../api/paths.js';
import { useWrite } from '../../api/queries.js';
import { useTexts } from '../../texts/texts.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { Select, TextField } from '../../ui/fields.js';
import { Column, Row } from '../../ui/layout.js';
import { Failure } from '../../ui/loaded.js';

const URGENCIES = ['normal', 'high', 'life-safety'] as const;

/** The least a case needs; everything else is on its page. */
export function NewCase({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const t = useTexts();
  const navigate = useNavigate();
  const [title, setTitle] = useState('');
  const [clientRef, setClientRef] = useState('');
  const [urgency, setUrgency] = useState<(typeof URGENCIES)[number]>('normal');
  const make = useWrite((draft: CaseDraft) => post<CasePage>('/cases', draft), ['/cases']);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    make.mutate(
      { title: title.trim(), clientRef: clientRef.trim(), urgency },
      { onSuccess: (page) => void navigate({ to: '/cases/$code', params: { code: page.case.code } }) },
    );
  };
  return (
    <Dialog title={t('cases.new')} isOpen={isOpen} onClose={onClose}>
      <form onSubmit={submit}>
        <Column>
          <TextField
            label={t('cases.form.title')}
            help={t('cases.form.titleHelp')}
            value={title}
            onChange={setTitle}
          />
          <TextField
            label={t('cases.form.person')}
            help={t('cases.form.personHelp')}
            value={clientRef}
            onChange={setClientRef}
          />
          <Select
            label={t('cases.column.urgency')}
            value={urgency}
            choices={URGENCIES.map((value) => ({ value, label: t(`cases.urgency.${value}`) }))}
            onChange={setUrgency}
          />
          {make.error ? <Failure error={make.error} /> : null}
          <Row>
            <Button onClick={onClose}>{t('cancel')}</Button>
            <Button type="submit" look="main" isBusy={make.isPending} disabled={title.trim() === ''}>
              {t('cases.form.open')}
            </Button>
          </Row>
        </Column>
      </form>
    </Dialog>
  );
}
