import { type FormEvent, useState } from 'react';
import { post } from '../../api/client.js';
import type { CasePage, NewConsent, Withdrawn } from '../../api/paths.js';
import { useWrite } from '../../api/queries.js';
import { useTexts } from '../../texts/texts.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { EvidenceText } from '../../ui/evidence-text.js';
import { RadioField, TextArea, TextField } from '../../ui/fields.js';
import { Card, Column, Facts, Fold, Row, Section } from '../../ui/layout.js';
import { Failure } from '../../ui/loaded.js';
import { Notice } from '../../ui/notice.js';
import { Departures } from './departures.js';

const SCOPES = [
  'analyse',
  'retain',
  'shareIndicators',
  'publishAnonymously',
  'publishNamed',
  'useInComplaint',
  'contactAgain',
] as const;
type Scope = (typeof SCOPES)[number];
type Answers = Readonly<Record<Scope, 'yes' | 'no' | 'ask' | ''>>;
const ANSWERS = ['yes', 'no', 'ask'] as const;
const METHODS = ['spoken', 'written', 'signed'] as const;
const UNANSWERED = Object.fromEntries(SCOPES.map((scope) => [scope, ''])) as Answers;

type Consent = NonNullable<CasePage['consent']>;

/** What the person allows, as they said it. */
export function ConsentTab({ page }: { readonly page: CasePage }) {
  const t = useTexts();
  const { case: own, consent, consents, consentState } = page;
  const [isAsking, setAsking] = useState(false);
  const earlier = consents.filter(({ id }) => id !== consent?.id);
  return (
    <Column gap="large">
      <Section title={t('case.consent.now')}>
        {consent === null ? (
          <Notice>
            <p>{t('case.consent.none')}</p>
          </Notice>
        ) : (
          <Column>
            {consentState === 'given' ? null : (
              <Notice kind="partial">
                <p>
                  {consentState === 'withdrawn'
                    ? t('case.consent.withdrawn', { date: { date: consent.withdrawnAt ?? consent.at } })
                    : t('case.consent.expired', { date: { date: consent.expiresAt ?? consent.at } })}
                </p>
              </Notice>
            )}
            <Card>
              <ConsentFacts consent={consent} />
            </Card>
          </Column>
        )}
        <Row>
          <Button onClick={() => setAsking(true)} look={consentState === 'given' ? 'plain' : 'main'}>
            {t('case.consent.new')}
          </Button>
          {consentState === 'given' ? <Withdraw code={own.code} /> : null}
        </Row>
      </Section>
      <Section title={t('case.consent.left')}>
        <Departures departures={page.departures} />
      </Section>
      {earlier.length === 0 ? null : (
        <Section title={t('case.consent.earlier')}>
          {earlier.map((one) => (
            <Fold
              key={one.id}
              summary={t('case.consent.of', {
                at: t.time(one.at),
                state: one.withdrawnAt === null ? 'other' : 'withdrawn',
              })}
            >
              <ConsentFacts consent={one} />
            </Fold>
          ))}
        </Section>
      )}
      <NewConsentForm page={page} isOpen={isAsking} onClose={() => setAsking(false)} />
    </Column>
  );
}

function ConsentFacts({ consent }: { readonly consent: Consent }) {
  const t = useTexts();
  const { scope } = consent;
  return (
    <Facts
      facts={[
        [
          t('case.consent.givenBy'),
          <EvidenceText key="g" text={consent.givenBy === '' ? '–' : consent.givenBy} />,
        ],
        [
          t('case.consent.how'),
          t('case.consent.howAt', {
            method: t(`case.consent.methods.${consent.method}`),
            at: t.time(consent.at),
          }),
        ],
        ...(consent.witness === ''
          ? []
          : [[t('case.consent.witness'), <EvidenceText key="w" text={consent.witness} />] as const]),
        ...SCOPES.map(
          (name) => [t(`case.consent.scope.${name}`), t(`case.consent.answers.${scope[name]}`)] as const,
        ),
        [
          t('case.consent.shareWith'),
          scope.shareWith.length === 0 ? (
            t('case.consent.nobody')
          ) : (
            <EvidenceText key="s" text={scope.shareWith.join(', ')} />
          ),
        ],
        [
          t('case.consent.expires'),
          consent.expiresAt === null
            ? t('case.consent.never')
            : t('case.plan.day', { day: { date: consent.expiresAt } }),
        ],
        ...(consent.thirdPartyData === ''
          ? []
          : [
              [t('case.consent.thirdParty'), <EvidenceText key="t" text={consent.thirdPartyData} />] as const,
            ]),
      ]}
    />
  );
}

function NewConsentForm({
  page: { case: own },
  isOpen,
  onClose,
}: {
  readonly page: CasePage;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  const t = useTexts();
  const [answers, setAnswers] = useState<Answers>(UNANSWERED);
  const [givenBy, setGivenBy] = useState(own.clientRef);
  const [method, setMethod] = useState<NewConsent['method']>('spoken');
  const [witness, setWitness] = useState('');
  const [shareWith, setShareWith] = useState('');
  const [expires, setExpires] = useState('');
  const [thirdParty, setThirdParty] = useState('');
  const add = useWrite((consent: NewConsent) => post(`/cases/${own.code}/consents`, consent), ['/cases']);
  const isAnswered = SCOPES.every((scope) => answers[scope] !== '');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    add.mutate(
      {
        givenBy,
        method,
        witness,
        scope: {
          ...(answers as Readonly<Record<Scope, 'yes' | 'no' | 'ask'>>),
          shareWith: shareWith
            .split(/[\n,;]/)
            .map((name) => name.trim())
            .filter((name) => name !== ''),
        },
        expiresAt: expires === '' ? null : expires,
        thirdPartyData: thirdParty,
      },
      { onSuccess: onClose },
    );
  };
  return (
    <Dialog title={t('case.consent.new')} isOpen={isOpen} onClose={onClose}>
      <form onSubmit={submit}>
        <Column>
          <p>{t('case.consent.ask')}</p>
          <TextField
            label={t('case.consent.givenBy')}
            help={t('case.consent.pseudonym')}
            value={givenBy}
            onChange={setGivenBy}
          />
          <RadioField
            label={t('case.consent.how')}
            value={method}
            choices={METHODS.map((value) => ({ value, label: t(`case.consent.methods.${value}`) }))}
            onChange={(chosen) => chosen !== '' && setMethod(chosen)}
          />
          {SCOPES.map((scope) => (
            <RadioField
              key={scope}
              label={t(`case.consent.question.${scope}`)}
              value={answers[scope]}
              choices={ANSWERS.map((value) => ({ value, label: t(`case.consent.answers.${value}`) }))}
              onChange={(chosen) => setAnswers((old) => ({ ...old, [scope]: chosen }))}
            />
          ))}
          <TextField
            label={t('case.consent.shareWith')}
            help={t('case.consent.shareHelp')}
            value={shareWith}
            onChange={setShareWith}
          />
          <TextField
            type="date"
            label={t('case.consent.expires')}
            help={t('case.consent.expiresHelp')}
            value={expires}
            onChange={setExpires}
          />
          <TextField label={t('case.consent.witness')} value={witness} onChange={setWitness} />
          <TextArea
            label={t('case.consent.thirdParty')}
            value={thirdParty}
            onChange={setThirdParty}
            lines={2}
          />
          {add.error ? <Failure error={add.error} /> : null}
          {isAnswered ? null : <p>{t('case.consent.unanswered')}</p>}
          <Row>
            <Button onClick={onClose}>{t('cancel')}</Button>
            <Button type="submit" look="main" isBusy={add.isPending} disabled={!isAnswered}>
              {t('case.consent.record')}
            </Button>
          </Row>
        </Column>
      </form>
    </Dialog>
  );
}

/** Taking it back is as easy as giving it; what left cannot be called back, and is shown. */
function Withdraw({ code }: { readonly code: string }) {
  const t = useTexts();
  const [isOpen, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const withdraw = useWrite(
    () => post<Withdrawn>(`/cases/${code}/consents/withdraw`, { reason: reason.trim() }),
    ['/cases'],
  );
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('case.consent.withdraw')}</Button>
      <Dialog title={t('case.consent.withdraw')} isOpen={isOpen} onClose={() => setOpen(false)}>
        <p>{t('case.consent.withdrawWhat')}</p>
        <TextArea label={t('case.consent.reason')} value={reason} onChange={setReason} lines={2} />
        {withdraw.error ? <Failure error={withdraw.error} /> : null}
        <Row>
          <Button onClick={() => setOpen(false)}>{t('cancel')}</Button>
          <Button
            isBusy={withdraw.isPending}
            onClick={() => withdraw.mutate(undefined, { onSuccess: () => setOpen(false) })}
          >
            {t('case.consent.withdrawDo')}
          </Button>
        </Row>
      </Dialog>
    </>
  );
}
