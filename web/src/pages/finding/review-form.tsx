import { type FormEvent, useState } from 'react';
import { put } from '../../api/client.js';
import type { Review } from '../../api/paths.js';
import { useWrite } from '../../api/queries.js';
import { useDraft } from '../../api/use-draft.js';
import { useTexts } from '../../texts/texts.js';
import { Button } from '../../ui/button.js';
import { EvidenceText } from '../../ui/evidence-text.js';
import { RadioField, TextArea } from '../../ui/fields.js';
import { Card, Column, Row } from '../../ui/layout.js';
import { Failure } from '../../ui/loaded.js';
import { Notice } from '../../ui/notice.js';

const STATES = ['not-reviewed', 'confirmed', 'dismissed'] as const;

/** What a person says about a finding after looking. It stands in the chain of custody; the last word counts. */
export function ReviewForm({
  check,
  finding,
  review,
  caseCode,
}: {
  readonly check: string;
  readonly finding: string;
  readonly caseCode: string;
  readonly review: Review | null;
}) {
  const t = useTexts();
  const [state, setState] = useState<Review['state']>(review?.state ?? 'not-reviewed');
  const draft = useDraft(`${caseCode}:review:${check}:${finding}`, review?.reason ?? '');
  const { text: reason } = draft;
  const [isChecked, setChecked] = useState(false);
  const save = useWrite(
    () => put<Review>(`/checks/${check}/reviews/${encodeURIComponent(finding)}`, { state, reason }),
    [`/checks/${check}/reviews`],
  );
  const isMissing = state === 'dismissed' && reason.trim() === '';
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setChecked(true);
    if (!isMissing) save.mutate(undefined, { onSuccess: () => void draft.discard() });
  };
  const isSaved = review !== null && review.state === state && review.reason === reason;
  return (
    <Card>
      <form onSubmit={submit} noValidate>
        <Column>
          <RadioField
            label={t('finding.review.state')}
            help={t('finding.review.help')}
            value={state}
            onChange={(chosen) => chosen !== '' && setState(chosen)}
            choices={STATES.map((value) => ({
              value,
              label: t(`finding.review.states.${value}`),
            }))}
          />
          <TextArea
            label={t(state === 'dismissed' ? 'finding.review.reason' : 'finding.review.note')}
            isRequired={state === 'dismissed'}
            value={reason}
            onChange={draft.setText}
            error={isChecked && isMissing ? t('finding.review.reasonMissing') : undefined}
          />
          {draft.other === null ? null : (
            <Notice
              kind="partial"
              isAnnounced
              actions={<Button onClick={draft.keepMine}>{t('finding.review.keepMine')}</Button>}
            >
              {t('finding.review.other')} <EvidenceText text={draft.other} />
            </Notice>
          )}
          {save.error ? <Failure error={save.error} /> : null}
          <Row>
            <Button type="submit" isBusy={save.isPending} disabled={isSaved}>
              {t('finding.review.save')}
            </Button>
            <span aria-live="polite">
              {review !== null && isSaved
                ? t('finding.review.saved', { by: review.by, at: { time: review.at } })
                : ''}
            </span>
          </Row>
        </Column>
      </form>
    </Card>
  );
}
