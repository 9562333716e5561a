import type { Severity } from '../core/contracts.js';

/** Severity is a shape, a word and a colour: the shape carries it in print and for those who see no colour. */
export const SEVERITY_MARKS: Readonly<Record<Severity, string>> = {
  critical: '⯃',
  high: '▲',
  medium: '◆',
  low: '○',
  info: '□',
};
