/** The states every page has: loading, error, and what was asked for. */
import { Skeleton } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import type { ApiFailure } from '../api/client.js';
import { useTexts } from '../texts/texts.js';
import { Button } from './button.js';
import { Column, Fold } from './layout.js';
import { Notice } from './notice.js';

const [SKELETON_AFTER_MS, WORDS_AFTER_MS] = [300, 3_000];

export function Loaded<T>({
  query,
  children,
}: {
  readonly query: Pick<UseQueryResult<T, ApiFailure>, 'data' | 'error' | 'refetch' | 'isFetching'>;
  readonly children: (data: T) => ReactNode;
}) {
  const { data, error, refetch } = query;
  if (data !== undefined) return children(data);
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  return <Loading />;
}

export function Loading() {
  const t = useTexts();
  const [waited, setWaited] = useState<'not' | 'some' | 'long'>('not');
  useEffect(() => {
    const some = setTimeout(() => setWaited('some'), SKELETON_AFTER_MS);
    const long = setTimeout(() => setWaited('long'), WORDS_AFTER_MS);
    return () => {
      clearTimeout(some);
      clearTimeout(long);
    };
  }, []);
  if (waited === 'not') return null;
  return (
    <div aria-busy="true">
      <Column>
        <Skeleton height={28} width="60%" />
        <Skeleton height={16} />
        <Skeleton height={16} />
        <Skeleton height={16} width="80%" />
        <p aria-live="polite">{waited === 'long' ? t('loading') : ''}</p>
      </Column>
    </div>
  );
}

/** What went wrong, what is safe, and a way on. Never text of evidence. */
export function Failure({ error, onRetry }: { readonly error: ApiFailure; readonly onRetry?: () => void }) {
  const t = useTexts();
  const id = `error.${error.code}`;
  return (
    <Notice
      kind="problem"
      isAnnounced
      actions={onRetry ? <Button onClick={onRetry}>{t('retry')}</Button> : undefined}
    >
      <p>{t.has(id) ? t(id, error.params) : t('error.generic')}</p>
      <Fold summary={t('details')}>
        <code>
          {error.code}
          {error.requestId === '' ? '' : ` · ${error.requestId}`}
        </code>
      </Fold>
    </Notice>
  );
}
