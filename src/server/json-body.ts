import type { Context } from 'hono';
import type { z } from 'zod';
import { ApiProblem } from './api-problem.js';

/** The body of a request, as its schema has it. @throws ApiProblem 400 bad-request, 415 not-json */
export async function jsonBody<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  if (!/^application\/json\b/i.test(c.req.header('content-type') ?? ''))
    throw new ApiProblem(415, 'not-json');
  const value: unknown = await c.req.json().catch(() => undefined);
  const parsed = schema.safeParse(value);
  if (!parsed.success)
    throw new ApiProblem(400, 'bad-request', { field: parsed.error.issues[0]?.path.join('.') ?? '' });
  return parsed.data;
}
