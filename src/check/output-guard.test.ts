import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, parse, sep } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OutputInEvidenceError, refuseOutputInEvidence } from './output-guard.js';

const lab = mkdtempSync(join(realpathSync(tmpdir()), 'vigia-guard-'));
const evidence = join(lab, 'Cases', 'phone');
const file = join(lab, 'Cases', 'chats.zip');
const NAMES = ['result.json', 'chats.zip'];
const windows = process.platform === 'win32';

beforeAll(() => {
  mkdirSync(join(evidence, 'deep', 'er'), { recursive: true });
  writeFileSync(file, 'zip');
});
afterAll(() => rmSync(lab, { recursive: true, force: true }));

async function codeOf(folder: string, ...given: string[]): Promise<string> {
  try {
    await refuseOutputInEvidence(folder, given, NAMES);
    return 'accepted';
  } catch (error) {
    if (error instanceof OutputInEvidenceError) return error.code;
    throw error;
  }
}

describe('a folder of letters below the output folder', () => {
  const letters = join(lab, 'out', 'letters');

  it('is refused when evidence lies in it, or it leads into evidence', async () => {
    mkdirSync(letters, { recursive: true });
    writeFileSync(join(letters, 'mail.txt'), 'x');
    await expect(
      refuseOutputInEvidence(join(lab, 'out'), [join(letters, 'mail.txt')], NAMES, ['letters']),
    ).rejects.toMatchObject({ code: 'replaces' });
    await expect(
      refuseOutputInEvidence(join(lab, 'out'), [letters], NAMES, ['letters']),
    ).rejects.toMatchObject({ code: 'inside' });
    await refuseOutputInEvidence(join(lab, 'out'), [file, evidence], NAMES, ['letters']);
    await refuseOutputInEvidence(join(lab, 'new'), [file, evidence], NAMES, ['letters']);
    if (windows) return;
    symlinkSync(evidence, join(lab, 'linked'));
    await expect(refuseOutputInEvidence(lab, [evidence], NAMES, ['linked'])).rejects.toMatchObject({
      code: 'inside',
    });
  });
});

describe('an output folder', () => {
  it.each([
    evidence,
    `${evidence}${sep}`,
    join(evidence, 'deep'),
    join(evidence, 'deep', 'er', 'not', 'yet', 'there'),
    `${evidence}${sep}deep${sep}..${sep}new`,
    join(evidence, '..inside'),
  ])('inside a folder of evidence is refused: %s', async (folder) => {
    expect(await codeOf(folder, evidence)).toBe('inside');
    expect(await codeOf(folder, file, evidence)).toBe('inside');
  });

  it.each([
    join(lab, 'Cases'),
    lab,
    join(lab, 'Cases', 'phone-report'),
    join(lab, 'Cases', 'phon'),
    `${evidence}${sep}..${sep}report`,
    join(lab, 'nowhere', 'phone'),
  ])('beside or above it is accepted: %s', async (folder) => {
    expect(await codeOf(folder, evidence)).toBe('accepted');
  });

  it('is refused anywhere when the whole disk is the evidence', async () => {
    expect(await codeOf(join(lab, 'out'), parse(lab).root)).toBe('inside');
  });

  it('is refused where a file of evidence would be replaced, and accepted in other folders', async () => {
    expect(await codeOf(join(lab, 'Cases'), file)).toBe('replaces');
    expect(await codeOf(join(lab, 'Cases', 'out'), file)).toBe('accepted');
    expect(await codeOf(lab, file)).toBe('accepted');
  });

  it('is accepted when the evidence is not there: nothing can be changed', async () => {
    expect(await codeOf(join(lab, 'gone', 'out'), join(lab, 'gone'))).toBe('accepted');
  });

  it.skipIf(windows)('is judged by where links lead, on both sides', async () => {
    symlinkSync(evidence, join(lab, 'to-phone'));
    symlinkSync(join(evidence, 'deep'), join(lab, 'to-deep'));
    mkdirSync(join(lab, 'other'));
    symlinkSync(join(lab, 'other'), join(evidence, 'to-other'));

    expect(await codeOf(join(lab, 'to-phone', 'out'), evidence)).toBe('inside');
    expect(await codeOf(join(lab, 'to-deep'), evidence)).toBe('inside');
    expect(await codeOf(join(evidence, 'out'), join(lab, 'to-phone'))).toBe('inside');
    // A link in the evidence that leads out of it: writing through it changes nothing of the evidence.
    expect(await codeOf(join(evidence, 'to-other', 'out'), evidence)).toBe('accepted');
  });

  it.skipIf(windows)(
    'is refused when a file of the same name there is the evidence under another name',
    async () => {
      const folder = join(lab, 'hard');
      mkdirSync(folder);
      linkSync(file, join(folder, 'result.json'));

      expect(await codeOf(folder, file)).toBe('replaces');
    },
  );

  it('in another spelling is refused on disks that ignore case', async () => {
    const other = join(lab, 'CASES', 'PHONE', 'out');
    const ignoresCase = existsSync(join(lab, 'CASES', 'PHONE'));

    expect(await codeOf(other, evidence)).toBe(ignoresCase ? 'inside' : 'accepted');
  });
});
