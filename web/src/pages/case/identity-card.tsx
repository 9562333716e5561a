import { type FormEvent, useEffect, useState } from 'react';
import { post, put } from '../../api/client.js';
import type { OpenedIdentity } from '../../api/paths.js';
import { useWrite } from '../../api/queries.js';
import { useTexts } from '../../texts/texts.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { EvidenceText } from '../../ui/evidence-text.js';
import { CheckField, PasswordField, TextArea, TextField } from '../../ui/fields.js';
import { Column, Facts, Row } from '../../ui/layout.js';
import { Failure } from '../../ui/loaded.js';

type Identity = NonNullable<OpenedIdentity['identity']>;
const EMPTY: Identity = {
  name: '',
  contacts: [],
  safeHours: '',
  forbiddenChannels: [],
  duressWord: '',
  note: '',
};

/** Who the person is: locked, opened with the phrase again, closed by itself. What is opened goes on record. */
export function IdentityCard({
  code,
  hasIdentity,
}: {
  readonly code: string;
  readonly hasIdentity: boolean;
}) {
  const t = useTexts();
  const path = `/cases/${code}/identity`;
  const [passphrase, setPassphrase] = useState('');
  const [opened, setOpened] = useState<OpenedIdentity | null>(null);
  const [isEditing, setEditing] = useState(false);
  const open = useWrite(() => post<OpenedIdentity>(`${path}/open`, { passphrase }));
  const close = (): void => {
    setOpened(null);
    setEditing(false);
    open.reset();
    void post(`${path}/close`).catch(() => undefined);
  };
  useEffect(() => {
    if (opened === null) return;
    const left = Date.parse(opened.closesAt) - Date.now();
    const timer = setTimeout(
      () => {
        setOpened(null);
        setEditing(false);
      },
      Math.max(0, left),
    );
    return () => clearTimeout(timer);
  }, [opened]);
  if (opened === null)
    return (
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          open.mutate(undefined, {
            onSuccess: (answer) => {
              setPassphrase('');
              setOpened(answer);
            },
          });
        }}
      >
        <Column>
          <p>{t(hasIdentity ? 'case.identity.locked' : 'case.identity.empty')}</p>
          <PasswordField label={t('case.identity.phrase')} value={passphrase} onChange={setPassphrase} />
          {open.error ? <Failure error={open.error} /> : null}
          <Row>
            <Button type="submit" isBusy={open.isPending} disabled={passphrase === ''}>
              {t('case.identity.open')}
            </Button>
          </Row>
        </Column>
      </form>
    );
  const { identity } = opened;
  return (
    <Column>
      <p>{t('case.identity.closes', { at: t.time(opened.closesAt) })}</p>
      {identity === null ? (
        <p>{t('case.identity.nothing')}</p>
      ) : (
        <Facts
          facts={[
            [t('case.identity.name'), <EvidenceText key="n" text={identity.name} />],
            ...identity.contacts.map(
              ({ channel, address, safe }, index) =>
                [
                  t('case.identity.contact', { number: index + 1 }),
                  <span key="c">
                    <EvidenceText text={`${channel}: ${address}`} /> (
                    {t(safe ? 'case.identity.safe' : 'case.identity.unsafe')})
                  </span>,
                ] as const,
            ),
            [
              t('case.identity.hours'),
              <EvidenceText key="h" text={identity.safeHours === '' ? '–' : identity.safeHours} />,
            ],
            [
              t('case.identity.forbidden'),
              <EvidenceText
                key="f"
                text={identity.forbiddenChannels.length === 0 ? '–' : identity.forbiddenChannels.join(', ')}
              />,
            ],
            [
              t('case.identity.duress'),
              <EvidenceText key="d" text={identity.duressWord === '' ? '–' : identity.duressWord} />,
            ],
            [
              t('case.identity.note'),
              <EvidenceText key="o" text={identity.note === '' ? '–' : identity.note} />,
            ],
          ]}
        />
      )}
      <Row>
        <Button onClick={close}>{t('case.identity.close')}</Button>
        <Button onClick={() => setEditing(true)}>{t('case.identity.edit')}</Button>
      </Row>
      <EditIdentity
        key={opened.closesAt}
        path={path}
        identity={identity ?? EMPTY}
        isOpen={isEditing}
        onClose={() => setEditing(false)}
        onSaved={setOpened}
      />
    </Column>
  );
}

function EditIdentity({
  path,
  identity,
  isOpen,
  onClose,
  onSaved,
}: {
  readonly path: string;
  readonly identity: Identity;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onSaved: (opened: OpenedIdentity) => void;
}) {
  const t = useTexts();
  const [draft, setDraft] = useState(identity);
  const [passphrase, setPassphrase] = useState('');
  const set = (change: Partial<Identity>): void => setDraft((old) => ({ ...old, ...change }));
  const contact = draft.contacts[0] ?? { channel: '', address: '', safe: true };
  const setContact = (change: Partial<typeof contact>): void => {
    const first = { ...contact, ...change };
    const isEmpty = first.channel.trim() === '' && first.address.trim() === '';
    set({ contacts: isEmpty ? draft.contacts.slice(1) : [first, ...draft.contacts.slice(1)] });
  };
  const save = useWrite(() => put<OpenedIdentity>(path, { passphrase, identity: draft }), ['/cases']);
  return (
    <Dialog title={t('case.identity.edit')} isOpen={isOpen} onClose={onClose}>
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          save.mutate(undefined, {
            onSuccess: (answer) => {
              onSaved(answer);
              onClose();
            },
          });
        }}
      >
        <Column>
          <TextField label={t('case.identity.name')} value={draft.name} onChange={(name) => set({ name })} />
          <TextField
            label={t('case.identity.channel')}
            value={contact.channel}
            onChange={(channel) => setContact({ channel })}
          />
          <TextField
            label={t('case.identity.address')}
            value={contact.address}
            onChange={(address) => setContact({ address })}
          />
          <CheckField
            label={t('case.identity.isSafe')}
            value={contact.safe}
            onChange={(safe) => setContact({ safe })}
          />
          <TextField
            label={t('case.identity.hours')}
            value={draft.safeHours}
            onChange={(safeHours) => set({ safeHours })}
          />
          <TextField
            label={t('case.identity.forbidden')}
            value={draft.forbiddenChannels.join(', ')}
            onChange={(text) =>
              set({
                forbiddenChannels: text
                  .split(',')
                  .map((one) => one.trimStart())
                  .filter((one, index) => one !== '' || index > 0),
              })
            }
          />
          <TextField
            label={t('case.identity.duress')}
            help={t('case.identity.duressHelp')}
            value={draft.duressWord}
            onChange={(duressWord) => set({ duressWord })}
          />
          <TextArea
            label={t('case.identity.note')}
            value={draft.note}
            onChange={(note) => set({ note })}
            lines={2}
          />
          <PasswordField label={t('case.identity.phrase')} value={passphrase} onChange={setPassphrase} />
          {save.error ? <Failure error={save.error} /> : null}
          <Row>
            <Button onClick={onClose}>{t('cancel')}</Button>
            <Button type="submit" look="main" isBusy={save.isPending} disabled={passphrase === ''}>
              {t('save')}
            </Button>
          </Row>
        </Column>
      </form>
    </Dialog>
  );
}
