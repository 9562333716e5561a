import { useState } from 'react';
import { post } from '../../api/client.js';
import type { FeedRow } from '../../api/paths.js';
import { useRead, useWrite } from '../../api/queries.js';
import { useTexts } from '../../texts/texts.js';
import { Button } from '../../ui/button.js';
import { CopyButton } from '../../ui/copy-button.js';
import { Dialog } from '../../ui/dialog.js';
import { EvidenceText } from '../../ui/evidence-text.js';
import { Column, Page, Row, Section } from '../../ui/layout.js';
import { Failure, Loaded } from '../../ui/loaded.js';
import { Notice } from '../../ui/notice.js';
import { Table } from '../../ui/table.js';
import { ImportFeeds } from './import-feeds.js';
import { SearchValue } from './search-value.js';

const HASH_SHOWN = 12;

/** What evidence is compared with. Nothing here asks anybody anything. */
export function IndicatorsPage() {
  const t = useTexts();
  const feeds = useRead<FeedRow[]>('/indicators');
  return (
    <Page title={t('indicators.title')} lead={t('indicators.lead')}>
      <SearchValue />
      <Section title={t('indicators.feeds')}>
        <Loaded query={feeds}>{(rows) => <Feeds rows={rows} />}</Loaded>
      </Section>
      <ImportFeeds />
    </Page>
  );
}

function Feeds({ rows }: { readonly rows: readonly FeedRow[] }) {
  const t = useTexts();
  const [leaving, setLeaving] = useState<FeedRow | null>(null);
  const remove = useWrite((file: string) => post<void>('/indicators/remove', { file }), ['/indicators']);
  const old = rows.filter(({ isOld }) => isOld);
  return (
    <Column>
      {old.length > 0 ? (
        <Notice kind="partial">
          <p>{t('indicators.old', { count: old.length })}</p>
        </Notice>
      ) : null}
      {rows.every(({ isBuiltIn }) => isBuiltIn) ? (
        <Notice>
          <p>{t('indicators.onlyBuiltIn')}</p>
        </Notice>
      ) : null}
      <Table
        caption={t('indicators.caption', {
          feeds: rows.length,
          count: rows.reduce((sum, { count }) => sum + count, 0),
        })}
        isCaptionShown
        rows={rows}
        keyOf={({ file }) => file}
        columns={[
          { name: t('indicators.column.name'), cell: ({ name }) => <EvidenceText text={name} /> },
          { name: t('indicators.column.count'), isNumber: true, cell: ({ count }) => t.number(count) },
          {
            name: t('indicators.column.families'),
            cell: ({ families }) =>
              families.length === 0 ? '–' : <EvidenceText text={families.join(', ')} />,
          },
          {
            name: t('indicators.column.licence'),
            cell: ({ licence }) =>
              licence === null ? t('indicators.unknown') : <EvidenceText text={licence} />,
          },
          { name: t('indicators.column.date'), cell: (row) => <Age row={row} /> },
          {
            name: 'SHA-256',
            cell: ({ sha256 }) => (
              <Row gap="small">
                <code>{sha256.slice(0, HASH_SHOWN)}…</code>
                <CopyButton text={sha256}>{t('indicators.copy')}</CopyButton>
              </Row>
            ),
          },
          {
            name: t('indicators.column.remove'),
            cell: (row) =>
              row.isBuiltIn ? (
                t('indicators.builtIn')
              ) : (
                <Button
                  size="small"
                  look="quiet"
                  label={t('indicators.removeThis', { name: row.name })}
                  onClick={() => setLeaving(row)}
                >
                  {t('indicators.remove')}
                </Button>
              ),
          },
        ]}
      />
      <Dialog title={t('indicators.removeTitle')} isOpen={leaving !== null} onClose={() => setLeaving(null)}>
        <p>{t('indicators.removeWhat', { name: leaving?.name ?? '', count: leaving?.count ?? 0 })}</p>
        {remove.error ? <Failure error={remove.error} /> : null}
        <Row>
          <Button onClick={() => setLeaving(null)}>{t('cancel')}</Button>
          <Button
            isBusy={remove.isPending}
            onClick={() => leaving && remove.mutate(leaving.file, { onSuccess: () => setLeaving(null) })}
          >
            {t('indicators.remove')}
          </Button>
        </Row>
      </Dialog>
    </Column>
  );
}

function Age({ row: { importedAt, ageDays, isOld } }: { readonly row: FeedRow }) {
  const t = useTexts();
  if (importedAt === null || ageDays === null) return <span>{t('indicators.withVigia')}</span>;
  return (
    <span>
      {t('indicators.imported', { day: { date: importedAt }, days: ageDays })}
      {isOld ? <strong> {t('indicators.isOld')}</strong> : null}
    </span>
  );
}
