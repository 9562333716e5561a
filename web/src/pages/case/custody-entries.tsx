import { useInfiniteQuery } from '@tanstack/react-query';
import { type ApiFailure, get } from '../../api/client.js';
import type { CustodyPage } from '../../api/paths.js';
import { useTexts } from '../../texts/texts.js';
import { Button } from '../../ui/button.js';
import { EvidenceText } from '../../ui/evidence-text.js';
import { Column, Row } from '../../ui/layout.js';
import { Loaded } from '../../ui/loaded.js';
import { Table } from '../../ui/table.js';

const ROWS = 50;

/** The log, from its beginning, so many entries at a time. Nothing in it can be changed here, or anywhere. */
export function CustodyEntries({ code, total }: { readonly code: string; readonly total: number }) {
  const t = useTexts();
  const path = `/cases/${code}/custody`;
  const pages = useInfiniteQuery<
    CustodyPage,
    ApiFailure,
    readonly CustodyPage['entries'][number][],
    readonly [string, number],
    number
  >({
    // An entry more, and it is read again.
    queryKey: [path, total],
    queryFn: ({ pageParam, signal }) => get<CustodyPage>(`${path}?after=${pageParam}&limit=${ROWS}`, signal),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next,
    select: (data) => data.pages.flatMap(({ entries }) => entries),
  });
  return (
    <Loaded query={pages}>
      {(entries) => (
        <Column>
          <Table
            caption={t('case.custody.caption', { shown: entries.length, total })}
            isCaptionShown
            rows={entries}
            keyOf={({ seq }) => String(seq)}
            columns={[
              { name: t('case.custody.number'), isNumber: true, cell: ({ seq }) => t.number(seq) },
              { name: t('case.custody.at'), cell: ({ at }) => t.time(at) },
              { name: t('case.custody.actor'), cell: ({ actor }) => <EvidenceText text={actor} /> },
              { name: t('case.custody.action'), cell: ({ action }) => t(`case.action.${action}`) },
              {
                name: t('case.custody.detail'),
                cell: ({ detail }) => (
                  <EvidenceText isMono text={detail === null ? '' : JSON.stringify(detail)} />
                ),
              },
            ]}
          />
          {pages.hasNextPage ? (
            <Row>
              <Button isBusy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
                {t('case.custody.more')}
              </Button>
            </Row>
          ) : null}
        </Column>
      )}
    </Loaded>
  );
}
