/** Keys that work everywhere (web.md 3). Those of one letter never in a field, and not at all where they are switched off. */
import { useRouter } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useSettings } from './session.js';

const [HIDE_TIMES, HIDE_WITHIN_MS, SECOND_KEY_WITHIN_MS] = [3, 1_500, 1_500];

/** Lock and hide: they also work where no page is shown. */
export function useHideKeys(hide: () => void): void {
  const pressed = useRef<number[]>([]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') {
        const recent = pressed.current.filter((at) => event.timeStamp - at < HIDE_WITHIN_MS);
        pressed.current = [...recent, event.timeStamp];
        if (pressed.current.length >= HIDE_TIMES) hide();
      } else if (event.ctrlKey && event.shiftKey && event.key.toLowerCase() === 'l') {
        event.preventDefault();
        hide();
      } else pressed.current = [];
    };
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, [hide]);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
  );
}

/** Keys of one letter for a page. @example useLetterKeys({ j: next, k: previous }) */
export function useLetterKeys(actions: Readonly<Record<string, () => void>>): void {
  const { letterKeys } = useSettings();
  const current = useRef(actions);
  current.current = actions;
  useEffect(() => {
    if (!letterKeys) return;
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || isTyping(event.target))
        return;
      const action = current.current[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [letterKeys]);
}

/** `g` and a letter go to a page, `/` to the search, `?` shows the keys. */
export function useNavigationKeys(places: Readonly<Record<string, string>>, showKeys: () => void): void {
  const router = useRouter();
  const { letterKeys } = useSettings();
  const startedAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    if (!letterKeys) return;
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
      const place = places[event.key];
      if (place !== undefined && event.timeStamp - startedAt.current < SECOND_KEY_WITHIN_MS) {
        event.preventDefault();
        event.stopImmediatePropagation();
        startedAt.current = Number.NEGATIVE_INFINITY;
        router.history.push(place);
      } else if (event.key === 'g') startedAt.current = event.timeStamp;
      else if (event.key === '?') showKeys();
      else if (event.key === '/') {
        const search = document.querySelector<HTMLInputElement>('main input[type="search"]');
        if (search) {
          event.preventDefault();
          search.focus();
        }
      }
    };
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, [places, letterKeys, router, showKeys]);
}
