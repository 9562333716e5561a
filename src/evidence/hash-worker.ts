/** Hashes files beside the reading, in a thread of its own. Started by hasher.ts. */
import { parentPort } from 'node:worker_threads';
import { hashSteps } from './hash-files.js';
import type { HashAnswer, HashRequest } from './hasher.js';

const PROGRESS_EVERY_MILLISECONDS = 100;
const buffer = Buffer.allocUnsafeSlow(1024 * 1024);

const answer = (message: HashAnswer): void => parentPort?.postMessage(message);

parentPort?.on('message', ({ job, paths }: HashRequest) => {
  let newBytes = 0;
  let reportedAt = Date.now();
  const digests: (string | null)[] = [];
  for (const path of paths) {
    const steps = hashSteps(path, buffer);
    let step = steps.next();
    for (; !step.done; step = steps.next()) {
      newBytes += step.value;
      if (Date.now() - reportedAt >= PROGRESS_EVERY_MILLISECONDS) {
        answer({ job, newBytes });
        newBytes = 0;
        reportedAt = Date.now();
      }
    }
    digests.push(step.value);
  }
  answer({ job, newBytes });
  answer({ job, digests });
});
