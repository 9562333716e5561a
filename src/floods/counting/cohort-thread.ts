/** The second thread of a log: empties slots. Started by log-counter.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { CohortCounter } from '../traffic/cohort-counter.js';
import { CohortTable } from '../traffic/cohort-table.js';
import { ShapeTexts } from '../traffic/facts.js';
import { type CohortAnswer, type CohortJob, RuleReplay } from './cohort-job.js';
import { takeAll } from './hit-slots.js';

const job = workerData as CohortJob;
const cohorts = new CohortCounter(new CohortTable(), new ShapeTexts());
const rules = new RuleReplay(job);
takeAll(job.memory, {
  request: (hit, facts, site, asn, country) => {
    cohorts.count(hit, facts, site, asn, country);
    rules.replay.hit(hit);
  },
  event: (hit) => rules.replay.event(hit),
});
const answer: CohortAnswer = { cohorts: cohorts.table.content(), rules: rules.end() };
parentPort?.postMessage(answer);
