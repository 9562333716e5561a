import type { LogFormatKind } from '../hits/log-format.js';
import { clf } from './clf/clf.js';

/**
 * All formats that are known without being told, in the order in which they are tried. The most frequent is first; one
 * that takes lines of another must stand behind it.
 */
export const LOG_FORMATS: readonly LogFormatKind[] = [clf];
