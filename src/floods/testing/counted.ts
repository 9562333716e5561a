import { type LineFormat, logPieces } from '../../../fixtures/floods/log-lines.js';
import type { LoggedRequest } from '../../../fixtures/floods/request.js';
import { LOG_FORMATS } from '../formats/formats.js';
import { LineSplitter } from '../hits/line-splitter.js';
import { LineReader } from '../hits/read-hits.js';
import { WebTraffic } from '../traffic/web-traffic.js';

/** Counts requests as if they had been read from a log of a format. */
export function countedTraffic(
  requests: Iterable<LoggedRequest>,
  format: LineFormat = 'combined',
): WebTraffic {
  const traffic = new WebTraffic();
  const source = traffic.startSource({ evidence: 'e1', path: 'access.log' });
  const lines = new LineReader(LOG_FORMATS, traffic);
  const splitter = new LineSplitter((bytes, start, end, at) => lines.line(bytes, start, end, at));
  for (const piece of logPieces(requests, format)) splitter.add(piece);
  splitter.end();
  traffic.endSource(source, { lines: lines.lines, unparsed: lines.unparsed, formats: lines.formats() });
  return traffic;
}
