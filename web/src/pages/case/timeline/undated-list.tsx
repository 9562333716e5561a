import { useState } from 'react';
import type { EventRow } from '../../../api/paths.js';
import { useTexts } from '../../../texts/texts.js';
import { Button } from '../../../ui/button.js';
import { Column, Section } from '../../../ui/layout.js';
import { Failure, Loading } from '../../../ui/loaded.js';
import { Table } from '../../../ui/table.js';
import type { choiceOf } from './line-filters.js';
import { RowPanel } from './row-panel.js';
import { RowText } from './row-text.js';
import { useUndated } from './use-line.js';
import type { ZoneTime } from './zone-time.js';

/** Records without a time: never at 1970, never between others. */
export function UndatedList({
  code,
  choice,
  count,
  times,
}: {
  readonly code: string;
  readonly choice: ReturnType<typeof choiceOf>;
  readonly count: number;
  readonly times: ZoneTime;
}) {
  const t = useTexts();
  const [isWanted, setWanted] = useState(false);
  const [open, setOpen] = useState<EventRow | null>(null);
  const query = useUndated(choice, isWanted);
  if (count === 0) return null;
  return (
    <Section title={t('timeline.undated')}>
      <p>{t('timeline.undatedCount', { count })}</p>
      {isWanted ? null : (
        <div>
          <Button onClick={() => setWanted(true)}>{t('timeline.showUndated')}</Button>
        </div>
      )}
      {isWanted && query.isPending ? <Loading /> : null}
      {query.error ? <Failure error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.data ? (
        <Column>
          {query.data.length === 0 ? <p>{t('timeline.undatedNone')}</p> : null}
          {query.data.length > 0 ? (
            <Table
              caption={t('timeline.undated')}
              rows={query.data}
              keyOf={({ id }) => id}
              columns={[
                { name: t('timeline.kindName'), cell: ({ kindName }) => kindName },
                { name: t('timeline.what'), cell: (row) => <RowText row={row} /> },
                { name: t('timeline.evidence'), cell: ({ evidence }) => evidence },
                {
                  name: t('timeline.whole'),
                  cell: (row) => (
                    <Button size="small" look="quiet" onClick={() => setOpen(row)}>
                      {t('timeline.openRow')}
                    </Button>
                  ),
                },
              ]}
            />
          ) : null}
          {query.hasNextPage ? (
            <div>
              <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {t('timeline.more')}
              </Button>
            </div>
          ) : null}
        </Column>
      ) : null}
      <RowPanel code={code} row={open} isOpen={open !== null} times={times} onClose={() => setOpen(null)} />
    </Section>
  );
}
