import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aCase } from '../../casework/vault/testing/a-case.js';
import { NOW } from '../../casework/vault/testing/open-vault.js';
import type { ResultFinding } from '../../core/result.js';
import { finding, result } from '../../report/testing/results.js';
import type { Graph } from '../api/api.js';
import { type FakeServer, fakeServer } from '../testing/fake-server.js';

let server: FakeServer;
beforeEach(async () => {
  server = await fakeServer();
});
afterEach(() => server.close());

const graph = (code = ''): Promise<Graph> =>
  server.json('GET', code === '' ? '/graph' : `/graph?case=${code}`);

/** Finished checks of a person's case. */
function found(clientRef: string, findings: readonly ResultFinding[]): string {
  const { id, code } = server.desk.newCase({ ...aCase(), clientRef });
  server.vault.runs.begin({ caseId: id, startedAt: NOW }).finish([result({ findings: [...findings] })], NOW);
  return code;
}

function lure(id: string, ...hosts: string[]): ResultFinding {
  return finding({ id, detector: 'lures/suspicious-message', details: { hosts } });
}

describe('people and infrastructure', () => {
  it('are tied by what was found, with the same places each time', async () => {
    found('Ceiba', [lure('f1', 'one.example.org', 'two.example.org'), lure('f2', 'one.example.org')]);
    found('Ocote', [lure('f1', 'one.example.org')]);
    const { nodes, edges, ...rest } = await graph();
    expect(rest).toEqual({ shown: 4, total: 4, criterion: 'most-people', seed: 20_170_619 });
    expect(nodes.map(({ id, kind, label, weight }) => [id, kind, label, weight])).toEqual([
      ['n1', 'person', 'Ceiba', 2],
      ['n2', 'person', 'Ocote', 1],
      ['n3', 'trace', 'one.example.org', 2],
      ['n4', 'trace', 'two.example.org', 1],
    ]);
    expect(edges).toEqual([
      { from: 'n1', to: 'n3', technique: 'mensajes señuelo', count: 2 },
      { from: 'n1', to: 'n4', technique: 'mensajes señuelo', count: 1 },
      { from: 'n2', to: 'n3', technique: 'mensajes señuelo', count: 1 },
    ]);
    for (const { x, y } of nodes) {
      expect(x >= 0 && x <= 1, `${x}`).toBe(true);
      expect(y >= 0 && y <= 1, `${y}`).toBe(true);
    }
    expect(new Set(nodes.map(({ x, y }) => `${x} ${y}`)).size).toBe(4);
    expect(await graph()).toEqual({ nodes, edges, ...rest });
    server.speak('en');
    const en = await graph();
    expect(en.edges[0]?.technique).toBe('lure messages');
    expect(en.nodes.map(({ x, y }) => [x, y])).toEqual(nodes.map(({ x, y }) => [x, y]));
  });

  it('of one case are those of that case, and none where nothing was found', async () => {
    const code = found('Ceiba', [lure('f1', 'one.example.org')]);
    found('Ocote', [lure('f1', 'two.example.org')]);
    expect((await graph(code)).nodes.map(({ label }) => label)).toEqual(['Ceiba', 'one.example.org']);
    expect(await graph(server.code)).toMatchObject({ nodes: [], edges: [], shown: 0, total: 0 });
    expect(await server.refusal('GET', '/graph?case=V-2026-0999')).toEqual([404, 'case/no-such-case']);
  });

  it('are at most 300, those that most people have, and say of how many', async () => {
    // The last host reaches everybody, each person has 150 of their own.
    for (const [number, person] of ['Ceiba', 'Ocote', 'Amate'].entries()) {
      const own = Array.from({ length: 150 }, (_, host) => `h${host}.p${number}.example.org`);
      found(person, [lure('f1', ...own, 'zz.example.org')]);
    }
    const started = performance.now();
    const { nodes, edges, shown, total } = await graph();
    expect(performance.now() - started).toBeLessThan(5_000);
    expect([nodes.length, shown, total]).toEqual([300, 300, 3 + 450 + 1]);
    expect(nodes.slice(0, 4).map(({ label, weight }) => [label, weight])).toEqual([
      ['Amate', 1],
      ['Ceiba', 1],
      ['Ocote', 1],
      ['zz.example.org', 3],
    ]);
    const ids = new Set(nodes.map(({ id }) => id));
    expect(edges.every(({ from, to }) => ids.has(from) && ids.has(to))).toBe(true);
    expect(edges).toHaveLength(296 + 3);
  });

  it('leave room for what reached them where people are many', async () => {
    for (let number = 0; number < 260; number += 1)
      found(`Person ${number}`, [lure('f1', `h${number}.example.org`, 'all.example.org')]);
    const { nodes, shown, total } = await graph();
    expect([shown, total]).toEqual([300, 260 + 261]);
    expect(nodes.filter(({ kind }) => kind === 'person')).toHaveLength(200);
    expect(nodes.find(({ kind }) => kind === 'trace')).toMatchObject({
      label: 'all.example.org',
      weight: 260,
    });
  });

  it('are text as the evidence has it', async () => {
    found('Ceiba', [finding({ detector: 'lures/x', details: { sender: '<img src=x onerror=alert(1)>' } })]);
    const answer = await server.request('GET', '/graph');
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(((await answer.json()) as Graph).nodes[1]?.label).toBe('<img src=x onerror=alert(1)>');
  });
});
