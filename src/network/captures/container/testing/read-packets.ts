import { CaptureParser, type CaptureProblem } from '../capture-parser.js';

/** A packet, kept. */
export interface KeptPacket {
  readonly frame: number;
  readonly micros: number;
  readonly linkType: number;
  readonly wireLength: number;
  /** Content as hex. */
  readonly content: string;
}

/** All that a parser says about a file given in pieces of these lengths, the last one over and over. */
export function readPackets(file: Uint8Array, pieces: readonly number[] = [file.length || 1]) {
  const packets: KeptPacket[] = [];
  const problems: CaptureProblem[] = [];
  const names: (readonly [address: string, name: string])[] = [];
  let secrets = 0;
  const parser = new CaptureParser({
    packet({ frame, micros, linkType, wireLength, bytes, start, end }) {
      packets.push({ frame, micros, linkType, wireLength, content: bytes.toString('hex', start, end) });
    },
    problem: (problem) => problems.push(problem),
    secrets: () => {
      secrets += 1;
    },
    name: (address, name) => names.push([address, name]),
  });
  for (let at = 0, piece = 0; at < file.length; piece += 1) {
    const length = pieces[Math.min(piece, pieces.length - 1)] ?? 1;
    // A copy that is overwritten afterwards: nothing may be kept of a piece.
    const given = Uint8Array.from(file.subarray(at, at + length));
    parser.push(given);
    given.fill(0xee);
    at += length;
  }
  parser.end();
  const { container, linkTypes } = parser;
  return { packets, problems, names, secrets, container, linkTypes: [...linkTypes] };
}

/** Codes of problems with their places. */
export function codesOf({ problems }: { readonly problems: readonly CaptureProblem[] }): string[] {
  return problems.map(({ code, locator }) => `${code} ${locator}`.trim());
}
