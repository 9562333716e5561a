import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { post } from '../../api/client.js';
import type { CasePage, NewConsent } from '../../api/paths.js';
import { useWrite } from '../../api/queries.js';
import { useSession } from '../../shell/session.js';
import { useTexts } from '../../texts/texts.js';
import { Button, LinkButton } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { RadioField, TextArea, TextField } from '../../ui/fields.js';
import { Card, Column, Fold, Row } from '../../ui/layout.js';
import { Failure } from '../../ui/loaded.js';
import { Notice } from '../../ui/notice.js';

/** What is not asked here stays to be asked, in the case: nothing of it is taken for granted. */
const LATER = {
  shareIndicators: 'ask',
  publishAnonymously: 'ask',
  publishNamed: 'ask',
  useInComplaint: 'ask',
  contactAgain: 'ask',
} as const;

type Answer = 'yes' | 'no';

/** The question before anything is read. Saying no is an answer like the other, and goes on record. */
export function ConsentStep({
  own,
  onAgreed,
  onRefused,
}: {
  /** Null when nothing is kept: the throw-away case is made with the answer. */
  readonly own: CasePage | null;
  readonly onAgreed: (code: string) => void;
  readonly onRefused: () => void;
}) {
  const t = useTexts();
  const { state } = useSession();
  const isUnsaved = state.is === 'known' && state.session.vault === 'unsaved';
  const [givenBy, setGivenBy] = useState(own?.case.clientRef ?? '');
  const [method, setMethod] = useState<NewConsent['method']>('spoken');
  const [thirdPartyData, setThirdPartyData] = useState('');
  const [isLeaving, setLeaving] = useState(false);
  const answer = useWrite(
    async (said: Answer) => {
      if (own === null && said === 'no') return null;
      const code =
        own?.case.code ?? (await post<CasePage>('/cases', { title: t('add.throwAway') })).case.code;
      const consent: NewConsent = {
        givenBy,
        method,
        witness: '',
        scope: {
          analyse: said,
          retain: said === 'yes' && !isUnsaved ? 'yes' : 'no',
          shareWith: [],
          ...LATER,
        },
        expiresAt: null,
        thirdPartyData,
      };
      await post(`/cases/${code}/consents`, consent);
      return code;
    },
    ['/cases'],
  );
  const say = (said: Answer): void =>
    answer.mutate(said, {
      onSuccess: (code) => (said === 'yes' && code !== null ? onAgreed(code) : onRefused()),
    });
  return (
    <Column gap="large">
      {own && own.consentState !== 'none' ? (
        <Notice kind="partial">
          {t(own.consentState === 'given' ? 'add.consent.was.no' : `add.consent.was.${own.consentState}`)}
        </Notice>
      ) : null}
      <Card isRaised>
        <Column>
          <p>{t('add.consent.readOut')}</p>
          <blockquote>
            <p>
              <strong>{t('add.consent.ask', { what: t('add.consent.what') })}</strong>
            </p>
          </blockquote>
        </Column>
      </Card>
      {isUnsaved ? null : (
        <Column>
          <TextField
            label={t('add.consent.givenBy')}
            help={t('add.consent.givenByHelp')}
            value={givenBy}
            onChange={setGivenBy}
          />
          <RadioField
            label={t('add.consent.method')}
            value={method}
            onChange={(chosen) => chosen !== '' && setMethod(chosen)}
            choices={(['spoken', 'written', 'signed'] as const).map((value) => ({
              value,
              label: t(`add.consent.methods.${value}`),
            }))}
          />
          <Fold summary={t('add.consent.others')}>
            <TextArea
              label={t('add.consent.thirdParty')}
              help={t('add.consent.thirdPartyHelp')}
              value={thirdPartyData}
              onChange={setThirdPartyData}
            />
          </Fold>
        </Column>
      )}
      {answer.error ? <Failure error={answer.error} /> : null}
      <Row>
        <Button
          look="main"
          isBusy={answer.isPending && answer.variables === 'yes'}
          disabled={answer.isPending}
          onClick={() => say('yes')}
        >
          {t('add.consent.yes')}
        </Button>
        {isUnsaved ? null : (
          <Button disabled={answer.isPending} onClick={() => setLeaving(true)}>
            {t('add.consent.unsaved')}
          </Button>
        )}
        <Button
          isBusy={answer.isPending && answer.variables === 'no'}
          disabled={answer.isPending}
          onClick={() => say('no')}
        >
          {t('add.consent.no')}
        </Button>
        <LinkButton to="/" look="quiet">
          {t('add.consent.back')}
        </LinkButton>
      </Row>
      <LeaveDialog isOpen={isLeaving} onClose={() => setLeaving(false)} />
    </Column>
  );
}

/** The vault is closed, and the check goes on in one that is gone with the program. */
function LeaveDialog({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const t = useTexts();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { openVault } = useSession();
  const leave = useWrite(async () => {
    await post('/lock');
    client.clear();
    await navigate({ to: '/add', search: {}, replace: true });
    await openVault({ mode: 'unsaved' });
  });
  return (
    <Dialog title={t('add.leave.title')} isOpen={isOpen} onClose={onClose}>
      <p>{t('add.leave.what')}</p>
      {leave.error ? <Failure error={leave.error} /> : null}
      <Row>
        <Button look="main" isBusy={leave.isPending} onClick={() => leave.mutate(undefined)}>
          {t('add.leave.go')}
        </Button>
        <Button onClick={onClose}>{t('cancel')}</Button>
      </Row>
    </Dialog>
  );
}
