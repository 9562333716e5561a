import { useState } from 'react';
import type { CasePage } from '../../api/paths.js';
import { useTexts } from '../../texts/texts.js';
import { Column, Section } from '../../ui/layout.js';
import { useKeptState } from '../findings/use-kept-state.js';
import { HandOverStep, type LookedAt, previewKey, ReviewStep } from './deliver/hand-over.js';
import { NOTHING_CHOSEN, type Order } from './deliver/order.js';
import { HideStep, WhatStep, WhomStep } from './deliver/steps.js';
import { Departures } from './departures.js';

/** How a case leaves: for whom, what, what is hidden, looked at, handed over, on record. Nothing is chosen beforehand. */
export function DeliverTab({ code, page }: { readonly code: string; readonly page: CasePage }) {
  const t = useTexts();
  const [kept, keep] = useKeptState<Order>(`deliver ${code}`, NOTHING_CHOSEN);
  const [order, show] = useState(kept);
  const setOrder = (next: Order): void => {
    // At once, so that what is typed stays where it was typed; and kept, for coming back.
    show(next);
    keep(next);
  };
  const [looked, setLooked] = useKeptState<LookedAt | null>(`deliver looked ${code}`, null);
  const lookedAt =
    looked !== null && looked.key === previewKey(order) && order.formats.includes('dossier')
      ? looked.files
      : null;
  const step = {
    code,
    page,
    order,
    onChange: (change: Partial<Order>): void => setOrder({ ...order, ...change }),
  };
  const hasPurpose = order.purpose !== '';
  const hasFormats = hasPurpose && order.formats.length > 0;
  return (
    <Column gap="large">
      <p>{t('deliver.lead')}</p>
      <Section title={t('deliver.steps.whom')}>
        <WhomStep {...step} />
      </Section>
      {hasPurpose ? (
        <Section title={t('deliver.steps.what')}>
          <WhatStep {...step} />
        </Section>
      ) : null}
      {hasFormats ? (
        <Section title={t('deliver.steps.hide')}>
          <HideStep {...step} />
        </Section>
      ) : null}
      {hasFormats && order.named !== '' ? (
        <Section title={t('deliver.steps.review')}>
          <ReviewStep
            code={code}
            order={order}
            lookedAt={lookedAt}
            onLookedAt={(files) => setLooked({ key: previewKey(order), files })}
          />
        </Section>
      ) : null}
      {hasFormats ? (
        <Section title={t('deliver.steps.handOver')}>
          <HandOverStep
            code={code}
            page={page}
            order={order}
            lookedAt={lookedAt}
            onDone={() => {
              setOrder(NOTHING_CHOSEN);
              setLooked(null);
            }}
          />
        </Section>
      ) : null}
      <Section title={t('deliver.steps.record')}>
        <Departures departures={page.departures} />
      </Section>
    </Column>
  );
}
