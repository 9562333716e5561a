/** Names that a browser gives for what was dropped. They are only ever told, never used as paths on disk. */
import { ApiProblem } from '../api-problem.js';

const MAX_NAME_BYTES = 255;
const MAX_DEPTH = 64;

/** The parts of a relative path; none for a file that was dropped by itself. @throws ApiProblem 400 */
export function pathParts(relativePath: string): readonly string[] {
  if (relativePath === '') return [];
  const parts = relativePath.split('/');
  if (parts.length > MAX_DEPTH) throw new ApiProblem(400, 'upload-too-deep', { limit: MAX_DEPTH });
  for (const part of parts) checkName(part);
  return parts;
}

/** @throws ApiProblem 400 */
export function checkName(name: string): void {
  if (Buffer.byteLength(name, 'utf8') > MAX_NAME_BYTES)
    throw new ApiProblem(400, 'upload-name-too-long', { limit: MAX_NAME_BYTES });
  // Half a surrogate pair: two such names could become one when written as UTF-8.
  const isWhole = Buffer.from(name, 'utf8').toString('utf8') === name;
  if (name === '' || name === '.' || name === '..' || /[/\\\0]/.test(name) || !isWhole)
    throw new ApiProblem(400, 'upload-name-refused');
}
