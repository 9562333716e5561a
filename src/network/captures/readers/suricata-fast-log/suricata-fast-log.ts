import type { EvidenceFile, ReadContext, Reader } from '../../../../core/contracts.js';
import { EvidenceError } from '../../../../core/evidence-error.js';
import { pointerTo, problemAt } from '../../../../core/places.js';
import { storedTime } from '../../../../formats/local-time.js';
import { rowLines, textOfHead } from '../../../row-lines.js';
import { statedOverlap } from '../../logs/blank-records.js';
import { type LogItem, type LogRecord, LogRows } from '../../logs/log-rows.js';
import { OVERLAP_RULE } from '../suricata-eve/eve-events.js';
import { alertLine } from './alert-line.js';

/** Longer lines are no alerts. */
const MAX_LINE_BYTES = 65_536;
/** Lines looked at in the beginning of a file. */
const FIRST_LINES = 10;
const STAR = 0x2a;

/**
 * Alerts of Suricata's fast.log, which is also Snort's: a line each. TinyCheck keeps it beside its captures. Times are local
 * and name no zone.
 */
export const reader: Reader<LogRecord> = {
  id: 'captures/suricata-fast-log',
  emits: ['ids-alert', 'packet-anomaly'],
  artifacts: [],
  recognises: ({ head }) => isFastLog(head),
  read,
};

function isFastLog(head: Uint8Array): boolean {
  if (!head.includes(STAR)) return false;
  const lines = textOfHead(head).split(/\r?\n/, FIRST_LINES);
  return lines.some((line) => alertLine(line) !== null);
}

async function* read(file: EvidenceFile, { signal, times }: ReadContext): AsyncGenerator<LogItem> {
  if (!isFastLog((await file.probe()).head)) throw new EvidenceError('wrong-format', pointerTo(file, ''));
  const rows = new LogRows(file);
  let isAssumed = false;
  const lines = rowLines(file, {
    signal,
    encoding: 'utf8',
    maxLineBytes: MAX_LINE_BYTES,
    onLine: (text, number, isLast) => {
      rows.at(`line ${number}`);
      const alert = alertLine(text);
      if (alert === null) {
        if (isLast) rows.cut();
        else if (text.trim() !== '') rows.bad();
        return;
      }
      const { local, ends, engine, fromServer } = alert;
      const time = local === null ? { at: null } : storedTime(local, times);
      isAssumed ||= local !== null && time.at !== null && times?.timeZone === undefined;
      rows.give({
        kind: 'ids-alert',
        ...time,
        source: rows.place(),
        ...ends,
        engine,
        signatureId: alert.signatureId,
        signature: alert.signature,
        category: alert.category,
        priority: alert.priority,
        action: alert.isBlocked ? 'blocked' : null,
        host: null,
      });
      if (alert.signatureId === OVERLAP_RULE)
        rows.give({ ...statedOverlap(null, rows.place(), ends, engine, fromServer), ...time });
    },
    onTooLong: (number) => {
      rows.at(`line ${number}`);
      rows.tooLarge();
    },
  });
  for await (const _ of lines) for (const item of rows.leaving()) yield item;
  if (isAssumed) yield problemAt(file, '', 'time-zone-assumed', 'note');
  for (const item of rows.end()) yield item;
}
