/** The verifier's program without its page, run where there is nothing but the language. */
import { createContext, runInContext } from 'node:vm';
import { verifierChecks } from '../verifier.js';

export interface Checks {
  sha256(...parts: Uint8Array[]): Uint8Array;
  sha512(bytes: Uint8Array): Uint8Array;
  isSigned(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  fromUtf8(bytes: Uint8Array): string | null;
  toUtf8(text: string): Uint8Array;
  canonical(value: unknown): string | null;
  readKeys(text: string): { readonly keys: Uint8Array[]; readonly wrong: number };
  receiptCode(hash: string): string;
  receiptWords(hash: string, list: readonly string[]): string[];
  readReceipt(
    text: string,
    lists: readonly (readonly string[])[],
  ): { readonly prefix?: string; readonly problem?: string } | null;
  dailyRoots(
    entries: readonly { readonly at: string; readonly hash: string }[],
  ): { readonly day: string; readonly entries: number; readonly root: string }[];
  readManifest(
    text: string,
    isTag: boolean,
  ): {
    readonly digests: Map<string, string>;
    readonly problems: { readonly code: string; readonly line: number }[];
  };
  listZip(size: number, read: Read): Promise<readonly ZipEntry[]>;
  unzip(entry: ZipEntry, size: number, read: Read, onPiece: (bytes: Uint8Array) => void): Promise<void>;
  checkBag(
    files: readonly BagSource[],
    options: { readonly keys: readonly Uint8Array[] | null },
  ): Promise<BagResult>;
  verdictOf(result: BagResult): { readonly state: 'fits' | 'differs' | 'partly'; readonly lacks: string[] };
  readonly Inflate: new (
    onPiece: (bytes: Uint8Array) => void,
  ) => { push(bytes: Uint8Array): void; end(): void };
  readonly LogCheck: new (
    keys: readonly Uint8Array[] | null,
  ) => LogResult & { push(bytes: Uint8Array): void; end(): LogResult };
}

export interface LogResult {
  readonly lines: number;
  readonly headHash: string | null;
  readonly firstBadSeq: number | null;
  readonly problems: readonly { readonly seq: number | null; readonly line: number; readonly code: string }[];
  readonly entries: readonly { readonly seq: number; readonly at: string; readonly hash: string }[];
  readonly named: Map<string, number>;
}

export interface ZipEntry {
  readonly path: string;
  readonly size: number;
}

export interface BagSource extends ZipEntry {
  stream(onPiece: (bytes: Uint8Array) => void): Promise<void>;
}

export interface BagResult {
  readonly log: LogResult | null;
  readonly keysFrom: string;
  readonly problems: readonly { readonly code: string; readonly path: string }[];
  readonly rows: readonly {
    readonly path: string;
    readonly state: string;
    readonly namedBy: number | null;
  }[];
  readonly manifestNamedBy: number | null;
  readonly days: readonly { readonly root: string; readonly stamped: { readonly state: string } }[];
}

type Read = (offset: number, length: number) => Promise<Uint8Array>;

export function loadChecks(): Checks {
  return runInContext(`'use strict';\n${verifierChecks()}\nvigia`, createContext({})) as Checks;
}
