import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { API, type Check } from '../../api/paths.js';
import { useRead } from '../../api/queries.js';

const ASK_AGAIN_MS = 2_000;

/** A check while it goes on: told by the server, asked for every two seconds where that breaks off. */
export function useCheck(id: string) {
  const path = `/checks/${encodeURIComponent(id)}`;
  const client = useQueryClient();
  const query = useRead<Check>(path);
  const [isDeaf, setDeaf] = useState(false);
  const isUnderWay = query.data !== undefined && query.data.finishedAt === null;
  const { refetch } = query;

  useEffect(() => {
    if (!isUnderWay || isDeaf) return;
    const news = new EventSource(`${API}${path}/progress`);
    news.addEventListener('progress', (event) => {
      const check = JSON.parse(event.data) as Check;
      client.setQueryData([path], check);
      if (check.finishedAt !== null) news.close();
    });
    news.addEventListener('error', () => {
      news.close();
      setDeaf(true);
    });
    return () => news.close();
  }, [client, path, isUnderWay, isDeaf]);

  useEffect(() => {
    if (!isUnderWay || !isDeaf) return;
    const timer = setInterval(() => void refetch(), ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [isUnderWay, isDeaf, refetch]);
  return query;
}
