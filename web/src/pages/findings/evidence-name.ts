import type { Result } from '../../../../src/core/result.js';

/** The last part of where it lay, which is how people know it: `e1 · chat.txt`. */
export function evidenceName(evidence: Result['evidence'], id: string): string {
  const path = evidence.find((one) => one.id === id)?.path ?? '';
  const name = path.split(/[\\/]/).findLast((part) => part !== '');
  return name === undefined ? id : `${id} · ${name}`;
}
