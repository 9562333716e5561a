import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ResultFinding } from '../../core/result.js';
import type { Case } from '../model/case.js';
import { type CaseFindings, correlate } from './correlate.js';
import { tracesOf } from './traces.js';

let next = 0;

function finding(detector: string, at: string | null, more: Partial<ResultFinding> = {}): ResultFinding {
  next += 1;
  return {
    id: `f${next}`,
    detector,
    version: 1,
    severity: 'high',
    confidence: 'high',
    at: at === null ? null : `${at}T10:00:00.000000Z`,
    title: detector,
    explanation: '',
    benignCauses: [],
    nextSteps: [],
    technique: null,
    indicator: null,
    subjects: [],
    evidence: [{ evidence: 'e1', path: 'messages.csv', locator: `row ${next}` }],
    evidenceTotal: 1,
    ...more,
  };
}

function caseOf(code: string, findings: readonly ResultFinding[], more: Partial<Case> = {}): CaseFindings {
  const own = { code, clientRef: `client of ${code}`, clientKind: 'individual', ...more } as Case;
  return { case: own, findings: findings.map((each) => ({ run: 'r1', finding: each })) };
}

const lure = (at: string, details: Record<string, unknown>): ResultFinding =>
  finding('lures/suspicious-message', at, { details });

describe('traces of a finding', () => {
  it('are what the attacker used, compared as it should be', () => {
    const traces = tracesOf(
      lure('2026-03-01', {
        person: 'P01',
        sender: '+52 1 55 5555 0120',
        hosts: ['www.Avisos.example', 'bit.ly'],
        links: ['https://avisos.example/1'],
        device: '192.0.2.9',
      }),
    );

    expect(traces).toEqual([
      { type: 'host', value: 'avisos.example' },
      { type: 'sender', value: '525555550120' },
    ]);
  });

  it('are the server and not the device, nor what every network has', () => {
    const traces = tracesOf(
      finding('captures/injected-redirect', '2026-03-01', {
        details: {
          device: '198.51.100.9',
          servers: [{ address: '203.0.113.5' }, { address: '10.0.0.1' }],
          redirects: [{ location: 'http://descarga.example:8080/a.exe' }],
        },
      }),
    );

    expect(traces.map(({ value }) => value)).toEqual(['203.0.113.5', 'descarga.example']);
  });

  it('are the indicator', () => {
    const indicator = { type: 'domain' as const, value: 'Lista.example', family: 'x', feed: 'x' };

    expect(tracesOf(finding('indicators/match', '2026-03-01', { indicator }))).toEqual([
      { type: 'host', value: 'lista.example' },
    ]);
  });

  it('are no short codes, which all customers of a carrier share', () => {
    expect(tracesOf(lure('2026-03-01', { sender: '2525' }))).toEqual([]);
  });

  it('of any facts whatever are a list, quickly', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('host', 'servers', 'sender', 'x'), fc.jsonValue()),
        (details) => {
          for (const { value } of tracesOf(lure('2026-03-01', details)))
            expect(value.length).toBeGreaterThan(0);
        },
      ),
    );
  });
});

describe('cases side by side', () => {
  it('have a campaign where one trace reaches several people', () => {
    const { campaigns } = correlate([
      caseOf('V-2026-0001', [lure('2026-03-01', { sender: '+52 55 5555 0120', hosts: ['a.example'] })]),
      caseOf('V-2026-0002', [lure('2026-04-01', { sender: '5215555550120', hosts: ['b.example'] })]),
      caseOf('V-2026-0003', [lure('2026-05-01', { sender: '+52 55 5555 0999', hosts: ['b.example'] })]),
      caseOf('V-2026-0004', [lure('2026-05-01', { sender: '+52 55 5555 0777', hosts: ['c.example'] })]),
    ]);

    expect(campaigns).toHaveLength(1);
    expect(campaigns[0]).toMatchObject({
      cases: ['V-2026-0001', 'V-2026-0002', 'V-2026-0003'],
      techniques: ['lure'],
      firstAt: '2026-03-01T10:00:00.000000Z',
      lastAt: '2026-05-01T10:00:00.000000Z',
    });
    expect(campaigns[0]?.ties.map(({ trace, people }) => [trace.value, people.length])).toEqual([
      ['b.example', 2],
      ['525555550120', 2],
    ]);
  });

  it('have none by what is only noted, nor by one person met twice', () => {
    const noted = (): ResultFinding => ({ ...lure('2026-03-01', { hosts: ['a.example'] }), severity: 'low' });
    const twice = [
      lure('2026-03-01', { hosts: ['b.example'] }),
      lure('2026-03-02', { hosts: ['b.example'] }),
    ];

    expect(
      correlate([caseOf('V-2026-0001', [noted(), ...twice]), caseOf('V-2026-0002', [noted()])]).campaigns,
    ).toEqual([]);
  });

  it('show the people of an organisation apart', () => {
    const to = (person: string): ResultFinding =>
      finding('lures/suspicious-message', '2026-03-01', {
        subjects: [person],
        details: { hosts: ['a.example'] },
      });
    const { campaigns } = correlate([
      caseOf('V-2026-0001', [to('P01'), to('P02')], { clientKind: 'organisation' }),
    ]);

    expect(campaigns[0]?.people).toEqual(['client of V-2026-0001 P01', 'client of V-2026-0001 P02']);
  });
});

describe('several techniques against one person', () => {
  it('within a few weeks are put side by side, with what was published then', () => {
    const { concurrences } = correlate(
      [
        caseOf('V-2026-0001', [
          lure('2026-03-01', {}),
          finding('captures/packetlogic', '2026-03-14'),
          finding('floods/incident', '2026-03-20'),
          finding('lures/suspicious-message', '2026-08-01'),
        ]),
      ],
      [
        { at: '2026-03-06T06:00:00.000000Z', title: 'La investigación', kind: 'publication', caseCode: null },
        { at: '2026-03-06T06:00:00.000000Z', title: 'De otro', kind: 'publication', caseCode: 'V-2026-0002' },
        { at: '2026-06-01T06:00:00.000000Z', title: 'Mucho después', kind: 'hearing', caseCode: null },
      ],
    );

    expect(concurrences).toHaveLength(1);
    expect(concurrences[0]).toMatchObject({
      firstAt: '2026-03-01T10:00:00.000000Z',
      lastAt: '2026-03-20T10:00:00.000000Z',
      techniques: [
        { technique: 'lure', events: 1 },
        { technique: 'network-injection', events: 1 },
        { technique: 'ddos', events: 1 },
      ],
      calendar: [{ title: 'La investigación' }],
    });
  });

  it('months apart are not, nor are one technique or a server that only stands somewhere', () => {
    const apart = [lure('2026-03-01', {}), finding('floods/incident', '2026-04-15')];
    const one = [lure('2026-03-01', {}), lure('2026-03-02', {})];
    const server = [lure('2026-03-01', {}), finding('scans/finfisher-server', '2026-03-02')];

    for (const findings of [apart, one, server]) {
      expect(correlate([caseOf('V-2026-0001', findings)]).concurrences).toEqual([]);
    }
  });

  it('are not two because a host in a message is also on a list', () => {
    const message = lure('2026-03-01', { hosts: ['a.example'] });
    const listed = finding('indicators/match', '2026-03-01', { evidence: message.evidence });
    const { events, concurrences } = correlate([caseOf('V-2026-0001', [message, listed])]);

    expect(events.map(({ technique }) => technique)).toEqual(['lure', 'lure']);
    expect(concurrences).toEqual([]);
  });

  it('do not depend on the order of cases and findings', () => {
    const cases = [1, 2, 3].map((number) =>
      caseOf(`V-2026-000${number}`, [
        lure(`2026-03-0${number}`, { hosts: ['a.example'] }),
        finding('floods/incident', '2026-03-09'),
        finding('ios/sensor-permission', null),
      ]),
    );
    const turned = [...cases].reverse().map((each) => ({ ...each, findings: [...each.findings].reverse() }));

    expect(correlate(turned).campaigns.map(({ people }) => people)).toEqual(
      correlate(cases).campaigns.map(({ people }) => people),
    );
    expect(correlate(turned).events).toEqual(correlate(cases).events);
    expect(correlate(turned).concurrences).toEqual(correlate(cases).concurrences);
  });
});
