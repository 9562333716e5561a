/** Writes the JSON Schema of the result document from its zod types. `--check` fails when the shipped one is out of date. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { RESULT_SCHEMA_ID, resultSchema } from '../src/core/result.js';

const target = new URL('../schemas/vigia.result-1.schema.json', import.meta.url);
const schema = {
  $id: `urn:${RESULT_SCHEMA_ID.replace('/', ':')}`,
  title: RESULT_SCHEMA_ID,
  description: 'Result of a check with Vigía. Fields are only ever added within one version.',
  // `io: input`: other programs must accept documents with fields they do not know yet.
  ...z.toJSONSchema(resultSchema, { io: 'input' }),
};
const text = `${JSON.stringify(schema, null, 2)}\n`;
const current = existsSync(target) ? readFileSync(target, 'utf8').replaceAll('\r\n', '\n') : '';
if (current !== text) {
  if (process.argv.includes('--check')) {
    process.stderr.write('schemas/vigia.result-1.schema.json is out of date: run npm run generate\n');
    process.exit(1);
  }
  mkdirSync(new URL('../schemas', import.meta.url), { recursive: true });
  writeFileSync(target, text);
}
