/** The same checks against an authority that is not ours: `openssl ts`, run by the test where it is installed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from './digests.js';
import { makeRequest, readReply, readRequest, type StampProblemCode, verifyReply } from './rfc3161.js';
import { dayStampFiles } from './root-file.js';
import { StampError } from './stamp-error.js';
import { timeStampAuthority } from './testing/time-stamp-authority.js';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const NONCE = new Uint8Array(Buffer.from('8000000000000001', 'hex'));
const ROOT = new Uint8Array(32).fill(0xab);

const CONFIG = `
[tsa]
default_tsa = tsa_config
[tsa_config]
serial = serial
crypto_device = builtin
default_policy = 1.3.6.1.4.1.32473.1
other_policies = 1.3.6.1.4.1.32473.3
digests = sha256, sha384, sha512
accuracy = secs:1, millisecs:500
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
signer_digest = sha256
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[good]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[mail]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, emailProtection
[ca]
default_ca = ca_config
[ca_config]
database = index.txt
serial = ca-serial
new_certs_dir = .
default_md = sha256
default_days = 3650
policy = any
[any]
commonName = supplied
`;

describe.skipIf(!hasOpenssl)('an authority run by OpenSSL (skipped without openssl on the path)', () => {
  let folder = '';
  const path = (name: string): string => join(folder, name);
  const file = (name: string): Uint8Array => new Uint8Array(readFileSync(path(name)));
  const openssl = (...parts: string[]): void => {
    execFileSync('openssl', parts, { cwd: folder, stdio: 'pipe' });
  };

  function signer(
    name: string,
    extensions: string,
    key: readonly string[],
    dates: readonly string[] = [],
  ): void {
    openssl('genpkey', ...key, '-out', `${name}.key`);
    openssl('req', '-new', '-key', `${name}.key`, '-subj', `/CN=Signer ${name}`, '-out', `${name}.csr`);
    openssl(
      ...['ca', '-batch', '-config', 'openssl.cnf', '-cert', 'root.pem', '-keyfile', 'root.key', '-notext'],
      ...['-in', `${name}.csr`, '-extensions', extensions, '-out', `${name}.pem`, ...dates],
    );
  }

  /** Has a request answered; the reply's bytes. */
  function answer(request: Uint8Array, name: string, digest = 'sha256'): Uint8Array {
    writeFileSync(path('request.tsq'), request);
    openssl(
      ...['ts', '-reply', '-config', 'openssl.cnf', '-section', 'tsa_config', '-queryfile', 'request.tsq'],
      ...[
        '-signer',
        `${name}.pem`,
        '-inkey',
        `${name}.key`,
        `-${digest}`,
        '-chain',
        'root.pem',
        '-out',
        'reply.tsr',
      ],
    );
    return file('reply.tsr');
  }

  function problems(
    reply: Uint8Array,
    digest: Uint8Array,
    nonce: Uint8Array | undefined = NONCE,
  ): StampProblemCode[] {
    const trustedCertificates = [Buffer.from(file('root.pem')).toString()];
    return verifyReply(readReply(reply), { digest, nonce, trustedCertificates }).problems.map(
      ({ code }) => code,
    );
  }

  const RSA = ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'];
  const P256 = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  const P384 = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'];
  const { digest, files } = dayStampFiles('2026-11-22', ROOT, NONCE);
  const request = files[1]?.bytes ?? new Uint8Array();

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vigia-tsa-'));
    writeFileSync(path('openssl.cnf'), CONFIG);
    writeFileSync(path('index.txt'), '');
    writeFileSync(path('ca-serial'), '1000\n');
    writeFileSync(path('serial'), '01\n');
    openssl('genpkey', ...RSA, '-out', 'root.key');
    writeFileSync(path('root.cnf'), `[req]\ndistinguished_name = name\n[name]\n${CONFIG}`);
    openssl(
      ...['req', '-x509', '-config', 'root.cnf', '-extensions', 'root', '-key', 'root.key', '-days', '3650'],
      ...['-subj', '/CN=Test root', '-out', 'root.pem'],
    );
    signer('rsa', 'good', RSA);
    signer('p256', 'good', P256);
    signer('p384', 'good', P384);
    signer('mail', 'mail', P256);
    signer('old', 'good', P256, ['-startdate', '20200101000000Z', '-enddate', '20210101000000Z']);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['rsa', 'sha256'],
    ['rsa', 'sha512'],
    ['p256', 'sha256'],
    ['p384', 'sha384'],
  ])('answers our request for the root of a day: signer %s with %s', (name, hash) => {
    const reply = answer(request, name, hash);
    expect(problems(reply, digest)).toEqual([]);
    expect(readReply(reply).token).toMatchObject({
      policy: '1.3.6.1.4.1.32473.1',
      accuracy: 1_500_000,
      ordering: true,
      nonce: '8000000000000001',
      authority: `CN=Signer ${name}`,
    });
    // And OpenSSL's own check of the same files, by the commands of the guide.
    for (const { name: fileName, bytes } of files) writeFileSync(path(fileName), bytes);
    const check = ['ts', '-verify', '-in', 'reply.tsr', '-CAfile', 'root.pem'];
    openssl(...check, '-data', '2026-11-22.root.txt');
    openssl(...check, '-queryfile', '2026-11-22.root.txt.tsq');
  });

  it.each([
    ['sha384', 48],
    ['sha512', 64],
  ])('stamps %s digests', (_, length) => {
    const long = new Uint8Array(length).fill(9);
    const reply = answer(makeRequest(long, NONCE), 'p256');
    expect(problems(reply, long)).toEqual([]);
    expect(problems(reply, long.with(0, 0))).toEqual(['imprint-mismatch']);
  });

  it('reads the requests that OpenSSL writes', () => {
    writeFileSync(path('a file'), 'content');
    openssl('ts', '-query', '-data', 'a file', '-sha256', '-cert', '-out', 'query.tsq');
    const { digestName, digest: asked, nonce, wantsCertificates } = readRequest(file('query.tsq'));
    expect([digestName, wantsCertificates]).toEqual(['sha256', true]);
    expect(Buffer.from(asked)).toEqual(Buffer.from(digestOf('sha256', new TextEncoder().encode('content'))));
    const again = Buffer.from((nonce ?? '').padStart(16, '0'), 'hex');
    expect(problems(answer(file('query.tsq'), 'rsa'), asked, again)).toEqual([]);
  });

  it('is about no other file and no other request', () => {
    const reply = answer(request, 'p256');
    expect(problems(reply, digest.with(3, 1))).toEqual(['imprint-mismatch']);
    expect(problems(reply, digest, NONCE.with(0, 1))).toEqual(['nonce-mismatch']);
  });

  it('is not believed when its certificate had expired', () => {
    expect(problems(answer(request, 'old'), digest)).toEqual(['outside-validity']);
  });

  it('is not believed when its certificate is for something else', () => {
    // `openssl ts` refuses to sign so; `openssl cms` puts the same content under any certificate.
    const content = readReply(answer(request, 'p256')).token?.content ?? new Uint8Array();
    writeFileSync(path('content.der'), content);
    const sign = (name: string): Uint8Array => {
      openssl(
        ...['cms', '-sign', '-binary', '-nodetach', '-cades', '-md', 'sha256', '-outform', 'DER'],
        ...['-econtent_type', '1.2.840.113549.1.9.16.1.4', '-in', 'content.der'],
        ...['-signer', `${name}.pem`, '-inkey', `${name}.key`, '-out', 'token.der'],
      );
      return file('token.der');
    };
    expect(problems(sign('mail'), digest)).toEqual(['no-timestamping-purpose']);
    // A token alone, without a reply around it, is read as well.
    expect(problems(sign('p256'), digest)).toEqual([]);
    expect(readReply(sign('p256')).status).toBeNull();
  });

  it('says why it grants nothing', () => {
    writeFileSync(path('a file'), 'content');
    openssl(
      'ts',
      '-query',
      '-data',
      'a file',
      '-sha256',
      '-tspolicy',
      '1.3.6.1.4.1.32473.7',
      '-out',
      'query.tsq',
    );
    const reply = answer(file('query.tsq'), 'rsa');
    expect(readReply(reply)).toMatchObject({
      status: 'rejected',
      failures: ['unaccepted-policy'],
      token: null,
    });
    expect(problems(reply, digest)).toEqual(['not-granted']);
  });

  it('has no stamp that survives a change', () => {
    const reply = answer(request, 'rsa');
    const trustedCertificates = [Buffer.from(file('root.pem')).toString()];
    const expected = { digest, nonce: NONCE, trustedCertificates };
    const right = verifyReply(readReply(reply), expected);
    let falseAccepts = 0;
    for (const [index, byte] of reply.entries()) {
      const mask = 1 << ((3 * index + 1) & 7);
      try {
        const verdict = verifyReply(readReply(reply.with(index, byte ^ mask)), expected);
        if (!verdict.holds) continue;
        const [says, said] = [verdict, right].map((v) => JSON.stringify([v.stated, v.signer, v.trustedBy]));
        if (says !== said) falseAccepts += 1;
      } catch (error) {
        expect(error).toBeInstanceOf(StampError);
      }
    }
    expect(falseAccepts).toBe(0);
    for (let length = 0; length < reply.length; length += 7) {
      expect(() => readReply(reply.subarray(0, length))).toThrow(StampError);
    }
  });

  it('agrees with OpenSSL on the replies of the synthetic authority of the other tests', async () => {
    const synthetic = await timeStampAuthority();
    writeFileSync(path('synthetic.pem'), synthetic.rootPem);
    const verify = (): number | null =>
      spawnSync(
        'openssl',
        [
          'ts',
          '-verify',
          '-in',
          'synthetic.tsr',
          '-digest',
          Buffer.from(digest).toString('hex'),
          '-CAfile',
          'synthetic.pem',
        ],
        { cwd: folder },
      ).status;
    writeFileSync(path('synthetic.tsr'), await synthetic.reply({ digest, nonce: NONCE }));
    expect(verify()).toBe(0);
    writeFileSync(path('synthetic.tsr'), await synthetic.reply({ digest, names: 'v2-other' }));
    expect(verify()).toBe(1);
  });
});
