import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvidenceRecord, FindingDraft } from '../../../core/contracts.js';
import type { Indicator } from '../../../core/indicator.js';
import { INDICATOR_TYPES } from '../../../core/indicator.js';
import { detect } from '../../../core/testing/run.js';
import { expectSoundTexts, renderTexts, textIds } from '../../../core/testing/texts.js';
import type { App } from '../../../records/kinds/app.js';
import type { BrowserTab } from '../../../records/kinds/browser-tab.js';
import type { CalendarEvent } from '../../../records/kinds/calendar-event.js';
import type { ConfigurationProfile } from '../../../records/kinds/configuration-profile.js';
import type { FileEntry } from '../../../records/kinds/file-entry.js';
import type { Message } from '../../../records/kinds/message.js';
import type { Permission } from '../../../records/kinds/permission.js';
import type { ProcessUsage } from '../../../records/kinds/process-usage.js';
import type { ServerObservation } from '../../../records/kinds/server-observation.js';
import type { UrlVisit } from '../../../records/kinds/url-visit.js';
import { recordKinds } from '../../../records/kinds.generated.js';
import { message } from '../../../records/testing/records.js';
import { compileMatcher } from '../../matcher.js';
import { indicator } from '../../testing/indicator.js';
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import { detector } from './match.js';

const T0 = '2019-08-29T23:13:30.539788Z';

describe('indicators/match', () => {
  it('reports a received link to a listed domain as critical, and says it is an attempt', () => {
    const [finding, ...others] = run(
      [indicator('domain', 'badbadbad.example.org', { family: 'Pegasus' })],
      [sms({ links: ['https://badbadbad.example.org/'] })],
    );
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'critical',
      confidence: 'medium',
      shows: 'attempt',
      variant: 'link-received',
      at: T0,
      technique: 'T1660',
      indicator: { type: 'domain', value: 'badbadbad.example.org', family: 'Pegasus', feed: 'test' },
      evidence: [{ evidence: 'e1', path: 'HomeDomain/Library/SMS/sms.db', locator: 'message ROWID 1' }],
      values: {
        observed: { link: 'https://badbadbad.example.org/' },
        how: 'exact',
        places: 1,
        otherFeeds: 0,
      },
    });
    expect(finding?.indicator?.sources).toBeUndefined();
  });

  it('gives one critical finding per event of the expected table', () => {
    const records = [
      sms({ links: ['https://badbadbad.example.org/'] }),
      sms({
        direction: 'outgoing',
        service: 'whatsapp',
        links: ['https://example.org/news'],
        locator: 'ZWAMESSAGE ROWID 3',
      }),
      tab({
        url: 'https://en.wikipedia.org/wiki/NSO_Group',
        history: ['https://en.wikipedia.org/wiki/NSO_Group'],
      }),
      calendar({ organizerEmail: 'user@example.org' }),
      file({ path: 'Library/Preferences/com.apple.CoreBrightness.plist' }),
    ];
    expect(summary(run([indicator('domain', 'badbadbad.example.org')], records))).toEqual([
      'critical link-received',
    ]);
    expect(summary(run([indicator('domain', 'example.org')], records))).toEqual([
      'critical link-received',
      'critical link-sent',
    ]);
    expect(summary(run([indicator('domain', 'en.wikipedia.org')], records))).toEqual([
      'critical link-opened',
    ]);
    expect(summary(run([indicator('email', 'user@example.org')], records))).toEqual(['critical calendar']);
    expect(summary(run([indicator('file-name', 'com.apple.CoreBrightness.plist')], records))).toEqual([
      'high file',
    ]);
    expect(run([], records)).toEqual([]);
    expect(run([indicator('domain', 'other.example')], records)).toEqual([]);
  });

  it('keeps ten messages on ten days with ten links as ten findings', () => {
    const records = Array.from({ length: 10 }, (_, day) =>
      sms({
        links: [`http://evil.example/100000${day}s`],
        at: `2016-07-1${day}T10:00:00.000000Z`,
        locator: `message ROWID ${day}`,
      }),
    );
    const findings = run([indicator('domain', 'evil.example')], records);
    expect(findings).toHaveLength(10);
    expect(new Set(findings.map(({ at }) => at)).size).toBe(10);
  });

  it('makes one finding of one message kept in several places, and of two links in one message', () => {
    const copies = [
      sms({ links: ['http://evil.example/a'] }),
      sms({
        links: ['https://evil.example/a/'],
        at: '2019-08-29T23:20:00.000000Z',
        path: 'notifications.db',
        locator: 'row 9',
      }),
      sms({ links: ['https://evil.example/a'], at: null, path: 'interactionC.db', locator: 'row 2' }),
    ];
    const findings = run([indicator('domain', 'evil.example')], copies);
    expect(findings).toHaveLength(1);
    expect(findings[0]?.evidence.map(({ path }) => path)).toEqual([
      'HomeDomain/Library/SMS/sms.db',
      'notifications.db',
      'interactionC.db',
    ]);
    expect(findings[0]?.values).toMatchObject({ places: 3 });

    expect(
      run(
        [indicator('domain', 'evil.example')],
        [sms({ links: ['http://evil.example/a', 'http://evil.example/b'] })],
      ),
    ).toHaveLength(1);
  });

  it('joins visits and tabs of one site on one day, not of two days', () => {
    const findings = run(
      [indicator('domain', 'evil.example')],
      [
        visit({ url: 'http://evil.example/', at: '2020-01-01T01:00:00.000000Z', locator: 'v 1' }),
        visit({ url: 'https://www.evil.example/next', at: '2020-01-01T23:00:00.000000Z', locator: 'v 2' }),
        visit({ url: 'https://evil.example/', at: '2020-01-02T00:00:01.000000Z', locator: 'v 3' }),
        tab({ url: 'https://evil.example/x', at: null }),
      ],
    );
    expect(findings.map(({ evidence }) => evidence.length)).toEqual([3, 1]);
    expect(findings[0]).toMatchObject({ variant: 'link-opened', confidence: 'high', shows: 'attempt' });
  });

  it('lets the URL speak for the link when its domain is listed too, and names all lists', () => {
    const [finding, ...others] = run(
      [
        indicator('domain', 'evil.example', { feed: 'predator', family: 'Predator' }),
        indicator('domain', 'evil.example', { feed: 'cytrox', family: 'Predator' }),
        indicator('url', 'http://evil.example/x', { feed: 'mexico', family: 'Pegasus' }),
      ],
      [sms({ links: ['https://evil.example/x'] })],
    );
    expect(others).toEqual([]);
    expect(finding?.indicator).toEqual({
      type: 'url',
      value: 'http://evil.example/x',
      family: 'Pegasus',
      feed: 'mexico',
      sources: [
        { feed: 'cytrox', family: 'Predator', file: 'test.txt' },
        { feed: 'mexico', family: 'Pegasus', file: 'test.txt' },
        { feed: 'predator', family: 'Predator', file: 'test.txt' },
      ],
    });
    expect(finding?.values).toMatchObject({ family: 'Pegasus, Predator', otherFeeds: 2 });
  });

  it('lists every app that claims a package name', () => {
    const [finding] = run(
      [
        indicator('app-id', 'com.example.spy', { family: 'First', category: 'stalkerware' }),
        indicator('app-id', 'com.example.spy', { family: 'Second', category: 'stalkerware' }),
      ],
      [installed({ appId: 'com.example.spy' })],
    );
    expect(finding).toMatchObject({
      severity: 'critical',
      confidence: 'high',
      variant: 'stalkerware-app',
      values: { family: 'First, Second' },
      details: { category: 'stalkerware' },
    });
    expect(finding?.indicator?.sources?.map(({ family }) => family)).toEqual(['First', 'Second']);
  });

  it('joins the installed app, its certificate and its network use; a permission is another finding', () => {
    const findings = run(
      [
        indicator('app-id', 'com.example.spy', { category: 'stalkerware' }),
        indicator('app-cert', 'aa'.repeat(20), { category: 'stalkerware' }),
      ],
      [
        installed({ appId: 'com.example.spy', certSha1: 'AA'.repeat(20) }),
        usage({ processName: 'Spy/com.example.spy', bundleId: 'com.example.spy' }),
        allowed({ client: 'com.example.spy' }),
      ],
    );
    expect(findings.map(({ variant, evidence }) => [variant, evidence.length])).toEqual([
      ['stalkerware-app', 2],
      ['stalkerware-app', 1],
    ]);
  });

  it('weighs processes by where they run', () => {
    const listed = [indicator('process', 'bh'), indicator('process', 'com.apple.avcapture')];
    expect(run(listed, [usage({ processName: 'bh/com.example.x' })])).toMatchObject([
      {
        severity: 'critical',
        confidence: 'medium',
        variant: 'process',
        shows: 'trace',
        values: { how: 'component' },
      },
    ]);
    expect(
      run(listed, [usage({ processName: '/private/var/db/com.apple.xpc.roleaccountd.staging/bh' })]),
    ).toMatchObject([{ severity: 'critical', confidence: 'high' }]);
    expect(run(listed, [usage({ processName: 'com.apple.avcapt/com.example' })])).toMatchObject([
      { confidence: 'low', shows: 'oddity', values: { how: 'truncated' } },
    ]);
    expect(run(listed, [installed({ appId: 'com.apple.avcapt' })])).toEqual([]);
    const rows = Array.from({ length: 50 }, (_, row) =>
      usage({
        processName: 'bh',
        at: `2020-01-${String((row % 28) + 1).padStart(2, '0')}T00:00:00.000000Z`,
        locator: `ZLIVEUSAGE ROWID ${row}`,
      }),
    );
    expect(run(listed, rows).map(({ evidence, at }) => [evidence.length, at])).toEqual([
      [50, '2020-01-01T00:00:00.000000Z'],
    ]);
  });

  it('weighs files by place and by name', () => {
    expect(
      run(
        [indicator('file-path', '/private/var/tmp/l/')],
        [file({ path: 'x/log', devicePath: '/private/var/tmp/log' })],
      ),
    ).toEqual([]);
    expect(
      run(
        [indicator('file-path', '/private/var/tmp/l/')],
        [
          file({ path: 'a', devicePath: '/private/var/tmp/l/a', locator: '1' }),
          file({ path: 'b', devicePath: '/private/var/tmp/l/b', locator: '2' }),
        ],
      ),
    ).toMatchObject([
      { severity: 'high', confidence: 'high', shows: 'trace', values: { how: 'below', places: 2 } },
    ]);
    expect(
      run([indicator('file-name', 'rce_loader.js')], [file({ path: 'www/rce_loader.js' })]),
    ).toMatchObject([{ severity: 'medium', confidence: 'low', shows: 'oddity', variant: 'file' }]);
    expect(
      run(
        [indicator('file-name', 'roleaccountd.plist')],
        [file({ path: 'x', devicePath: '/private/var/root/Library/Preferences/roleaccountd.plist' })],
      ),
    ).toMatchObject([{ severity: 'high', confidence: 'low', shows: 'oddity' }]);
  });

  it('takes a file that only has the name of a process for less than the process', () => {
    const seen = (devicePath: string) =>
      run([indicator('process', 'payload')], [file({ path: 'x', devicePath })]);
    expect(seen('/private/var/tmp/installer/payload')).toMatchObject([
      { severity: 'high', confidence: 'medium', values: { nameOnly: 'yes' } },
    ]);
    expect(seen('/private/var/db/com.apple.xpc.roleaccountd.staging/payload')).toMatchObject([
      { severity: 'high', confidence: 'high', shows: 'trace' },
    ]);
    expect(seen('/private/var/tmp/payload/readme')).toMatchObject([{ confidence: 'low', shows: 'oddity' }]);
    expect(seen('/private/var/mobile/payload')).toEqual([]);
    expect(
      run(
        [indicator('process', 'com.apple.avcapture')],
        [usage({ processName: 'com.apple.avcapt/com.example.app' })],
      ),
    ).toMatchObject([{ severity: 'high', confidence: 'low', shows: 'oddity' }]);
  });

  it('sees the address that a forwarding page leads to', () => {
    const links = ['https://www.google.com/url?q=https%3A%2F%2Flure.example.org%2F1234567s&sa=D'];
    expect(run([indicator('domain', 'lure.example.org')], [sms({ links })])).toMatchObject([
      { variant: 'link-received', values: { observed: { link: 'https://lure.example.org/1234567s' } } },
    ]);
  });

  it('takes a page that is also a server for the page when people open it, for the server when a program asks it', () => {
    const both = (['website', 'infrastructure'] as const).map((role) =>
      indicator('domain', 'www.shop.example.org', { category: 'stalkerware', role, family: 'Thing' }),
    );
    const link = 'https://www.shop.example.org/';
    expect(summary(run(both, [sms({ links: [link] }), visit({ url: link })]))).toEqual([
      'medium website-only',
      'medium website-only',
    ]);
    expect(summary(run(both, [file({ path: 'x', origins: [link] })]))).toEqual(['high monitoring-network']);
    expect(
      summary(run([...both, indicator('domain', 'www.shop.example.org')], [sms({ links: [link] })])),
    ).toEqual(['critical link-received']);
  });

  it('never joins what two phones hold', () => {
    const evidence = (id: string, record: EvidenceRecord) => ({
      ...record,
      source: { ...record.source, evidence: id },
    });
    const link = sms({ links: ['https://lure.example.org/'] });
    const process = usage({ processName: 'bh' });
    const findings = run(
      [indicator('domain', 'lure.example.org'), indicator('process', 'bh')],
      [evidence('e1', link), evidence('e1', process), evidence('e2', link), evidence('e2', process)],
    );
    expect(findings.map((finding) => finding.evidence.map((place) => place.evidence))).toEqual([
      ['e1'],
      ['e1'],
      ['e2'],
      ['e2'],
    ]);
  });

  it('prefers the name of a tool to the folder a list was published in', () => {
    const listed = (family: string, feed: string) =>
      indicator('domain', 'lure.example.org', { family, feed });
    const message = sms({ links: ['https://lure.example.org/'] });
    expect(
      run(
        [listed('2021-07-18_nso', 'domains'), listed('Pegasus', 'pegasus'), listed('unknown', 'x')],
        [message],
      ),
    ).toMatchObject([
      {
        values: { family: 'Pegasus', feed: 'pegasus', otherFeeds: 2 },
        indicator: { family: 'Pegasus', sources: [{ feed: 'domains' }, { feed: 'pegasus' }, { feed: 'x' }] },
      },
    ]);
    expect(run([listed('2021-07-18_nso', 'domains')], [message])).toMatchObject([
      { values: { family: '2021-07-18_nso' } },
    ]);
  });

  it('finds an app that a usage row names alone', () => {
    expect(
      run(
        [indicator('app-id', 'com.example.spy')],
        [usage({ processName: 'com.example.spy', bundleId: null })],
      ),
    ).toMatchObject([{ severity: 'critical', confidence: 'medium' }]);
  });

  it('compares profile ids by equality, never by part', () => {
    const id = '76DAB334-7E17-475D-A5D6-0794EB5818A5';
    expect(run([indicator('config-profile', id)], [profile({ uuid: id.toLowerCase() })])).toMatchObject([
      { severity: 'critical', confidence: 'high', variant: 'profile', shows: 'trace' },
    ]);
    expect(run([indicator('config-profile', id)], [profile({ uuid: '76DAB334' })])).toEqual([]);
  });

  it.each<[Partial<Indicator>, string, string]>([
    [{ role: 'website' }, 'medium low oddity website-only', 'a vendor page that a journalist read (mvt#482)'],
    [{ category: 'stalkerware' }, 'high medium oddity monitoring-network', 'a stalkerware server'],
    [{ category: 'stalkerware', role: 'distribution' }, 'medium low oddity website-only', 'a download page'],
    [{ category: 'watchware' }, 'medium medium oddity monitoring-network', 'a monitoring server'],
    [{ category: 'watchware', role: 'website' }, 'low low oddity website-only', 'a monitoring page'],
    [{ category: 'suspect' }, 'low low advice suspect', 'a free service'],
  ])('keeps %j at %s: %s', (more, expected) => {
    const [finding] = run(
      [indicator('domain', 'evil.example', more)],
      [sms({ links: ['http://evil.example/'] })],
    );
    expect([finding?.severity, finding?.confidence, finding?.shows, finding?.variant].join(' ')).toBe(
      expected,
    );
    expect(finding?.technique).toBeUndefined();
  });

  it('says little about addresses and ranges', () => {
    const link = [sms({ links: ['https://198.51.100.1:8080/'] })];
    expect(run([indicator('ipv4', '198.51.100.1')], link)).toMatchObject([
      { severity: 'high', confidence: 'low', variant: 'link-received' },
    ]);
    expect(run([indicator('cidr', '198.51.100.0/24')], link)).toMatchObject([
      { severity: 'low', confidence: 'low', variant: 'address', shows: 'oddity' },
    ]);
    expect(run([indicator('cidr', '198.51.100.0/24', { category: 'suspect' })], link)).toMatchObject([
      { severity: 'info', shows: 'advice' },
    ]);
  });

  it('takes a listed server in a scan for a fact about the server', () => {
    const scanned: ServerObservation = {
      kind: 'server-observation',
      at: T0,
      source: { evidence: 'e1', path: 'scan.json', locator: 'line 7' },
      ...{ address: '198.51.100.7', port: 443, hostname: null, operator: null, country: null, scan: 'test' },
      ...{ http: null, certificates: [], tlsFingerprints: [], published: null },
    };
    const [finding, ...others] = run([indicator('ipv4', '198.51.100.7', { family: 'Pegasus' })], [scanned]);

    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'medium',
      confidence: 'low',
      shows: 'infrastructure',
      variant: 'scanned',
      values: { observed: { link: '198.51.100.7' } },
    });
    expect(run([indicator('ipv4', '198.51.100.8')], [scanned])).toEqual([]);
  });

  it('lets the gravest list speak', () => {
    expect(
      run(
        [
          indicator('url', 'http://evil.example/', { category: 'suspect' }),
          indicator('domain', 'evil.example', { family: 'Pegasus' }),
        ],
        [sms({ links: ['http://evil.example/'] })],
      ),
    ).toMatchObject([{ severity: 'critical', indicator: { type: 'domain' }, variant: 'link-received' }]);
  });

  it('gives the same findings whatever the order of records and indicators', () => {
    const indicators = [
      indicator('domain', 'evil.example', { feed: 'a' }),
      indicator('domain', 'evil.example', { feed: 'b' }),
      indicator('url', 'http://evil.example/1'),
      indicator('process', 'bh'),
      indicator('email', 'x@evil.example'),
    ];
    const records = [
      sms({ links: ['http://evil.example/1'], locator: '1' }),
      sms({ links: ['http://evil.example/1'], at: null, locator: '2' }),
      sms({
        links: ['http://evil.example/1', 'http://a.evil.example'],
        at: '2019-08-29T23:22:00.000000Z',
        locator: '3',
      }),
      sms({
        links: ['http://evil.example/1'],
        at: '2019-08-29T23:25:00.000000Z',
        sender: 'x@evil.example',
        locator: '4',
      }),
      visit({ url: 'http://evil.example/1', locator: '5' }),
      visit({ url: 'http://evil.example/2', at: null, locator: '6' }),
      usage({ processName: 'bh', locator: '7' }),
      usage({ processName: 'bh', at: null, locator: '8' }),
    ];
    const expected = run(indicators, records);
    expect(expected.length).toBeGreaterThan(4);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(records, { minLength: records.length }),
        fc.shuffledSubarray(indicators, { minLength: indicators.length }),
        (shuffledRecords, shuffledIndicators) => {
          expect(run(shuffledIndicators, shuffledRecords)).toEqual(expected);
        },
      ),
    );
  });

  it('bears a hundred thousand hits on one day', () => {
    const records = Array.from({ length: 100_000 }, (_, row) =>
      visit({ url: `http://evil.example/${row}`, locator: `v ${row}` }),
    );
    const started = performance.now();
    expect(
      run([indicator('domain', 'evil.example')], records).map(({ evidence }) => evidence.length),
    ).toEqual([100_000]);
    expect(performance.now() - started).toBeLessThan(8_000);
  });

  it('has a severity, a confidence and words for every type of indicator', () => {
    const ids = new Set(textIds(es));
    for (const type of INDICATOR_TYPES) {
      for (const category of ['spyware', 'stalkerware', 'watchware', 'suspect'] as const) {
        for (const finding of run(
          [indicator(type, 'bh', { category })],
          [usage({ processName: 'bh', bundleId: 'bh' })],
        )) {
          expect(finding.variant === undefined || ids.has(`variants.${finding.variant}.title`)).toBe(true);
        }
      }
    }
  });

  it('says the same in both languages, with any values', () => {
    for (const family of ['Pegasus', 'unknown']) {
      for (const how of ['exact', 'subdomain', 'range', 'truncated', 'component', 'below']) {
        for (const category of ['spyware', 'stalkerware', 'watchware', 'suspect']) {
          for (const act of ['received', 'sent', 'known']) {
            for (const places of [1, 3]) {
              const values = {
                observed: { link: 'http://a.example' },
                indicator: 'a.example',
                nameOnly: 'yes',
                category,
                act,
                how,
                family,
                feed: 'lista',
                otherFeeds: places - 1,
                places,
                ...OF_TRAFFIC,
              };
              expectSoundTexts({ es, en }, values);
            }
          }
        }
      }
    }
  });

  it('words a received link calmly', () => {
    const [finding] = run(
      [indicator('domain', 'evil.example', { family: 'Pegasus', feed: 'mexico' })],
      [sms({ links: ['http://a.evil.example/'] })],
    );
    const values = finding?.values ?? {};
    expect(renderTexts('es', es.variants['link-received'], values).title).toBe(
      'Se recibió un enlace publicado como parte de un programa espía (Pegasus)',
    );
    expect(renderTexts('es', es.variants['link-received'], values).explanation).toBe(
      'Se recibió el enlace http://a[.]evil[.]example/, que coincide con uno publicado como parte de un programa espía (Pegasus). El dato publicado es evil[.]example, de la lista «mexico». El nombre visto está dentro de un dominio publicado. Eso apunta a un intento. No muestra que el enlace se haya abierto ni que el teléfono haya sido intervenido. Vigía no dice quién lo hizo.',
    );
    expect(renderTexts('en', en.variants['link-received'], values).explanation).toContain(
      'That points to an attempt.',
    );
  });
});

/** What findings about captured traffic say besides; see traffic.test.ts. */
const OF_TRAFFIC = {
  ...{ seen: 'reached', answer: 'given', lookUps: 1, conversations: 1, isUserAgent: 'no' },
  ...{ hostCount: 1, hosts: 'a.example', deviceCount: 1, devices: '192.168.1.7', serverCount: 1 },
  servers: '192.0.2.1',
};

function run(indicators: readonly Indicator[], records: readonly EvidenceRecord[]): readonly FindingDraft[] {
  return detect(detector, records, {
    matcher: compileMatcher(indicators),
    observablesOf: (record) => recordKinds.get(record.kind)?.observables(record) ?? [],
  });
}

function summary(findings: readonly FindingDraft[]): string[] {
  return findings.map(({ severity, variant }) => `${severity} ${variant}`);
}

interface Place {
  readonly path?: string;
  readonly locator?: string;
}

function base({
  path = 'HomeDomain/Library/SMS/sms.db',
  locator = 'message ROWID 1',
}: Place): Pick<EvidenceRecord, 'at' | 'source'> {
  return { at: T0, source: { evidence: 'e1', path, locator } };
}

function sms({ path, locator, ...more }: Partial<Message> & Place): Message {
  return message({
    ...base({ ...(path ? { path } : {}), ...(locator ? { locator } : {}) }),
    sender: '+15550100200',
    ...more,
  });
}

function visit({ locator, ...more }: Partial<UrlVisit> & { readonly locator?: string }): UrlVisit {
  return {
    kind: 'url-visit',
    ...base({ path: 'History.db', locator: locator ?? '' }),
    browser: 'safari',
    url: '',
    title: null,
    visitId: 1,
    redirectSourceVisitId: null,
    redirectDestinationVisitId: null,
    ...more,
  };
}

function tab(more: Partial<BrowserTab>): BrowserTab {
  return {
    kind: 'browser-tab',
    ...base({ path: 'BrowserState.db' }),
    browser: 'safari',
    title: null,
    url: null,
    history: [],
    privateBrowsing: null,
    ...more,
  };
}

function calendar(more: Partial<CalendarEvent>): CalendarEvent {
  return {
    kind: 'calendar-event',
    ...base({ path: 'Calendar.sqlitedb' }),
    summary: null,
    description: null,
    url: null,
    endAt: null,
    createdAt: null,
    modifiedAt: null,
    allDay: null,
    organizerEmail: null,
    organizerPhoneNumber: null,
    organizerModifiedAt: null,
    attendeeEmails: [],
    ...more,
  };
}

function file({
  path,
  locator,
  ...more
}: Partial<FileEntry> & { readonly path: string; readonly locator?: string }): FileEntry {
  return {
    kind: 'file-entry',
    ...base({ path: 'Manifest.db', locator: locator ?? '' }),
    domain: 'HomeDomain',
    path,
    devicePath: `/private/var/mobile/${path}`,
    entryType: 'file',
    sizeBytes: null,
    modifiedAt: null,
    statusChangedAt: null,
    bornAt: null,
    mode: null,
    userId: null,
    present: true,
    origins: [],
    ...more,
  };
}

function usage({ locator, ...more }: Partial<ProcessUsage> & { readonly locator?: string }): ProcessUsage {
  return {
    kind: 'process-usage',
    ...base({ path: 'DataUsage.sqlite', locator: locator ?? '' }),
    processName: null,
    bundleId: null,
    processId: 1,
    usageId: 1,
    usageProcessId: 1,
    firstAt: null,
    lastAt: null,
    wifiInBytes: null,
    wifiOutBytes: null,
    cellularInBytes: null,
    cellularOutBytes: null,
    ...more,
  };
}

function installed(more: Partial<App>): App {
  return {
    kind: 'app',
    ...base({ path: 'Info.plist' }),
    appId: '',
    name: null,
    version: null,
    publisher: null,
    installer: null,
    storeReceipt: null,
    seenIn: [],
    certSha1: null,
    certSha256: null,
    sha256: null,
    ...more,
  };
}

function allowed(more: Partial<Permission>): Permission {
  return {
    kind: 'permission',
    ...base({ path: 'TCC.db' }),
    service: 'kTCCServiceMicrophone',
    client: '',
    clientType: 'bundle-id',
    decision: 'allowed',
    reason: null,
    ...more,
  };
}

function profile(more: Partial<ConfigurationProfile>): ConfigurationProfile {
  return {
    kind: 'configuration-profile',
    ...base({ path: 'profile-x.stub' }),
    uuid: null,
    identifier: null,
    displayName: null,
    description: null,
    organization: null,
    payloads: [],
    removalDisallowed: null,
    signerCertSha256: [],
    ...more,
  };
}
