import { describe, expect, it } from 'vitest';
import { detect } from '../../../../core/testing/run.js';
import { textIds } from '../../../../core/testing/texts.js';
import type { ServerCertificate } from '../../../../records/certificate.js';
import type { ServerObservation } from '../../../../records/kinds/server-observation.js';
import { httpFromRaw } from '../../http-answer.js';
import { FORBIDDEN_ANSWER, NOT_FOUND_ANSWER, observed } from '../../testing/observations.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './hacking-team-server.js';

const certificate = (fields: Partial<ServerCertificate>): ServerCertificate => ({
  position: 1,
  subject: [['CN', 'server']],
  issuer: [['CN', 'default']],
  namesInOrder: true,
  serial: '2',
  extendedKeyUsage: [],
  authorityName: null,
  sha256: null,
  sha1: null,
  md5: null,
  ...fields,
});

const WEAK = certificate({
  serial: '1',
  subject: [['CN', 'abcdefghijk']],
  issuer: [['CN', 'lmnopqrstuv']],
  extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'],
  authorityName: [['CN', 'lmnopqrstuv']],
});

const find = (...records: ServerObservation[]) => detect(detector, records);

describe('servers of Hacking Team in scan data', () => {
  it('are found by answers and certificates, told as one server', () => {
    const [found, ...others] = find(
      observed({ http: httpFromRaw(NOT_FOUND_ANSWER), scan: 'shodan' }),
      observed({
        certificates: [certificate({})],
        port: 443,
        scan: 'sonar-ssl',
        at: '2014-01-02T00:00:00.000000Z',
      }),
    );

    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'medium',
      confidence: 'high',
      shows: 'infrastructure',
      details: {
        ports: [80, 443],
        scans: { shodan: 1, 'sonar-ssl': 1 },
        decoys: ['www.example.org'],
        firstAt: '2013-03-14T10:00:00.000000Z',
        lastAt: '2014-01-02T00:00:00.000000Z',
      },
    });
    expect(found?.reasons?.map(({ code }) => code)).toEqual(['rcs-certificate-2', 'rcs-http-404', 'decoy']);
  });

  it('are not found in answers with the space, or of FinFisher', () => {
    expect(
      find(
        observed({ http: httpFromRaw(NOT_FOUND_ANSWER.replace('NotFound', 'Not Found')) }),
        observed({ http: httpFromRaw(FORBIDDEN_ANSWER) }),
        observed({
          certificates: [
            certificate({
              issuer: [
                ['CN', 'default'],
                ['O', 'Firm'],
              ],
            }),
          ],
        }),
      ),
    ).toEqual([]);
  });

  it('with the weak certificate alone are only mentioned; with an answer beside it they count', () => {
    expect(find(observed({ certificates: [WEAK] }))).toMatchObject([
      { severity: 'low', confidence: 'low', variant: 'weak' },
    ]);
    expect(find(observed({ certificates: [{ ...WEAK, serial: '2' }] }))).toEqual([]);
    expect(
      find(observed({ certificates: [WEAK] }), observed({ http: httpFromRaw(NOT_FOUND_ANSWER) })),
    ).toMatchObject([{ severity: 'medium', values: { strength: 'exact' } }]);
  });

  it('have a sentence for every fingerprint in both languages', () => {
    expect(textIds(es)).toEqual(textIds(en));
    for (const code of [
      'http-404',
      'http-400',
      'http-500',
      'http-200',
      ...[1, 2, 3, 4].map((n) => `certificate-${n}`),
    ])
      expect(Object.keys(es.reasons)).toContain(`rcs-${code}`);
  });
});
