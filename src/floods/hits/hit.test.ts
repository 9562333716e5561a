import { describe, expect, it } from 'vitest';
import { Hit, METHOD } from './hit.js';

function request(line: string): { hit: Hit; target: string; host: string; query: string } {
  const hit = new Hit();
  const bytes = Buffer.from(line, 'latin1');
  hit.reset(bytes);
  hit.setRequest(0, bytes.length);
  return {
    hit,
    target: hit.text(hit.targetStart, hit.targetEnd),
    host: hit.text(hit.hostStart, hit.hostEnd),
    query: hit.queryStart === -1 ? '' : hit.text(hit.queryStart, hit.targetEnd),
  };
}

describe('a request line', () => {
  it('has method, target, query and protocol', () => {
    const { hit, target, query } = request('GET /a/b?c=d&e HTTP/1.1');
    expect([hit.method, hit.protocol, hit.malformed, target, query]).toEqual([
      METHOD.get,
      11,
      false,
      '/a/b?c=d&e',
      'c=d&e',
    ]);
  });

  it('may hold spaces in its target', () => {
    const { hit, target } = request('GET /a b c HTTP/1.0');
    expect([hit.protocol, hit.malformed, target]).toEqual([10, false, '/a b c']);
  });

  it('without a protocol is kept whole and marked', () => {
    const { hit, target } = request('GET /cgi-bin/x y');
    expect([hit.method, hit.protocol, hit.malformed, target]).toEqual([METHOD.get, 0, true, '/cgi-bin/x y']);
  });

  it('with an absolute target gives the host without its port', () => {
    const { target, host } = request('GET https://site.example:443/a HTTP/2.0');
    expect([target, host]).toEqual(['/a', 'site.example']);
  });

  it.each(['-', '', '\x16\x03\x01\x02', '\x03\x00\x00/*', 'hello'])(
    'that is no HTTP (%j) is marked',
    (line) => {
      const { hit } = request(line);
      expect([hit.malformed, hit.method, hit.protocol]).toEqual([true, METHOD.none, 0]);
    },
  );

  it.each([
    ['POST', METHOD.post],
    ['HEAD', METHOD.head],
    ['PUT', METHOD.put],
    ['DELETE', METHOD.delete],
    ['OPTIONS', METHOD.options],
    ['PATCH', METHOD.patch],
    ['CONNECT', METHOD.connect],
    ['PROPFIND', METHOD.propfind],
    ['TRACE', METHOD.trace],
    ['SEARCH', METHOD.other],
  ])('knows %s', (name, method) => {
    expect(request(`${name} / HTTP/1.1`).hit.method).toBe(method);
  });
});
