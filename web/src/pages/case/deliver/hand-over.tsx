import { useState } from 'react';
import { post } from '../../../api/client.js';
import type { CasePage, DossierPage, ExportAnswer } from '../../../api/paths.js';
import { useWrite } from '../../../api/queries.js';
import { useTexts } from '../../../texts/texts.js';
import { Button, LinkButton } from '../../../ui/button.js';
import { DownloadLink } from '../../../ui/download-link.js';
import { Card, Column, Facts, Row } from '../../../ui/layout.js';
import { Failure } from '../../../ui/loaded.js';
import { Notice } from '../../../ui/notice.js';
import { Picture } from '../../../ui/picture.js';
import { sizeWords } from '../../../ui/size.js';
import { bodyOf, isRedacted, keysOf, type Order, useDryRun } from './order.js';

type Files = ExportAnswer['files'];

/** Files, and the order they were made for: another order makes others. */
export interface LookedAt {
  readonly key: string;
  readonly files: Files;
}

export function previewKey({ purpose, named }: Order): string {
  return JSON.stringify([purpose, named]);
}

/** The dossier as it would leave: it is looked at, and then leaves byte by byte. */
export function ReviewStep({
  code,
  order,
  lookedAt,
  onLookedAt,
}: {
  readonly code: string;
  readonly order: Order;
  readonly lookedAt: Files | null;
  readonly onLookedAt: (files: Files) => void;
}) {
  const t = useTexts();
  const make = useWrite(
    () => post<ExportAnswer>('/exports/preview', { ...bodyOf(code, order, true), formats: ['dossier'] }),
    [`/cases/${encodeURIComponent(code)}`],
  );
  if (!order.formats.includes('dossier')) return <p>{t('deliver.noPreview')}</p>;
  return (
    <Column>
      <p>{t('deliver.previewWhat')}</p>
      <div>
        <Button
          isBusy={make.isPending}
          onClick={() =>
            make.mutate(undefined, {
              onSuccess: ({ refused, files }) => {
                if (refused === null) onLookedAt(files);
              },
            })
          }
        >
          {lookedAt ? t('deliver.previewAgain') : t('deliver.preview')}
        </Button>
      </div>
      {make.error ? <Failure error={make.error} /> : null}
      {make.data?.refused ? (
        <Notice kind="problem" isAnnounced>
          {t(`deliver.refusals.${make.data.refused}`)}
        </Notice>
      ) : null}
      {lookedAt ? (
        <>
          <p role="status">{t('deliver.previewReady')}</p>
          <FileList files={lookedAt} isPreview />
          <Pages code={code} order={order} />
        </>
      ) : null}
    </Column>
  );
}

/** The pages as they would be printed, without opening anything outside. */
function Pages({ code, order }: { readonly code: string; readonly order: Order }) {
  const t = useTexts();
  const show = useWrite((page: number) =>
    post<DossierPage>('/exports/preview/pages', { ...bodyOf(code, order, true), formats: ['dossier'], page }),
  );
  const page = show.variables ?? 0;
  const pages = show.data?.pages ?? 0;
  return (
    <Column>
      <Row>
        {show.data === undefined ? (
          <Button isBusy={show.isPending} onClick={() => show.mutate(0)}>
            {t('deliver.pages')}
          </Button>
        ) : null}
        {pages > 0 ? (
          <>
            <Button disabled={page === 0 || show.isPending} onClick={() => show.mutate(page - 1)}>
              {t('deliver.pageBefore')}
            </Button>
            <span aria-live="polite">{t('deliver.page', { page: page + 1, pages })}</span>
            <Button disabled={page + 1 >= pages || show.isPending} onClick={() => show.mutate(page + 1)}>
              {t('deliver.pageAfter')}
            </Button>
          </>
        ) : null}
      </Row>
      {show.error ? <Failure error={show.error} /> : null}
      {show.data && pages === 0 ? <p>{t('deliver.noPages')}</p> : null}
      {show.data && show.data.svg !== '' ? (
        <Picture svg={show.data.svg} alt={t('deliver.pageAlt', { page: page + 1 })} />
      ) : null}
    </Column>
  );
}

/** Says once more what leaves and to whom, makes the files and puts them on record. */
export function HandOverStep({
  code,
  page,
  order,
  lookedAt,
  onDone,
}: {
  readonly code: string;
  readonly page: CasePage;
  readonly order: Order;
  readonly lookedAt: Files | null;
  readonly onDone: () => void;
}) {
  const t = useTexts();
  const isComplete = missingOf(order).length === 0;
  const dryRun = useDryRun(code, order, isComplete);
  const [made, setMade] = useState<LookedAt | null>(null);
  const key = JSON.stringify(order);
  const make = useWrite(
    () => post<ExportAnswer>('/exports', bodyOf(code, order, false, lookedAt?.map(({ id }) => id) ?? [])),
    [`/cases/${encodeURIComponent(code)}`, '/exports'],
  );
  const missing = missingOf(order);
  const refused = make.data?.refused ?? dryRun.data?.refused ?? null;
  const done =
    made === null ? null : (
      <Column>
        <p role="status">{t('deliver.ready')}</p>
        <FileList files={made.files} />
        <p>{t('deliver.readyHelp')}</p>
        <div>
          <Button
            onClick={() => {
              setMade(null);
              onDone();
            }}
          >
            {t('deliver.another')}
          </Button>
        </div>
      </Column>
    );
  if (made?.key === key) return done;
  return (
    <Column>
      {/* Of the order before this one: they can still be taken. */}
      {done}
      {missing.length > 0 ? (
        <Notice title={t('deliver.missingTitle')}>
          <ul>
            {missing.map((one) => (
              <li key={one}>{t(`deliver.missing.${one}`)}</li>
            ))}
          </ul>
        </Notice>
      ) : (
        <Card isRaised>
          <Facts
            facts={[
              [t('deliver.case'), page.case.code],
              [t('deliver.for'), t(`deliver.purposes.${order.purpose}.name`)],
              [t('deliver.recipient'), order.recipient.trim() === '' ? t('deliver.nobody') : order.recipient],
              [
                t('deliver.files'),
                order.formats.map((format) => t(`deliver.formats.${format}.name`)).join('; '),
              ],
              [t('deliver.name'), order.named === 'yes' ? t('deliver.namedYes') : t('deliver.namedNo')],
              ...(isRedacted(order)
                ? [[t('deliver.profile'), t(`deliver.profiles.${order.profile}.name`)] as const]
                : []),
              ...(order.formats.includes('bundle')
                ? [
                    [t('deliver.seal'), t('deliver.sealCount', { count: keysOf(order).length })] as const,
                    [
                      t('deliver.originals'),
                      order.withEvidence ? t('deliver.withEvidence') : t('deliver.withoutEvidence'),
                    ] as const,
                  ]
                : []),
            ]}
          />
        </Card>
      )}
      {dryRun.error ? <Failure error={dryRun.error} onRetry={() => void dryRun.refetch()} /> : null}
      {refused !== null && missing.length === 0 ? (
        <Notice kind="problem" title={t('deliver.refused')} isAnnounced>
          {t(`deliver.refusals.${refused}`)}
        </Notice>
      ) : null}
      {make.error ? <Failure error={make.error} /> : null}
      {missing.length === 0 && dryRun.data?.refused === null ? (
        <>
          <p>{t('deliver.noWayBack')}</p>
          <Row gap="small">
            <Button
              look="main"
              isBusy={make.isPending}
              onClick={() =>
                make.mutate(undefined, {
                  onSuccess: (answer) => {
                    if (answer.refused === null) setMade({ key, files: answer.files });
                  },
                })
              }
            >
              {t('deliver.make')}
            </Button>
            <LinkButton to="/cases/$code" params={{ code }}>
              {t('cancel')}
            </LinkButton>
          </Row>
        </>
      ) : null}
    </Column>
  );
}

function FileList({ files, isPreview = false }: { readonly files: Files; readonly isPreview?: boolean }) {
  const t = useTexts();
  return (
    <Column gap="small">
      {files.map(({ id, name, sha256, sizeBytes }) => (
        <Card key={id}>
          <Column gap="small">
            <Row isApart>
              <strong>{name}</strong>
              {isPreview ? null : (
                <DownloadLink path={id} isMain>
                  {t('deliver.download', { name })}
                </DownloadLink>
              )}
            </Row>
            <p>{t('deliver.size', { size: sizeWords(sizeBytes, t) })}</p>
            <p>
              SHA-256 <code>{sha256}</code>
            </p>
          </Column>
        </Card>
      ))}
    </Column>
  );
}

type Missing = 'purpose' | 'recipient' | 'formats' | 'seal' | 'named' | 'profile';

/** What still has to be answered before anything can be asked of the gate. */
export function missingOf(order: Order): Missing[] {
  const missing: Missing[] = [];
  if (order.purpose === '') missing.push('purpose');
  const isOwn = order.purpose === 'client' || order.purpose === 'own-backup';
  if (order.purpose !== '' && !isOwn && order.recipient.trim() === '') missing.push('recipient');
  if (order.formats.length === 0) missing.push('formats');
  if (order.formats.includes('bundle') && keysOf(order).length === 0) missing.push('seal');
  if (order.named === '') missing.push('named');
  if (isRedacted(order) && order.profile === '') missing.push('profile');
  return missing;
}
