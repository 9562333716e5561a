/** What is being written, kept by the server 800 ms after the last key: nothing typed is lost by locking, leaving or an end. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiFailure, del, get, put } from './client.js';
import type { Draft } from './paths.js';

const SAVE_AFTER_MS = 800;
const underWay = new Set<Promise<void>>();

/** Ends when everything that was typed has been sent: locking waits for it. */
export async function draftsSent(): Promise<void> {
  await Promise.allSettled(underWay);
}

export interface Drafted {
  readonly text: string;
  readonly setText: (text: string) => void;
  /** `other`: another window wrote something else; its text is in `other`. */
  readonly state: 'loading' | 'same' | 'typing' | 'kept' | 'failed' | 'other';
  readonly other: string | null;
  /** Goes on with what stands in this window. */
  readonly keepMine: () => void;
  /** Goes on with what stands in the other. */
  readonly takeOther: () => void;
  /** What was written went elsewhere. */
  readonly discard: () => Promise<void>;
}

/**
 * @param key - begins with the code of the case and a colon, so that it ends with the case
 * @param initial - shown while there is no draft
 */
export function useDraft(key: string, initial = ''): Drafted {
  const path = `/drafts/${encodeURIComponent(key)}`;
  const [text, setShown] = useState(initial);
  const [state, setState] = useState<Drafted['state']>('loading');
  const [other, setOther] = useState<string | null>(null);
  const rev = useRef(0);
  const unsaved = useRef<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);

  useEffect(() => {
    const control = new AbortController();
    get<Draft>(path, control.signal)
      .then((draft) => {
        rev.current = draft.rev;
        if (draft.text !== '' && unsaved.current === null) setShown(draft.text);
        setState((old) => (old === 'loading' ? (draft.text === '' ? 'same' : 'kept') : old));
      })
      .catch(() => {
        if (!control.signal.aborted) setState('failed');
      });
    return () => control.abort();
  }, [path]);

  const save = useCallback(async (): Promise<void> => {
    const writing = unsaved.current;
    if (writing === null) return;
    try {
      const draft = await put<Draft>(path, { text: writing, rev: rev.current });
      rev.current = draft.rev;
      if (unsaved.current === writing) unsaved.current = null;
      setState('kept');
    } catch (error) {
      if (error instanceof ApiFailure && error.code === 'changed') {
        rev.current = Number(error.params.rev);
        setOther(String(error.params.text));
        setState('other');
      } else setState('failed');
    }
  }, [path]);

  // Left before the time is over: at once.
  useEffect(
    () => () => {
      if (timer.current) clearTimeout(timer.current);
      const sending = save().finally(() => underWay.delete(sending));
      underWay.add(sending);
    },
    [save],
  );

  const setText = (next: string): void => {
    setShown(next);
    setState('typing');
    unsaved.current = next;
    if (timer.current) clearTimeout(timer.current);
    timer.current = setTimeout(() => void save(), SAVE_AFTER_MS);
  };
  const discard = useCallback(async (): Promise<void> => {
    if (timer.current) clearTimeout(timer.current);
    unsaved.current = null;
    await del(path);
    rev.current = 0;
    setState('same');
  }, [path]);
  const keepMine = (): void => {
    setOther(null);
    setText(text);
  };
  const takeOther = (): void => {
    setOther(null);
    setText(other ?? text);
  };
  return { text, setText, state, other, keepMine, takeOther, discard };
}
