import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AddressWords, readAddress } from '../hits/client-address.js';
import { TorExits } from './tor.js';

function has(exits: TorExits, text: string): boolean {
  const into: AddressWords = { ipVersion: 0, ip0: 0, ip1: 0, ip2: 0, ip3: 0 };
  readAddress(Buffer.from(text), 0, text.length, into);
  return exits.has(into.ipVersion, into.ip0, into.ip1, into.ip2, into.ip3);
}

describe('exits of Tor', () => {
  it('are read from a list with one address per line', () => {
    const exits = TorExits.parse(
      Buffer.from('# made up\n192.0.2.1\r\n192.0.2.1\n\n 2001:db8::1\nnonsense\n192.0.2.3'),
    );
    expect(exits.size).toBe(3);
    expect(['192.0.2.1', '192.0.2.3', '2001:db8::1'].map((text) => has(exits, text))).toEqual([
      true,
      true,
      true,
    ]);
    expect(['192.0.2.2', '2001:db8::2', ''].map((text) => has(exits, text))).toEqual([false, false, false]);
  });

  it('are read from the longer form', () => {
    const list = [
      'ExitNode 0123456789ABCDEF',
      'Published 2026-06-01 10:00:00',
      'LastStatus 2026-06-01 11:00:00',
      'ExitAddress 192.0.2.8 2026-06-01 11:05:00',
    ].join('\n');
    const exits = TorExits.parse(Buffer.from(list));
    expect([exits.size, has(exits, '192.0.2.8')]).toEqual([1, true]);
  });

  it('are none without a list', () => {
    expect([TorExits.none().size, has(TorExits.none(), '192.0.2.1')]).toEqual([0, false]);
  });

  it('are bounded in number', () => {
    const line = (row: number): string => `10.${row >> 16}.${(row >> 8) & 255}.${row & 255}`;
    const list = Array.from({ length: 210_000 }, (_, row) => line(row)).join('\n');
    expect(TorExits.parse(Buffer.from(list)).size).toBe(200_000);
  });

  it('come out of any bytes without a failure', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => TorExits.parse(bytes).size >= 0));
  });
});
