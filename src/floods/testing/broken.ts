import type { RuleOverflow } from '../../records/kinds/rule-overflow.js';
import { Hit } from '../hits/hit.js';
import { DEFAULT_SCENARIOS } from '../scenarios/default-scenarios.js';
import { OverflowRecords } from '../scenarios/overflow-records.js';
import { ScenarioReplay } from '../scenarios/replay.js';
import { WebTraffic } from '../traffic/web-traffic.js';
import { fillHit, type Request } from './requests.js';

/** What the reader of a log would give detectors of these requests: records of broken rules, and the counts. */
export function readRequests(requests: Iterable<Request>): {
  readonly records: RuleOverflow[];
  readonly traffic: WebTraffic;
} {
  const place = { evidence: 'e1', path: 'access.log' };
  const traffic = new WebTraffic();
  const source = traffic.startSource(place);
  const overflows = new OverflowRecords(place);
  const replay = new ScenarioReplay(DEFAULT_SCENARIOS, (overflow) => overflows.add(overflow));
  const hit = new Hit();
  let lines = 0;
  for (const request of requests) {
    fillHit(hit, request);
    hit.lineStart = lines * 100;
    hit.lineLength = 99;
    lines += 1;
    if (hit.event === 0) {
      traffic.hit(hit);
      replay.hit(hit);
    } else {
      traffic.event(hit);
      replay.event(hit);
    }
  }
  replay.end();
  traffic.endSource(source, { lines, unparsed: 0, formats: new Map([['clf', lines]]) });
  return { records: overflows.end(), traffic };
}
