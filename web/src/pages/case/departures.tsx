import type { CasePage } from '../../api/paths.js';
import { useTexts } from '../../texts/texts.js';
import { EvidenceText } from '../../ui/evidence-text.js';
import { Table } from '../../ui/table.js';

const HASH_SHOWN = 16;

/** What left, to whom, what for. */
export function Departures({ departures }: { readonly departures: CasePage['departures'] }) {
  const t = useTexts();
  if (departures.length === 0) return <p>{t('deliver.nothingLeft')}</p>;
  return (
    <Table
      caption={t('deliver.recordCaption')}
      rows={departures}
      keyOf={({ id }) => id}
      columns={[
        { name: t('deliver.when'), cell: ({ at }) => t.time(at) },
        { name: t('deliver.file'), cell: ({ fileName }) => <EvidenceText text={fileName} /> },
        { name: t('deliver.for'), cell: ({ purpose }) => t(`deliver.purposes.${purpose}.name`) },
        {
          name: t('deliver.recipient'),
          cell: ({ recipient }) =>
            recipient === '' ? t('deliver.nobody') : <EvidenceText text={recipient} />,
        },
        { name: 'SHA-256', cell: ({ sha256 }) => <code>{sha256.slice(0, HASH_SHOWN)}…</code> },
      ]}
    />
  );
}
