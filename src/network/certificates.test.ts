import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CertificateParts,
  CLIENT_AUTHENTICATION,
  derCertificate,
  ordinaryCertificate,
  pemCertificate,
} from '../../fixtures/scans/certificates.js';
import {
  attributeNamed,
  certificateFromDer,
  certificateFromPem,
  certificateWithValidity,
  DerError,
  mayCarrySign,
  parseDnText,
  unreadCertificate,
} from './certificates.js';

const WEAK: CertificateParts = {
  subject: [['CN', 'abcdefghijk']],
  issuer: [['CN', 'lmnopqrstuv']],
  purposes: [CLIENT_AUTHENTICATION],
  authority: [['CN', 'lmnopqrstuv']],
};

describe('certificateFromDer', () => {
  it('reads names, serial number, purposes and the issuer of the authority', () => {
    const der = derCertificate(WEAK);
    const openssl = new X509Certificate(der);

    expect(certificateFromDer(der, 2)).toEqual({
      position: 2,
      subject: [['CN', 'abcdefghijk']],
      issuer: [['CN', 'lmnopqrstuv']],
      namesInOrder: true,
      serial: '1',
      extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'],
      authorityName: [['CN', 'lmnopqrstuv']],
      sha256: openssl.fingerprint256.replaceAll(':', '').toLowerCase(),
      sha1: openssl.fingerprint.replaceAll(':', '').toLowerCase(),
      md5: null,
    });
  });

  it('agrees with OpenSSL about an ordinary certificate', () => {
    const der = derCertificate({ ...ordinaryCertificate(7), serial: 0xfedcba9876543210n, keyBytes: 256 });
    const openssl = new X509Certificate(der);
    const certificate = certificateFromDer(der);

    expect(certificate.serial).toBe(openssl.serialNumber.toLowerCase());
    expect(certificate.subject?.map((pair) => pair.join('=')).join('\n')).toBe(openssl.subject);
    expect(certificate.issuer?.map((pair) => pair.join('=')).join('\n')).toBe(openssl.issuer);
    expect(certificate).toMatchObject({
      extendedKeyUsage: ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'],
      authorityName: null,
    });
  });

  it('reads the texts of all times, attributes without a name, zero and missing extensions', () => {
    const subject = [
      ['CN', 'Ñandú'],
      ['emailAddress', 'a@b.example'],
      ['1.2.3.4', 'x'],
    ] as const;
    for (const text of ['utf8', 'bmp'] as const)
      expect(certificateFromDer(derCertificate({ subject, issuer: [], text, serial: 0 }))).toMatchObject({
        subject,
        issuer: [],
        serial: '0',
        extendedKeyUsage: [],
        authorityName: null,
      });
  });

  it('reads PEM with text around it, and bare base64', () => {
    const expected = certificateFromDer(derCertificate(WEAK), 1);

    expect(certificateFromPem(`subject=x\n${pemCertificate(WEAK).replaceAll('\n', '\r\n')}`, 1)).toEqual(
      expected,
    );
    expect(certificateFromPem(derCertificate(WEAK).toString('base64'), 1)).toEqual(expected);
  });

  it('refuses what is no certificate, and lengths that lie', () => {
    const der = derCertificate(WEAK);
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('MZ'),
      Buffer.of(0x30, 0x80, 0, 0),
      Buffer.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff),
      Buffer.of(0x30, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1),
      der.subarray(0, -1),
      Buffer.alloc(2 * 1024 * 1024, 0x30),
    ])
      expect(() => certificateFromDer(bytes)).toThrow(DerError);
    expect(() => certificateFromPem('-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----')).toThrow(
      DerError,
    );
  });

  it('takes any bytes, damaged certificates too: a value or a typed error', () => {
    const der = derCertificate(WEAK);
    const damaged = fc
      .array(fc.tuple(fc.nat(der.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })
      .map((changes) => {
        const bytes = Buffer.from(der);
        for (const [at, value] of changes) bytes[at] = value;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 200 })), (bytes) => {
        mayCarrySign(bytes);
        try {
          const { subject, serial } = certificateFromDer(bytes);
          expect(Array.isArray(subject)).toBe(true);
          expect(serial).toMatch(/^[0-9a-f]+$/);
        } catch (error) {
          expect(error).toBeInstanceOf(DerError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('certificateWithValidity', () => {
  const parts = ordinaryCertificate();
  const IPV6 = Buffer.from('20010db8000000000000000000000001', 'hex');

  it('gives times, hosts and addresses', () => {
    const der = derCertificate({
      ...parts,
      validity: ['491231235959Z', '20500101000000Z'],
      alternativeNames: ['*.example.org', Buffer.from([192, 0, 2, 7]), IPV6, Buffer.from([1, 2, 3])],
    });
    expect(certificateWithValidity(der, 3)).toEqual({
      ...certificateFromDer(der, 3),
      notBefore: '2049-12-31T23:59:59.000000Z',
      notAfter: '2050-01-01T00:00:00.000000Z',
      alternativeNames: ['*.example.org', '192.0.2.7', '2001:db8::1'],
    });
  });

  it('reads the last century and the end of all times', () => {
    const der = derCertificate({ ...parts, validity: ['500101000000Z', '99991231235959Z'] });
    expect(certificateWithValidity(der)).toMatchObject({
      notBefore: '1950-01-01T00:00:00.000000Z',
      notAfter: '9999-12-31T23:59:59.000000Z',
      alternativeNames: [],
    });
  });

  it('leaves times that are none', () => {
    const der = derCertificate({ ...parts, validity: ['230231000000Z', 'soon'] });
    expect(certificateWithValidity(der)).toMatchObject({ notBefore: null, notAfter: null, serial: '186a1' });
  });

  it('keeps 256 names', () => {
    const alternativeNames = Array.from({ length: 300 }, (_, index) => `a${index}.example`);
    expect(
      certificateWithValidity(derCertificate({ ...parts, alternativeNames })).alternativeNames,
    ).toHaveLength(256);
  });

  it('says of bytes that are no certificate their hashes only', () => {
    expect(() => certificateWithValidity(Buffer.from('no'))).toThrow();
    expect(unreadCertificate(Buffer.from('no'), 1)).toMatchObject({
      position: 1,
      subject: null,
      sha1: 'fd1286353570c5703799ba76999323b7c7447b06',
    });
  });

  it('takes any damage of a real one', () => {
    const der = derCertificate({ ...parts, alternativeNames: ['a.example', IPV6] });
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.nat(255), (at, value) => {
        const read = (() => {
          try {
            return certificateWithValidity(Buffer.from(der.with(at, value)));
          } catch (error) {
            if (error instanceof DerError) return null;
            throw error;
          }
        })();
        expect(read === null || read.sha256 !== null).toBe(true);
      }),
    );
  });
});

describe('mayCarrySign', () => {
  it('passes over ordinary certificates and keeps all that could fit', () => {
    const ordinary = ordinaryCertificate();
    const issuedBy = (...issuer: [string, string][]) => derCertificate({ ...ordinary, issuer });

    expect(mayCarrySign(derCertificate(ordinary))).toBe(false);
    expect(mayCarrySign(Buffer.from('no certificate'))).toBe(false);
    expect(mayCarrySign(issuedBy(['CN', 'RCS Certification Authority']))).toBe(true);
    expect(mayCarrySign(issuedBy(['O', 'HT srl']))).toBe(true);
    expect(mayCarrySign(issuedBy(['CN', 'System Certification Authority'], ['O', 'Organization ltd']))).toBe(
      true,
    );
    expect(mayCarrySign(derCertificate(WEAK))).toBe(true);
    expect(mayCarrySign(derCertificate({ ...WEAK, text: 'bmp' }))).toBe(true);
    expect(mayCarrySign(derCertificate({ subject: [['CN', 'server']], issuer: [['CN', 'default']] }))).toBe(
      true,
    );
  });
});

describe('parseDnText', () => {
  it.each([
    [
      'CN=a, O=b',
      [
        ['CN', 'a'],
        ['O', 'b'],
      ],
    ],
    [
      'CN = a, O = b',
      [
        ['CN', 'a'],
        ['O', 'b'],
      ],
    ],
    [
      '/C=MX/O=Example, S.A./CN=a',
      [
        ['C', 'MX'],
        ['O', 'Example, S.A.'],
        ['CN', 'a'],
      ],
    ],
    [
      'C=US, O=Softcom, Inc., CN=x',
      [
        ['C', 'US'],
        ['O', 'Softcom, Inc.'],
        ['CN', 'x'],
      ],
    ],
    [
      String.raw`CN=a\, b,O=c\2Cd\C3\A9`,
      [
        ['CN', 'a, b'],
        ['O', 'c,dé'],
      ],
    ],
    [
      'O="Example, CN=not this", CN=this',
      [
        ['O', 'Example, CN=not this'],
        ['CN', 'this'],
      ],
    ],
    ['/CN=a\\xC3\\xA9', [['CN', 'aé']]],
    [
      'commonName=a+organizationName=b;2.5.4.99=c',
      [
        ['CN', 'a'],
        ['O', 'b'],
        ['2.5.4.99', 'c'],
      ],
    ],
    ['CN=', [['CN', '']]],
    ['', []],
    ['no name', []],
  ])('reads %s', (text, expected) => {
    expect(parseDnText(text)).toEqual(expected);
  });

  it('knows attributes by their long names', () => {
    expect(
      ['common_name', 'cn', 'Organization', 'email_address', 'street', '1.2.3'].map(attributeNamed),
    ).toEqual(['CN', 'CN', 'O', 'emailAddress', 'street', '1.2.3']);
  });

  it('takes any text, in linear time', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('CN', '=', ',', '/', '"', '\\', ' ', 'x', '\\C3')), (pieces) => {
        for (const [name] of parseDnText(pieces.join(''))) expect(name).not.toBe('');
      }),
    );
    const started = Date.now();
    parseDnText(`CN=${', '.repeat(1_000_000)}`);
    parseDnText(`CN=${'\\'.repeat(1_000_000)}`);
    expect(Date.now() - started).toBeLessThan(2_000);
  });
});
