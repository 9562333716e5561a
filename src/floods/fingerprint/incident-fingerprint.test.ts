import { describe, expect, it } from 'vitest';
import type { Incident } from '../incidents/incident.js';
import { COHORT, type CohortType, type MinuteTable, type TrafficView } from '../traffic/shape.js';
import { fingerprintOfIncident } from './incident-fingerprint.js';

const MINUTE = 29_455_384;

const view: Pick<TrafficView, 'clientText' | 'minutes'> = {
  clientText: (row) => `192.0.2.${row}`,
  minutes: {
    size: 3,
    site: Uint32Array.of(0, 1, 1),
    minute: Uint32Array.of(MINUTE, MINUTE, MINUTE + 9_000),
    bytesOut: Float64Array.of(7e9, 8e6, 9e9),
  } as unknown as MinuteTable,
};

function sign(type: CohortType, value: string, shareOfWindow: number): Incident['signs'][number] {
  return {
    type,
    value,
    row: 0,
    windowHits: 1,
    windowClients: 1,
    outsideHits: 0,
    shareOfWindow,
    precision: 1,
  };
}

function incident(more: Partial<Incident> = {}): Incident {
  return {
    kind: 'search-abuse',
    site: 1,
    siteName: 'news.example',
    fromMinute: MINUTE,
    toMinute: MINUTE + 19,
    baseline: 'rolling',
    normalPerMinute: 12.34567,
    peakPerMinute: 900,
    peakMinute: MINUTE,
    hits: 20_000,
    attackHits: 15_000,
    signs: [
      sign(COHORT.path, 'GET /', 0.7),
      sign(COHORT.path, 'GET /buscar', 0.2),
      sign(COHORT.agent, 'Example/1.0', 0.6),
    ],
    clients: [9, 3],
    mixedClients: [],
    mixedHits: 0,
    parts: [],
    serverErrors: 0,
    outageMinutes: 0,
    pingbackAddresses: [],
    isAttack: true,
    severity: 'high',
    confidence: 'medium',
    notes: [],
    ...more,
  };
}

describe('fingerprintOfIncident', () => {
  it('says what requests have in common, in the form of packets', () => {
    expect(fingerprintOfIncident(incident(), view)).toMatchObject({
      target: 'Anonymous',
      tags: ['HTTP flood attack', 'TCP', 'x_vigia:search-abuse'],
      key: expect.stringMatching(/^[0-9a-f]{32}$/),
      time_start: '2026-01-02T03:04:00.000000+00:00',
      time_end: '2026-01-02T03:24:00.000000+00:00',
      duration_seconds: 1_200,
      total_flows: 15_000,
      total_ips: 2,
      // Three quarters of 8 MB of this site, in 20 minutes.
      total_megabytes: 6,
      avg_bps: 40_000,
      attack_vectors: [
        {
          service: 'HTTP',
          http_uri: { '/': 0.7, '/buscar': 0.2, others: 0.1 },
          http_method: { GET: 0.9, others: 0.1 },
          http_user_agent: { 'Example/1.0': 0.6, others: 0.4 },
          x_vigia_country: 'random',
          x_vigia_requests: 15_000,
          x_vigia_normal_per_minute: 12.346,
          source_ips: ['192.0.2.3', '192.0.2.9'],
        },
      ],
    });
  });

  it('names the site only when asked to, and lists no more clients than asked for', () => {
    const fingerprint = fingerprintOfIncident(incident(), view, { showTarget: true, maxSources: 1 });
    expect(fingerprint.target).toBe('news.example');
    expect(fingerprint.attack_vectors[0]?.source_ips).toEqual(['192.0.2.9']);
  });

  it('holds with nothing', () => {
    const empty = incident({ hits: 0, attackHits: 0, signs: [], clients: [], toMinute: MINUTE - 1 });
    expect(fingerprintOfIncident(empty, view)).toMatchObject({
      duration_seconds: 0,
      avg_bps: 0,
      total_ips: 0,
    });
  });

  it('keeps the addresses that asked for pingbacks', () => {
    const { attack_vectors } = fingerprintOfIncident(
      incident({ kind: 'pingback', pingbackAddresses: [{ address: '198.51.100.7', hits: 5 }] }),
      view,
    );
    expect(attack_vectors[0]?.x_vigia_pingback_from).toEqual({ '198.51.100.7': 5 });
  });
});
