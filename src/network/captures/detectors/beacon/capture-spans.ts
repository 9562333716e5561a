/** From when to when each capture goes. */
import { compareText } from '../../../../core/compare-text.js';

/** Files whose spans are no farther apart are one capture: tcpdump and routers cut by time or size. */
const MAX_PAUSE_SECONDS = 600;

/** A capture, perhaps in several files. */
export interface CaptureSpan {
  readonly evidence: string;
  /** In order of their beginnings. */
  readonly files: readonly string[];
  readonly from: number;
  readonly to: number;
}

interface FileSpan {
  readonly evidence: string;
  readonly file: string;
  from: number;
  to: number;
}

/** Spans of files, joined to captures: a folder may hold a day in twenty-four files, or captures of three years. */
export class CaptureSpans {
  readonly #spans = new Map<string, FileSpan>();

  see(evidence: string, file: string, second: number): void {
    const key = `${evidence}\n${file}`;
    const span = this.#spans.get(key);
    if (!span) this.#spans.set(key, { evidence, file, from: second, to: second });
    else {
      if (second < span.from) span.from = second;
      if (second > span.to) span.to = second;
    }
  }

  /** In order of their beginnings, by evidence. */
  captures(): CaptureSpan[] {
    const files = [...this.#spans.values()].sort(
      (a, b) => compareText(a.evidence, b.evidence) || a.from - b.from || compareText(a.file, b.file),
    );
    const captures: { evidence: string; files: string[]; from: number; to: number }[] = [];
    for (const { evidence, file, from, to } of files) {
      const last = captures.at(-1);
      if (last && last.evidence === evidence && from <= last.to + MAX_PAUSE_SECONDS) {
        last.files.push(file);
        last.to = Math.max(last.to, to);
      } else captures.push({ evidence, files: [file], from, to });
    }
    return captures;
  }
}
