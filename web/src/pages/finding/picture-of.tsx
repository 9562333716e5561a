import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Severity } from '../../../../src/core/contracts.js';
import type { ResultFinding } from '../../../../src/core/result.js';
import { type ApiFailure, getText } from '../../api/client.js';
import { useTexts } from '../../texts/texts.js';
import { Button } from '../../ui/button.js';
import { EvidenceText } from '../../ui/evidence-text.js';
import { Column, Fold } from '../../ui/layout.js';
import { Loaded } from '../../ui/loaded.js';
import { Picture } from '../../ui/picture.js';
import { SeverityMark } from '../../ui/severity.js';
import { sizeWords } from '../../ui/size.js';
import { Table, type Column as TableColumn } from '../../ui/table.js';

type Known = NonNullable<ResultFinding['picture']>;
const ROWS = 100;

/** The picture of a finding, drawn by the server, and its numbers in a table. */
export function PictureOf({
  check,
  finding,
  picture,
}: {
  readonly check: string;
  readonly finding: ResultFinding;
  readonly picture: Known;
}) {
  const t = useTexts();
  const path = `/checks/${check}/pictures/${encodeURIComponent(finding.id)}`;
  const query = useQuery<string, ApiFailure>({
    queryKey: [path],
    queryFn: ({ signal }) => getText(path, signal),
  });
  return (
    <Column>
      <Loaded query={query}>
        {(svg) => <Picture svg={svg} alt={t(`finding.picture.${picture.kind}`)} />}
      </Loaded>
      <Fold summary={t('finding.picture.table')}>
        <PictureTable picture={picture} />
      </Fold>
    </Column>
  );
}

function PictureTable({ picture }: { readonly picture: Known }) {
  const t = useTexts();
  const column = (name: string): string => t(`finding.picture.columns.${name}`);
  const time = (at: string | null): string => (at === null ? t('finding.picture.unknown') : t.time(at));
  const mark = (severity: Severity | null) => (severity === null ? '' : <SeverityMark severity={severity} />);
  const evidence = (text: string) => <EvidenceText text={text} />;
  switch (picture.kind) {
    case 'people-over-time':
      return (
        <Numbers
          rows={picture.marks}
          columns={[
            { name: column('row'), cell: (one) => evidence(picture.rows[one.row] ?? '') },
            { name: column('at'), cell: ({ at }) => time(at) },
            { name: column('group'), cell: ({ group }) => evidence(group) },
            { name: column('severity'), cell: ({ severity }) => mark(severity) },
          ]}
        />
      );
    case 'servers':
      return (
        <Column>
          <Numbers
            caption={t('finding.picture.servers-bars')}
            rows={picture.bars}
            columns={[
              { name: column('place'), cell: ({ label }) => evidence(label) },
              { name: column('servers'), isNumber: true, cell: ({ count }) => t.number(count) },
            ]}
          />
          <Numbers
            caption={t('finding.picture.servers-spans')}
            rows={picture.spans}
            columns={[
              { name: column('address'), cell: ({ label }) => evidence(label) },
              { name: column('from'), cell: ({ from }) => time(from) },
              { name: column('to'), cell: ({ to }) => time(to) },
              { name: column('severity'), cell: ({ severity }) => mark(severity) },
            ]}
          />
        </Column>
      );
    case 'conversations':
      return (
        <Numbers
          rows={picture.conversations}
          columns={[
            { name: column('device'), cell: (one) => evidence(picture.devices[one.device] ?? '') },
            { name: column('host'), cell: ({ host }) => evidence(host) },
            { name: column('protocols'), cell: ({ protocols }) => evidence(protocols.join(', ')) },
            {
              name: column('connections'),
              isNumber: true,
              cell: ({ connections }) => t.number(connections),
            },
            {
              name: column('sent'),
              isNumber: true,
              cell: ({ sentBytes }) => (sentBytes === null ? '' : sizeWords(sentBytes, t)),
            },
            {
              name: column('received'),
              isNumber: true,
              cell: ({ receivedBytes }) => (receivedBytes === null ? '' : sizeWords(receivedBytes, t)),
            },
            { name: column('from'), cell: ({ firstAt }) => time(firstAt) },
            { name: column('to'), cell: ({ lastAt }) => time(lastAt) },
            { name: column('severity'), cell: ({ severity }) => mark(severity) },
          ]}
        />
      );
    case 'intervals':
      return (
        <Numbers
          rows={picture.rows.flatMap(({ label, moments, severity }) =>
            moments.map((at) => ({ label, at, severity })),
          )}
          columns={[
            { name: column('host'), cell: ({ label }) => evidence(label) },
            { name: column('at'), cell: ({ at }) => time(at) },
            { name: column('severity'), cell: ({ severity }) => mark(severity) },
          ]}
        />
      );
    case 'traffic':
      return (
        <Numbers
          rows={picture.perMinute.map((perMinute, index) => ({
            at: new Date(Date.parse(picture.from) + index * picture.stepSeconds * 1_000).toISOString(),
            perMinute,
            usual: picture.usual[index] ?? null,
            failed: picture.failed[index] ?? 0,
          }))}
          columns={[
            { name: column('at'), cell: ({ at }) => time(at) },
            {
              name: column('perMinute'),
              isNumber: true,
              cell: ({ perMinute }) => t.number(perMinute),
            },
            {
              name: column('usual'),
              isNumber: true,
              cell: ({ usual }) => (usual === null ? t('finding.picture.unknown') : t.number(usual)),
            },
            { name: column('failed'), isNumber: true, cell: ({ failed }) => t.number(failed) },
          ]}
        />
      );
  }
}

function Numbers<T>({
  caption,
  rows,
  columns,
}: {
  /** Where a picture has more than one table. */
  readonly caption?: string;
  readonly rows: readonly T[];
  readonly columns: readonly TableColumn<T>[];
}) {
  const t = useTexts();
  const [limit, setLimit] = useState(ROWS);
  const shown = rows.slice(0, limit);
  const numbers = new Map(shown.map((row, index) => [row, String(index)]));
  return (
    <>
      <Table
        caption={caption ?? t('finding.picture.table')}
        isCaptionShown={caption !== undefined}
        rows={shown}
        columns={columns}
        keyOf={(row) => numbers.get(row) ?? ''}
      />
      {rows.length > limit ? (
        <Button size="small" onClick={() => setLimit(rows.length)}>
          {t('finding.picture.more', { count: rows.length - limit })}
        </Button>
      ) : null}
    </>
  );
}
