import { type FormEvent, useState } from 'react';
import { post } from '../../api/client.js';
import type { IndicatorHit } from '../../api/paths.js';
import { useWrite } from '../../api/queries.js';
import { useTexts } from '../../texts/texts.js';
import { Button } from '../../ui/button.js';
import { EvidenceText, ValueText } from '../../ui/evidence-text.js';
import { TextField } from '../../ui/fields.js';
import { Column, Section } from '../../ui/layout.js';
import { Failure } from '../../ui/loaded.js';
import { Notice } from '../../ui/notice.js';
import { Table } from '../../ui/table.js';

/** What is published about one value. It is looked for here only: whoever watches a domain does not hear of it. */
export function SearchValue() {
  const t = useTexts();
  const [value, setValue] = useState('');
  const search = useWrite((asked: string) => post<IndicatorHit[]>('/indicators/search', { value: asked }));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    search.mutate(value.trim());
  };
  return (
    <Section title={t('indicators.search.title')}>
      <form onSubmit={submit}>
        <Column>
          <TextField
            type="search"
            label={t('indicators.search.label')}
            help={t('indicators.search.help')}
            value={value}
            onChange={setValue}
          />
          <div>
            <Button type="submit" isBusy={search.isPending} disabled={value.trim() === ''}>
              {t('indicators.search.do')}
            </Button>
          </div>
        </Column>
      </form>
      <div aria-live="polite">
        {search.error ? <Failure error={search.error} /> : null}
        {search.data ? <Hits hits={search.data} value={search.variables ?? ''} /> : null}
      </div>
    </Section>
  );
}

function Hits({ hits, value }: { readonly hits: readonly IndicatorHit[]; readonly value: string }) {
  const t = useTexts();
  if (hits.length === 0)
    return (
      <Notice>
        <p>
          {t('indicators.search.none')} <EvidenceText isMono text={value} />
        </p>
      </Notice>
    );
  return (
    <Table
      caption={t('indicators.search.found', { count: hits.length })}
      isCaptionShown
      rows={hits}
      keyOf={({ feed, type, value: own }) => `${feed} ${type} ${own}`}
      columns={[
        { name: t('indicators.search.kind'), cell: ({ typeName }) => typeName },
        {
          name: t('indicators.search.value'),
          cell: (hit) => <ValueText type={hit.type} value={hit.value} />,
        },
        {
          name: t('indicators.search.family'),
          cell: ({ family }) => (family === '' ? '–' : <EvidenceText text={family} />),
        },
        { name: t('indicators.column.name'), cell: ({ feed }) => <EvidenceText text={feed} /> },
        {
          name: t('indicators.search.how'),
          cell: ({ how }) => (t.has(`indicators.how.${how}`) ? t(`indicators.how.${how}`) : '–'),
        },
      ]}
    />
  );
}
