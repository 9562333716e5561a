import { createHash } from 'node:crypto';
import fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, it } from 'vitest';
import { writeBinaryPlist } from '../../../../../fixtures/binary-plist.js';
import { EvidenceError } from '../../../../core/evidence-error.js';
import { asDictionary, parsePlist } from '../../../../evidence/plist/plist.js';
import { readInMemory, recognises } from '../../../../evidence/testing/read-in-memory.js';
import { smallBackup } from '../../testing/small-backup.js';
import { reader } from './configuration-profiles.js';
import { hostsOf, hostText } from './payload-hosts.js';

const DOMAIN = 'SysSharedContainerDomain-systemgroup.com.apple.configurationprofiles';
const CERTIFICATE = new Uint8Array([0x30, 0x03, 0x02, 0x01, 0x05]);

const MANAGEMENT = {
  InstallDate: new Date('2024-02-03T04:05:06Z'),
  PayloadUUID: '11111111-2222-3333-4444-555555555555',
  PayloadIdentifier: 'com.example.profile',
  PayloadDisplayName: 'Example profile',
  PayloadDescription: 'An example',
  PayloadOrganization: 'Example organisation',
  PayloadRemovalDisallowed: true,
  PayloadType: 'Configuration',
  SignerCerts: [CERTIFICATE, CERTIFICATE, 'not bytes', new Uint8Array()],
  PayloadContent: [
    {
      PayloadType: 'com.apple.mdm',
      PayloadUUID: 'aaaa',
      PayloadIdentifier: 'com.example.profile.mdm',
      PayloadDisplayName: 'Management',
      ServerURL: 'https://mdm.example.org/server',
      CheckInURL: 'https://mdm.example.org/checkin',
      IdentityPersistentRef: new Uint8Array([1]),
    },
    { PayloadType: 'com.apple.security.root', PayloadUUID: 'bbbb', PayloadContent: CERTIFICATE },
    'damaged',
    {
      PayloadType: 'com.apple.vpn.managed',
      VPN: { RemoteAddress: 'vpn.example.net:443' },
      IPSec: { RemoteAddress: '192.0.2.7' },
      PPP: { CommRemoteAddress: ' ppp.example.net ' },
      Proxies: { HTTPProxy: 'proxy.example.net', ProxyAutoConfigURLString: 'http://proxy.example.net/x.pac' },
    },
  ],
};

const readProfile = (profile: unknown) =>
  readInMemory(reader, { 'profile-1.stub': writeBinaryPlist(profile) });

describe('ios/configuration-profiles', () => {
  it('reads every payload, their servers and the signers', async () => {
    const { records, problems } = await readProfile(MANAGEMENT);

    expect(problems).toEqual([]);
    expect(records).toEqual([
      {
        kind: 'configuration-profile',
        at: '2024-02-03T04:05:06.000000Z',
        source: { evidence: 'e1', path: 'profile-1.stub', locator: '' },
        uuid: '11111111-2222-3333-4444-555555555555',
        identifier: 'com.example.profile',
        displayName: 'Example profile',
        description: 'An example',
        organization: 'Example organisation',
        removalDisallowed: true,
        signerCertSha256: [createHash('sha256').update(CERTIFICATE).digest('hex')],
        payloads: [
          {
            type: 'com.apple.mdm',
            uuid: 'aaaa',
            identifier: 'com.example.profile.mdm',
            displayName: 'Management',
            hosts: ['https://mdm.example.org/server', 'https://mdm.example.org/checkin'],
          },
          { type: 'com.apple.security.root', uuid: 'bbbb', identifier: null, displayName: null, hosts: [] },
          {
            type: 'com.apple.vpn.managed',
            uuid: null,
            identifier: null,
            displayName: null,
            hosts: [
              'vpn.example.net',
              '192.0.2.7',
              'ppp.example.net',
              'proxy.example.net',
              'http://proxy.example.net/x.pac',
            ],
          },
        ],
      },
    ]);
  });

  it('reads a profile without payloads', async () => {
    for (const content of [{ PayloadUUID: 'x', PayloadContent: [] }, { PayloadUUID: 'x' }]) {
      const { records, problems } = await readProfile(content);
      expect(problems).toEqual([]);
      expect(records).toMatchObject([{ uuid: 'x', payloads: [], at: null, removalDisallowed: null }]);
    }
  });

  it('adds what an enrolment over the air left in its stub', async () => {
    const { records } = await readProfile({
      PayloadIdentifier: 'com.example.enrolment',
      OTAProfileStub: {
        PayloadUUID: 'stub',
        PayloadType: 'Profile Service',
        SignerCerts: [CERTIFICATE],
        PayloadContent: {
          URL: 'https://enrol.example.org/',
          EnrollmentIdentityPersistentID: new Uint8Array([1]),
        },
      },
    });

    expect(records).toMatchObject([
      {
        uuid: 'stub',
        identifier: 'com.example.enrolment',
        signerCertSha256: [createHash('sha256').update(CERTIFICATE).digest('hex')],
        payloads: [{ type: 'Profile Service', hosts: ['https://enrol.example.org/'] }],
      },
    ]);
  });

  it('refuses what is no profile', async () => {
    await expect(readProfile({ AppleLocale: 'es_MX' })).rejects.toMatchObject({ code: 'wrong-format' });
    await expect(readProfile(['PayloadUUID'])).rejects.toMatchObject({ code: 'wrong-format' });
  });

  it('finds profiles in a backup by the beginning of their names', async () => {
    const folder = 'Library/ConfigurationProfiles';
    const content = writeBinaryPlist(MANAGEMENT);
    const backup = await smallBackup({
      files: [
        { domain: DOMAIN, path: `${folder}/profile-1.stub`, content },
        { domain: DOMAIN, path: `${folder}/UserSettings.plist`, content },
        { domain: 'HomeDomain', path: `${folder}/profile-2.stub`, content },
      ],
    });
    const globs = reader.artifacts
      .filter((place) => place.in.includes('ios-backup'))
      .map((place) => place.path);

    const found: string[] = [];
    for await (const file of backup.find(globs)) found.push(file.path);

    expect(found).toEqual([`${DOMAIN}/${folder}/profile-1.stub`]);
    await backup.close();
  });

  it('finds profiles in folders, and recognises renamed ones', async () => {
    const globs = reader.artifacts.filter((place) => place.in.includes('files')).map((place) => place.path);
    expect(
      picomatch(globs)('private/var/containers/Shared/Library/ConfigurationProfiles/profile-1.stub'),
    ).toBe(true);
    expect(picomatch(globs)('sysdiagnose/logs/MCState/Shared/profile-1.plist')).toBe(true);
    expect(await recognises(reader, writeBinaryPlist(MANAGEMENT))).toBe(true);
    expect(await recognises(reader, writeBinaryPlist({ PayloadUUID: 'only this' }))).toBe(false);
  });

  it('survives any dictionary with the keys of a profile', async () => {
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.uint8Array(),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('PayloadType', 'ServerURL', 'URL', 'Hosts', 'x'), tie('value')),
      ),
    })).value;
    const keys = ['PayloadUUID', 'PayloadContent', 'OTAProfileStub', 'SignerCerts', 'InstallDate'];
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.constantFrom(...keys), value), async (profile) => {
        await readProfile(profile).catch((error: unknown) => expect(error).toBeInstanceOf(EvidenceError));
      }),
      { numRuns: 100 },
    );
  });
});

describe('servers of a payload', () => {
  const hosts = (payload: unknown): string[] =>
    hostsOf(asDictionary(parsePlist(writeBinaryPlist(payload))) ?? Object.create(null));

  it('are found in mail, Exchange, DNS, relay, cellular and filter payloads', () => {
    expect(
      hosts({
        IncomingMailServerHostName: 'imap.example.org',
        OutgoingMailServerHostName: 'smtp.example.org',
        Host: 'eas.example.org',
        DNSSettings: {
          ServerURL: 'https://dns.example.org/q',
          ServerAddresses: ['192.0.2.1', '2001:db8::1'],
        },
        Relays: [{ HTTP3RelayURL: 'https://relay.example.org/' }],
        APNs: [{ ProxyServer: 'apn.example.org', ProxyPort: 8080 }],
        ServerAddress: 'filter.example.org',
        PACURL: 'http://pac.example.org/p.pac',
      }),
    ).toEqual([
      'imap.example.org',
      'smtp.example.org',
      'eas.example.org',
      'https://dns.example.org/q',
      '192.0.2.1',
      '2001:db8::1',
      'https://relay.example.org/',
      'apn.example.org',
      'filter.example.org',
      'http://pac.example.org/p.pac',
    ]);
  });

  it('are not what a filter forbids or permits', () => {
    expect(
      hosts({
        BlacklistedURLs: ['https://bad.example.org'],
        DenyListURLs: ['https://bad.example.org'],
        PermittedURLs: ['https://good.example.org'],
        WhitelistedBookmarks: [{ URL: 'https://good.example.org', Title: 'Good' }],
        PayloadDisplayName: 'https://name.example.org',
      }),
    ).toEqual([]);
  });

  it('are host names, addresses or URLs, and nothing else', () => {
    expect(
      ['', '  ', 'not a host', 'vpn.example.org:443', 'x'.repeat(3_000), '[2001:db8::1]:443'].map(hostText),
    ).toEqual([null, null, null, 'vpn.example.org', null, '[2001:db8::1]:443']);
  });

  it('are limited in number, and looking for them in time', () => {
    expect(
      hosts({ Hosts: Array.from({ length: 1_000 }, (_, index) => `h${index}.example.org`) }),
    ).toHaveLength(100);
    // A value that shares its parts: 2^40 elements when followed everywhere.
    let shared: unknown = ['end'];
    for (let level = 0; level < 40; level += 1) shared = [shared, shared];
    const started = performance.now();
    expect(hosts({ VPN: shared })).toEqual([]);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
