import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { CaseRow } from '../../api/paths.js';
import { useRead } from '../../api/queries.js';
import { useTexts } from '../../texts/texts.js';
import { Badge } from '../../ui/badge.js';
import { Button, LinkButton } from '../../ui/button.js';
import { EvidenceText } from '../../ui/evidence-text.js';
import { CheckField, TextField } from '../../ui/fields.js';
import { Column, Page, Row } from '../../ui/layout.js';
import { Loaded } from '../../ui/loaded.js';
import { Notice } from '../../ui/notice.js';
import { Table } from '../../ui/table.js';
import { NewCase } from './new-case.js';

const DAY_MS = 86_400_000;
/** The most urgent first, then the newest. */
const URGENCIES = ['life-safety', 'high', 'normal'];

export function CasesPage() {
  const t = useTexts();
  const cases = useRead<CaseRow[]>('/cases');
  const [isAdding, setAdding] = useState(false);
  return (
    <Page
      title={t('cases.title')}
      actions={
        <>
          <Button look="main" onClick={() => setAdding(true)}>
            {t('cases.new')}
          </Button>
          <LinkButton to="/campaigns">{t('cases.campaigns')}</LinkButton>
        </>
      }
    >
      <Loaded query={cases}>{(rows) => <CaseList rows={rows} onNew={() => setAdding(true)} />}</Loaded>
      <NewCase isOpen={isAdding} onClose={() => setAdding(false)} />
    </Page>
  );
}

function CaseList({ rows, onNew }: { readonly rows: readonly CaseRow[]; readonly onNew: () => void }) {
  const t = useTexts();
  const [words, setWords] = useState('');
  const [showsClosed, setShowsClosed] = useState(false);
  if (rows.length === 0)
    return (
      <Notice actions={<Button onClick={onNew}>{t('cases.new')}</Button>}>
        <p>{t('cases.none')}</p>
      </Notice>
    );
  const wanted = words.trim().toLocaleLowerCase();
  const found = rows.filter(({ code, clientRef, title }) =>
    `${code} ${clientRef} ${title}`.toLocaleLowerCase().includes(wanted),
  );
  const shown = found.filter((row) => showsClosed || !isClosed(row)).sort(byUrgency);
  const hidden = found.length - shown.length;
  return (
    <Column>
      <TextField type="search" label={t('cases.search')} value={words} onChange={setWords} />
      <CheckField label={t('cases.withClosed')} value={showsClosed} onChange={setShowsClosed} />
      {shown.length === 0 ? (
        <Notice>
          <p>{t('cases.noneFound', { hidden })}</p>
        </Notice>
      ) : (
        <Table
          caption={t('cases.caption', { shown: shown.length })}
          rows={shown}
          keyOf={({ code }) => code}
          columns={[
            {
              name: t('cases.column.case'),
              cell: ({ code, clientRef }) => (
                <Link to="/cases/$code" params={{ code }}>
                  <strong>{code}</strong>
                  {clientRef === '' ? null : (
                    <>
                      {' · '}
                      <EvidenceText text={clientRef} />
                    </>
                  )}
                </Link>
              ),
            },
            { name: t('cases.column.title'), cell: ({ title }) => <EvidenceText text={title} /> },
            { name: t('cases.column.urgency'), cell: ({ urgency }) => t(`cases.urgency.${urgency}`) },
            { name: t('cases.column.state'), cell: ({ state }) => t(`cases.state.${state}`) },
            {
              name: t('cases.column.age'),
              isNumber: true,
              cell: (row) => t('cases.days', { days: ageDays(row) }),
            },
            { name: t('cases.column.next'), cell: (row) => <Next row={row} /> },
            { name: t('cases.column.consent'), cell: ({ consent }) => t(`cases.consent.${consent}`) },
            { name: 'TLP', cell: ({ tlp }) => <Badge>{`TLP:${tlp.toUpperCase()}`}</Badge> },
          ]}
        />
      )}
      {hidden > 0 && shown.length > 0 ? <p>{t('cases.hidden', { hidden })}</p> : null}
    </Column>
  );
}

function Next({ row: { nextTask, isDue } }: { readonly row: CaseRow }) {
  const t = useTexts();
  if (isDue) return <strong>{t('cases.due')}</strong>;
  if (nextTask === null) return <span>–</span>;
  return (
    <Row gap="small">
      <EvidenceText text={nextTask.text} />
      {nextTask.dueAt === null ? null : <span>{t('cases.until', { day: { date: nextTask.dueAt } })}</span>}
    </Row>
  );
}

function isClosed({ state }: CaseRow): boolean {
  return state === 'closed' || state === 'archived';
}

function byUrgency(a: CaseRow, b: CaseRow): number {
  const rank = ({ urgency }: CaseRow): number => URGENCIES.indexOf(urgency);
  return rank(a) - rank(b) || b.openedAt.localeCompare(a.openedAt);
}

function ageDays({ openedAt }: CaseRow): number {
  return Math.max(0, Math.floor((Date.now() - Date.parse(openedAt)) / DAY_MS));
}
