import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileScenarios } from './compile-scenarios.js';
import type { ScenarioProblem } from './scenario.js';

const compile = (text: string, name = 'a.yaml'): ReturnType<typeof compileScenarios> =>
  compileScenarios([{ name, text }]);

const PROBING = `
type: leaky
name: example/probing
description: "Many addresses that are not there"
filter: evt.Meta.http_status in ['404', '403', '400'] && evt.Parsed.static_ressource == 'false'
groupby: "evt.Meta.source_ip + '/' + evt.Parsed.target_fqdn"
distinct: "evt.Meta.http_path"
capacity: 10
reprocess: true
leakspeed: "10s"
blackhole: 5m
labels:
  remediation: true
  classification: [attack.T1595, cve.CVE-2021-1]
  behavior: "http:scan"
  spoofable: 0
  confidence: 1
`;

/** The scenario with a line replaced or added. */
const changed = (line: string): string => {
  const [name] = line.split(':', 1);
  const others = PROBING.split('\n').filter((one) => !one.startsWith(`${name}:`));
  return [line, ...others].join('\n');
};

describe('files of rules', () => {
  it('are read with all that they say', () => {
    const { scenarios, problems } = compile(PROBING);

    expect(problems).toEqual([]);
    expect(scenarios).toMatchObject([
      {
        name: 'example/probing',
        ruleSet: 'a.yaml',
        engine: 'crowdsec',
        keyKind: 'client-and-site',
        counting: { kind: 'leaky', capacity: 10, leakSeconds: 10, idleSeconds: 110 },
        blackholeSeconds: 300,
        techniques: ['T1595'],
        behaviour: 'http:scan',
        confidence: 1,
        spoofable: 0,
        remediation: true,
        decision: null,
      },
    ]);
  });

  it('may hold several documents', () => {
    const { scenarios, problems } = compile(
      `---\n${PROBING}---\n${PROBING.replace('example/probing', 'example/other')}---\n`,
    );

    expect(problems).toEqual([]);
    expect(scenarios.map(({ name }) => name)).toEqual(['example/probing', 'example/other']);
  });

  it.each([
    ['leakspeed: 1h30m', 5_400],
    ['leakspeed: 500ms', 0.5],
    ['leakspeed: 0.5s', 0.5],
    ['leakspeed: 1.5h', 5_400],
    ['leakspeed: 1d', 86_400],
  ])('know durations of Go: %s', (line, seconds) => {
    expect(compile(changed(line)).scenarios[0]?.counting).toMatchObject({ leakSeconds: seconds });
  });

  it.each<[string, ScenarioProblem['code'], string]>([
    ['type: bayesian', 'part', 'type: bayesian'],
    ['type:', 'value', 'type'],
    ['overflow_filter: any(queue.Queue, {true})', 'part', 'overflow_filter'],
    ['bayesian_prior: 0.5', 'part', 'bayesian_prior'],
    ['leakspeed: 10', 'value', 'leakspeed: 10'],
    ['leakspeed: soon', 'value', 'leakspeed: soon'],
    ['leakspeed: 0s', 'value', 'leakspeed: 0'],
    ['blackhole: -5m', 'value', 'blackhole: -5m'],
    ['capacity: 0', 'value', 'capacity: 0'],
    ['capacity: 1.5', 'value', 'capacity: 1.5'],
    ['capacity: many', 'value', 'capacity'],
    ["filter: any(File('a.txt'), { evt.Parsed.request contains '#' })", 'expression', 'File()'],
    ["filter: evt.Meta.service == 'ssh'", 'never', "evt.Meta.service == 'ssh'"],
    [
      "filter: evt.Meta.log_type == 'telnet_failed_session'",
      'never',
      "evt.Meta.log_type == 'telnet_failed_session'",
    ],
    ["filter: evt.Parsed.program == 'sshd'", 'field', 'evt.Parsed.program'],
    ['filter: evt.Meta.http_path', 'expression', 'evt.Meta.http_path: truth'],
    ['groupby: evt.Meta.ASNNumber', 'field', 'evt.Meta.ASNNumber'],
    ['distinct: "true"', 'expression', 'true: text'],
    ['filter: "evt.Meta.http_path matches \'(a\'"', 'pattern', '(a: ( without )'],
  ])('name what is not supported and leave the rule out: %s', (line, code, detail) => {
    const { scenarios, problems } = compile(changed(line));

    expect(scenarios).toEqual([]);
    expect(problems).toEqual([{ file: 'a.yaml', place: 'example/probing', code, detail }]);
  });

  it('name what a rule lacks', () => {
    const without = (name: string): unknown =>
      compile(
        PROBING.split('\n')
          .filter((line) => !line.startsWith(`${name}:`))
          .join('\n'),
      ).problems[0];

    expect(without('capacity')).toMatchObject({ code: 'missing', detail: 'capacity' });
    expect(without('leakspeed')).toMatchObject({ code: 'missing', detail: 'leakspeed' });
    expect(compile('type: counter\nname: a\nfilter: "true"').problems).toMatchObject([
      { code: 'missing', detail: 'duration' },
    ]);
    expect(compile('type: conditional\nname: a\nfilter: "true"\nleakspeed: 1s').problems).toMatchObject([
      { code: 'missing', detail: 'condition' },
    ]);
    expect(compile('filter: "true"\ntype: trigger').problems).toMatchObject([
      { code: 'missing', detail: 'name' },
    ]);
  });

  it('of which some rules are bad give the good ones', () => {
    const { scenarios, problems } = compileScenarios([
      { name: 'a.yaml', text: `${PROBING}---\n${changed('type: bayesian')}` },
      { name: 'b.yaml', text: 'key: [unclosed' },
      { name: 'c.yaml', text: 'just: something else' },
      { name: 'd.yaml', text: '' },
      { name: 'e.yaml', text: 'x'.repeat(2_000_000) },
    ]);

    expect(scenarios).toHaveLength(1);
    expect(problems.map(({ file, code }) => `${file} ${code}`)).toEqual([
      'b.yaml yaml',
      'c.yaml rules',
      'd.yaml rules',
      'e.yaml yaml',
      'a.yaml part',
    ]);
  });

  it('of Banjax are named by their rules', () => {
    const { scenarios, problems } = compile(`
regexes_with_rates:
  - {rule: good, regex: '.*', interval: 5, hits_per_interval: 2, decision: challenge}
  - {rule: look, regex: '(?=a)', interval: 5, hits_per_interval: 2}
  - {rule: none, regex: 'a', hits_per_interval: 2}
  - {rule: odd, regex: 'a', interval: 5, hits_per_interval: -1}
  - {rule: more, regex: 'a', interval: 5, hits_per_interval: 1, unless: b}
  - nothing
`);

    expect(scenarios.map(({ name }) => name)).toEqual(['good']);
    expect(problems.map(({ place, code, detail }) => `${place} ${code} ${detail}`)).toEqual([
      'look pattern (?=a): (?=a',
      'none missing interval',
      'odd value hits_per_interval: -1',
      'more part unless',
      '6 value nothing',
    ]);
  });

  it('of fail2ban name what cannot be done', () => {
    const filter = (lines: string): ReturnType<typeof compileScenarios> =>
      compile(`[Definition]\n${lines}\n`, 'filter.d/a.conf');

    expect(filter('failregex = ^<HOST> -').scenarios).toMatchObject([
      { name: 'a', engine: 'fail2ban', counting: { seconds: 600, hits: 5 } },
    ]);
    expect(filter('failregex = ^nobody').problems).toMatchObject([{ code: 'missing', detail: '<HOST>' }]);
    expect(filter('failregex = ^<HOST> %(other)s').problems).toMatchObject([
      { code: 'part', detail: '%(other)s' },
    ]);
    expect(filter('part = 404\nfailregex = ^<HOST> .* %(part)s').scenarios).toHaveLength(1);
    expect(filter('prefregex = a\nfailregex = ^<HOST>').problems).toMatchObject([
      { code: 'part', detail: 'prefregex' },
    ]);
    expect(filter('failregex = ^<HOST><SKIPLINES>').problems).toMatchObject([
      { code: 'part', detail: '<SKIPLINES>' },
    ]);
    expect(filter('failregex = ^<HOST>\nfindtime = soon').problems).toMatchObject([
      { code: 'value', detail: 'findtime: soon' },
    ]);
  });

  it('that stand for more than they write are refused', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefghi'
        .split('')
        .map((name, index) => `${name}: &${name} [${new Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`),
    ].join('\n');

    expect(compile(bomb)).toMatchObject({ scenarios: [], problems: [{ code: 'yaml' }] });
    expect(compile('['.repeat(100_000)).scenarios).toEqual([]);
    expect(compile(`${changed('__proto__: {a: 1}')}`).problems).toMatchObject([
      { code: 'part', detail: '__proto__' },
    ]);
  });

  it('may hold anything at all', () => {
    const line = fc.constantFrom(
      ...PROBING.split('\n'),
      '- a',
      '---',
      'regexes_with_rates:',
      '  - {rule: a, regex: b}',
      '[Definition]',
      'failregex = <HOST>',
      'maxretry = x',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 300 }),
          fc.array(line, { maxLength: 20 }).map((lines) => lines.join('\n')),
        ),
        (text) => {
          const { scenarios, problems } = compile(text);
          expect(scenarios.length + problems.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 500 },
    );
  });
});
