import { useState } from 'react';
import { ApiFailure, post } from '../../api/client.js';
import type { ImportAnswer } from '../../api/paths.js';
import { useWrite } from '../../api/queries.js';
import { type UploadProgress, UploadRun } from '../../api/uploads.js';
import { useTexts } from '../../texts/texts.js';
import { DropZone } from '../../ui/drop-zone.js';
import type { GivenItem } from '../../ui/dropped-files.js';
import { EvidenceText, ValueText } from '../../ui/evidence-text.js';
import { CheckField, TextField } from '../../ui/fields.js';
import { Column, Section } from '../../ui/layout.js';
import { Failure } from '../../ui/loaded.js';
import { Notice } from '../../ui/notice.js';
import { Progress } from '../../ui/progress.js';
import { Table } from '../../ui/table.js';

/** As many as the server takes at once. */
const MOST_FILES = 2_000;

/** Lists that somebody published, brought on a stick or downloaded elsewhere; and, if wanted, what they find in what is stored. */
export function ImportFeeds() {
  const t = useTexts();
  const [licence, setLicence] = useState('');
  const [retro, setRetro] = useState(false);
  const [progress, setProgress] = useState<UploadProgress | null>(null);
  const take = useWrite(
    async (items: readonly GivenItem[]): Promise<ImportAnswer> => {
      const batches = items.map(({ files }) => ({ batch: crypto.randomUUID(), files }));
      await new UploadRun(batches, setProgress).done;
      return post<ImportAnswer>('/indicators/import', {
        uploads: batches.map(({ batch }) => batch),
        licence: licence.trim() === '' ? null : licence.trim(),
        retro,
      });
    },
    ['/indicators'],
  );
  const isSending = take.isPending && progress !== null && progress.sentFiles < progress.totalFiles;
  return (
    <Section title={t('indicators.import.title')}>
      <p>{t('indicators.import.what')}</p>
      <TextField
        label={t('indicators.import.licence')}
        help={t('indicators.import.licenceHelp')}
        value={licence}
        onChange={setLicence}
      />
      <CheckField
        label={t('indicators.import.retro')}
        help={t('indicators.import.retroHelp')}
        value={retro}
        onChange={setRetro}
      />
      <DropZone
        label={t('indicators.import.drop')}
        fileButton={t('indicators.import.file')}
        folderButton={t('indicators.import.folder')}
        limit={MOST_FILES}
        isBusy={take.isPending}
        onGiven={(items) => {
          const given = items.filter(({ files }) => files.length > 0);
          if (given.length > 0) take.mutate(given);
        }}
      />
      {take.isPending ? (
        <Progress
          label={t('indicators.import.sending')}
          share={isSending && progress.totalBytes > 0 ? progress.sentBytes / progress.totalBytes : null}
        />
      ) : null}
      <div aria-live="polite">
        {take.error instanceof ApiFailure ? <Failure error={take.error} /> : null}
        {take.data ? <Imported answer={take.data} /> : null}
      </div>
    </Section>
  );
}

function Imported({ answer: { imported, refused, hunt } }: { readonly answer: ImportAnswer }) {
  const t = useTexts();
  return (
    <Column>
      {imported.length === 0 ? null : (
        <Table
          caption={t('indicators.import.taken', { count: imported.length })}
          isCaptionShown
          rows={imported}
          keyOf={({ name }) => name}
          columns={[
            { name: t('indicators.column.name'), cell: ({ name }) => <EvidenceText text={name} /> },
            {
              name: t('indicators.import.change'),
              cell: ({ change }) => t(`indicators.import.changes.${change}`),
            },
            { name: t('indicators.column.count'), isNumber: true, cell: ({ count }) => t.number(count) },
            {
              name: t('indicators.import.remarks'),
              cell: ({ remarks }) => (remarks.length === 0 ? '–' : <EvidenceText text={remarks.join(' ')} />),
            },
          ]}
        />
      )}
      {refused.length === 0 ? null : (
        <Notice kind="partial" title={t('indicators.import.refused', { count: refused.length })}>
          <ul>
            {refused.map(({ name, remarks }) => (
              <li key={name}>
                <EvidenceText text={name} />
                {remarks.length > 0 ? (
                  <>
                    {': '}
                    <EvidenceText text={remarks.join(' ')} />
                  </>
                ) : null}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {hunt === null ? null : <Hunted hunt={hunt} />}
    </Column>
  );
}

function Hunted({ hunt }: { readonly hunt: NonNullable<ImportAnswer['hunt']> }) {
  const t = useTexts();
  return (
    <Section title={t('indicators.hunt.title')} level={3}>
      <p>
        {t('indicators.hunt.what', { compared: hunt.compared, fresh: hunt.fresh.length, known: hunt.known })}
      </p>
      {hunt.fresh.length === 0 ? null : (
        <Table
          caption={t('indicators.hunt.title')}
          rows={hunt.fresh}
          keyOf={({ caseCode, type, value, feed }) => `${caseCode} ${type} ${value} ${feed}`}
          columns={[
            { name: t('indicators.hunt.case'), cell: ({ caseCode }) => caseCode },
            {
              name: t('indicators.search.value'),
              cell: ({ type, value }) => <ValueText type={type} value={value} />,
            },
            { name: t('indicators.column.name'), cell: ({ feed }) => <EvidenceText text={feed} /> },
            { name: t('indicators.hunt.records'), isNumber: true, cell: ({ records }) => t.number(records) },
            { name: t('indicators.hunt.first'), cell: ({ at }) => (at === null ? '–' : t.time(at)) },
            {
              name: t('indicators.hunt.where'),
              cell: ({ path, locator }) => <EvidenceText isMono text={`${path} ${locator}`} />,
            },
          ]}
        />
      )}
      {hunt.thin.length === 0 ? null : (
        <Notice kind="partial">
          <p>{t('indicators.hunt.thin', { cases: hunt.thin.join(', ') })}</p>
        </Notice>
      )}
    </Section>
  );
}
