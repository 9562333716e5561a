import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT } from '../hits/hit.js';
import { hitOf, type Request } from '../testing/requests.js';
import { compileExpression, queue } from './expression.js';
import { type Assumption, HitFields } from './hit-fields.js';
import { ScenarioError } from './scenario-error.js';

const request: Request = {
  second: 1_700_000_000,
  client: '192.0.2.7',
  method: 'POST',
  target: '/a/b/wp-login.php?x=1&y=2',
  status: 404,
  agent: 'Mozilla/5.0 (Año)',
  host: 'www.example.org',
  referer: 'https://example.net/',
  bytes: 512,
};

function fieldsOf(changes: Partial<Request> = {}, isEvent = false): HitFields {
  const fields = new HitFields();
  fields.take(hitOf({ ...request, ...changes }), isEvent);
  return fields;
}

const truth = (source: string, changes: Partial<Request> = {}, isEvent = false): boolean =>
  compileExpression(source, 'truth').truth(fieldsOf(changes, isEvent));
const text = (source: string, changes: Partial<Request> = {}): string =>
  compileExpression(source, 'text').text(fieldsOf(changes));

describe('expressions of scenarios', () => {
  it.each([
    ["evt.Meta.http_status == '404'", true],
    ["evt.Meta.http_status != '404'", false],
    ["evt.Meta.http_status in ['400', '404']", true],
    ["evt.Meta.http_status not in ['400', '404']", false],
    ["evt.Meta.http_verb == 'POST' and evt.Parsed.file_name == 'wp-login.php'", true],
    ["evt.Meta.http_verb == 'GET' || evt.Parsed.file_ext == '.php' && true", true],
    ["!(evt.Meta.http_verb == 'GET')", true],
    ["not (evt.Meta.http_verb == 'POST')", false],
    ["evt.Meta.http_path contains 'wp-'", true],
    ["evt.Meta.http_path not contains 'wp-'", false],
    ["evt.Parsed.request startsWith '/a/'", true],
    ["evt.Parsed.request endsWith '.php'", true],
    ["evt.Parsed.http_args matches '^x=[0-9]'", true],
    ['evt.Parsed.http_args matches "\\\\d$"', true],
    ["Upper(evt.Parsed.file_frag) == 'WP-LOGIN'", true],
    ["Lower(evt.Parsed.http_user_agent) contains 'año'", true],
    ["evt.Meta.http_user_agent contains 'Año'", true],
    ['int(evt.Meta.http_args_len) == 7', true],
    ['len(evt.Parsed.http_args) >= 7 and len(evt.Parsed.http_args) <= 12', true],
    ['int(evt.Meta.http_status) in 400..499', true],
    ['int(evt.Meta.http_status) > 403.5', true],
    ['-1 < 0 and 2 + 3 * 2 == 8', true],
    ["any(['php', 'asp'], { evt.Parsed.file_ext endsWith # })", true],
    ["any(['asp'], { Upper(evt.Parsed.file_ext) contains Upper(#) })", false],
    ["all(['a', 'b'], { evt.Parsed.request contains # })", true],
    ["none(['q', 'z'], { evt.Parsed.request contains # })", true],
    ["one(['a/', 'zz'], { evt.Parsed.request contains # })", true],
    ["evt.Parsed.static_ressource == 'false'", true],
    ["evt.Parsed.impact_completion == 'false'", true],
    ["(evt.Meta.http_verb == 'POST' ? 'a' : 'b') == 'a'", true],
    ['evt.Parsed.file_frag + evt.Parsed.file_ext == evt.Parsed.file_name', true],
    ["evt.Meta['http_status'] == `404`", true],
    ["evt.Meta.http_status == '\\x34\\u00304' // a comment", true],
    ["/* a comment */ evt.Meta.service == 'http'", true],
    ["evt.Meta.log_type in ['http_access-log', 'http_error-log']", true],
    ["evt.Meta.target_fqdn == 'www.example.org' and evt.Parsed.remote_addr == '192.0.2.7'", true],
    ["hasPrefix(evt.Parsed.verb, 'PO') and hasSuffix(evt.Parsed.verb, 'ST')", true],
    ["evt.Parsed.http_version == '1.1' and evt.Parsed.bytes == '512'", true],
  ])('%s is %s', (source, expected) => {
    expect(truth(source)).toBe(expected);
  });

  it('takes parts of the target as http-logs does', () => {
    const whole = { target: '/start.php?lang=http://a.example/r.txt?' };

    expect(text('evt.Meta.http_path', whole)).toBe('/start.php?lang=http://a.example/r.txt?');
    expect(text('evt.Parsed.request', whole)).toBe('/start.php?lang=http://a.example/r.txt');
    expect(text('evt.Meta.http_args_len', whole)).toBe('0');
    expect(text('evt.Parsed.file_ext', whole)).toBe('.txt');
    expect(text('evt.Meta.http_args_len', { target: '/stats.php?a=http://a.example/r.txt??&cmd=ls' })).toBe(
      '7',
    );
    expect(text('evt.Parsed.file_dir', { target: '/a/b/' })).toBe('/a/b/');
    expect(text('evt.Parsed.file_name', { target: '/a/b/' })).toBe('');
    expect(text('evt.Parsed.file_frag', { target: '/.env' })).toBe('.env');
    expect(text('evt.Parsed.file_ext', { target: '/.env' })).toBe('');
    expect(text('evt.Parsed.file_ext', { target: '/a.tar.gz' })).toBe('.gz');
    expect(text('evt.Parsed.static_ressource', { target: '/a/FOTO.JPG?x' })).toBe('true');
    expect(text('evt.Parsed.static_ressource', { target: '/a.jpg/b' })).toBe('false');
    expect(text('evt.Meta.http_path', { target: 'http://a.example/b' })).toBe('/b');
  });

  it('knows what a line of the error log says', () => {
    expect(truth("evt.Meta.sub_type == 'req_limit_exceeded'", { event: EVENT.requestsLimited }, true)).toBe(
      true,
    );
    expect(truth("evt.Meta.log_type == 'http_error-log'", {}, true)).toBe(true);
    expect(truth("evt.Meta.sub_type == ''")).toBe(true);
  });

  it('does not fit where a number was to be and is none', () => {
    expect(truth('int(evt.Parsed.http_args) > 1')).toBe(false);
    expect(truth('not (int(evt.Parsed.http_args) > 1)')).toBe(false);
  });

  it('knows how many requests a bucket keeps, in a condition only', () => {
    queue.length = 3;

    expect(compileExpression('len(queue.Queue) >= 3', 'truth', true).truth(fieldsOf())).toBe(true);
    expect(() => compileExpression('len(queue.Queue) >= 3', 'truth')).toThrow(ScenarioError);
  });

  it.each([
    ["any(File('list.txt'), { evt.Parsed.request contains # })", 'expression', 'File()'],
    ["RegexpInFile(evt.Meta.http_path, 'a.txt')", 'expression', 'RegexpInFile()'],
    ["evt.Parsed.program == 'sshd'", 'field', 'evt.Parsed.program'],
    ['evt.Overflow.Alert.Remediation == true', 'field', 'evt.Overflow.Alert.Remediation'],
    ["evt.Enriched.IsoCode == 'MX'", 'field', 'evt.Enriched.IsoCode'],
    ["evt.Meta.http_path matches '(?=a)'", 'pattern', '(?=a): (?=a'],
    ['evt.GetType() == 1', 'expression', 'evt.GetType()'],
    ["not evt.Meta.http_path contains 'a'", 'expression', 'text ≠ truth'],
    ['evt.Meta.http_status == 404', 'expression', 'text == number'],
    ['evt.Meta.http_status ==', 'expression', '…'],
    ["evt.Meta.http_status == '404", 'expression', "'"],
    ["evt.Meta.http_status == '404' '", 'expression', "'"],
    ["evt.Meta.http_status ?? 'a' == 'b'", 'expression', '??'],
    ['evt.Meta.http_status', 'expression', 'evt.Meta.http_status: truth'],
  ])('refuses %s and names why', (source, code, detail) => {
    const compile = (): unknown => compileExpression(source, 'truth');

    expect(compile).toThrow(ScenarioError);
    expect(compile).toThrow(expect.objectContaining({ code, detail }));
  });

  it('takes any text, or refuses it', () => {
    const words = fc.constantFrom(
      ...[
        "'a'",
        '"b"',
        'evt.Meta.http_path',
        '(',
        ')',
        '[',
        ']',
        '{',
        '}',
        '#',
        'and',
        'or',
        'not',
        'in',
        '==',
        'contains',
        'any',
        ',',
        '?',
        ':',
        '-',
        '1',
        '..',
      ],
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(words, { maxLength: 12 }).map((parts) => parts.join(' ')),
          fc.string({ unit: 'binary', maxLength: 60 }),
        ),
        (source) => {
          try {
            compileExpression(source, 'truth').truth(fieldsOf());
          } catch (error) {
            expect(error).toBeInstanceOf(ScenarioError);
          }
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('refuses what nests too deep', () => {
    expect(() => compileExpression(`${'('.repeat(5_000)}true${')'.repeat(5_000)}`, 'truth')).toThrow(
      ScenarioError,
    );
    expect(() => compileExpression(`${'not '.repeat(5_000)}true`, 'truth')).toThrow(ScenarioError);
    expect(truth(Array.from({ length: 1_000 }, () => 'true').join(' and '))).toBe(true);
  });

  it('never guesses what a request then contradicts', () => {
    const sources = [
      "evt.Meta.http_status in ['404', '403'] and evt.Parsed.static_ressource == 'false'",
      "evt.Parsed.request matches '(?i)\\\\.(?:env|php)$'",
      "evt.Parsed.http_args matches '^[0-9]{2,4}$'",
      "evt.Parsed.file_frag matches '^[A-Z]{3}$' and evt.Parsed.http_args == ''",
      "Upper(evt.Parsed.file_frag) == 'ABC'",
      "evt.Meta.http_path contains '../' or evt.Parsed.file_ext == '.php'",
      "evt.Parsed.file_name in ['a.php', 'b.php'] or evt.Meta.http_verb == 'HEAD'",
      "evt.Meta.http_path startsWith 'http://'",
      "not (evt.Parsed.request endsWith '.php') and evt.Parsed.impact_completion == 'true'",
      "evt.Parsed.http_version == '1.0' ? evt.Parsed.verb == 'GET' : evt.Parsed.request contains 'ABC'",
      "int(evt.Meta.http_args_len) > 2 or evt.Meta.log_type == 'http_error-log'",
    ].map((source) => compileExpression(source, 'truth'));
    const pieces = fc.constantFrom('/', 'a', 'ABC', '.php', '.jpg', '..', '?', '12', '%', 'x=1', '.env', '-');
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 6 }),
        fc.constantFrom(200, 403, 404),
        fc.constantFrom('GET', 'HEAD', 'POST', 'PUT'),
        fc.constantFrom(0, 10, 11),
        fc.boolean(),
        (parts, status, method, protocol, isEvent) => {
          const target = `/${parts.join('')}`;
          const fields = fieldsOf({ target, status, method, protocol }, isEvent);
          const assumption: Assumption = {
            isEvent,
            status: String(status),
            method: method === 'PUT' ? null : method,
            isStatic: fields.isStatic,
            hasArgs: fields.argsStart !== -1,
            isPlain: fields.isPlain,
            isLower: fields.isLower,
            hasDot: fields.hasDot,
            version: protocol === 0 ? null : protocol === 10 ? '1.0' : '1.1',
          };
          for (const expression of sources) {
            const guess = expression.guess(assumption);
            if (guess !== null)
              expect(`${expression.source} ${target} ${guess}`).toBe(
                `${expression.source} ${target} ${expression.truth(fields)}`,
              );
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
