// The custody log: sections 2 to 8 of docs/custody-format.md.
((vigia) => {
  const NO_ENTRY = '0'.repeat(64);
  const MAX_LINE_UNITS = 1048576;
  /** A UTF-16 unit takes at most three bytes. */
  const MAX_LINE_BYTES = 3 * MAX_LINE_UNITS;
  const MAX_LISTED_PROBLEMS = 1000;
  const LINE_FEED = 0x0a;
  const DOMAIN = vigia.toUtf8('vigia-custody-v1');
  const HEX_64 = /^[0-9a-f]{64}$/;
  const isText = (value) => typeof value === 'string';
  const isHash = (value) => isText(value) && HEX_64.test(value);
  const ACTIONS = [
    'receive',
    'hash',
    'copy',
    'verify-ok',
    'verify-fail',
    'open',
    'analyse',
    'transfer-out',
    'transfer-in',
    'redact',
    'export',
    'consent-change',
    'retention-hold',
    'destroy',
    'clock-note',
  ];
  const MEMBERS = {
    seq: (value) => Number.isSafeInteger(value) && value >= 1,
    prev: isHash,
    at: isText,
    clockSource: isText,
    monotonicMs: Number.isFinite,
    actor: isText,
    action: (value) => ACTIONS.indexOf(value) >= 0,
    evidenceId: (value) => value === null || isText(value),
    detail: (value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value) && isOfJson(value, 0),
    hash: isHash,
    sig: (value) => isText(value) && /^[0-9a-f]{128}$/.test(value),
  };

  /** JSON.parse makes 1e999 infinite: no number of JSON. Deeper than 100 is found as not canonical. */
  function isOfJson(value, depth) {
    if (typeof value === 'number') return Number.isFinite(value);
    if (typeof value !== 'object' || value === null || depth > 100) return true;
    return Object.keys(value).every((name) => isOfJson(value[name], depth + 1));
  }

  function isEntry(value) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const names = Object.keys(value);
    if (names.length !== Object.keys(MEMBERS).length) return false;
    return Object.keys(MEMBERS).every((name) => names.indexOf(name) >= 0 && MEMBERS[name](value[name]));
  }

  /** Cuts bytes that come in pieces into lines. A line that is too long is given as null. */
  class LineCutter {
    constructor(onLine) {
      this.onLine = onLine;
      this.parts = [];
      this.length = 0;
    }

    push(bytes) {
      let start = 0;
      for (;;) {
        const end = bytes.indexOf(LINE_FEED, start);
        this.keep(bytes.slice(start, end < 0 ? bytes.length : end));
        if (end < 0) return;
        this.end();
        start = end + 1;
      }
    }

    keep(part) {
      this.length += part.length;
      if (this.length <= MAX_LINE_BYTES) this.parts.push(part);
      else this.parts = [];
    }

    end() {
      if (this.length > 0) this.onLine(this.length > MAX_LINE_BYTES ? null : vigia.joinBytes(...this.parts));
      this.parts = [];
      this.length = 0;
    }
  }

  /** Checks a log that comes in pieces. */
  class LogCheck {
    /** @param keys each 32 bytes; null when there are none to check signatures with */
    constructor(keys) {
      this.keys = keys;
      this.expectedSeq = 1;
      this.expectedPrev = NO_ENTRY;
      this.lines = 0;
      this.headHash = null;
      this.firstBadSeq = null;
      this.problems = [];
      this.problemCount = 0;
      /** Of every line that is an entry. */
      this.entries = [];
      /** SHA-256 in the detail of an entry that passed -> its number. */
      this.named = new Map();
      this.cutter = new LineCutter((bytes) => this.line(bytes));
    }

    push(bytes) {
      this.cutter.push(bytes);
    }

    end() {
      this.cutter.end();
      return this;
    }

    line(bytes) {
      this.lines += 1;
      const text = bytes && vigia.fromUtf8(bytes);
      const value = text === null || text.length > MAX_LINE_UNITS ? undefined : parsed(text);
      if (value === undefined) return this.report(null, ['bad-json']);
      if (!isEntry(value)) return this.report(null, ['not-an-entry']);
      const codes = this.problemsOf(value, text);
      this.report(value.seq, codes);
      this.entries.push({ seq: value.seq, hash: value.hash, at: value.at, holds: this.firstBadSeq === null });
      if (codes.length === 0) this.nameIn(value.detail, value.seq);
      this.expectedSeq = value.seq + 1;
      this.expectedPrev = value.hash;
      this.headHash = value.hash;
    }

    report(seq, codes) {
      if (codes.length > 0 && this.firstBadSeq === null) this.firstBadSeq = this.expectedSeq;
      this.problemCount += codes.length;
      for (const code of codes) {
        if (this.problems.length < MAX_LISTED_PROBLEMS) this.problems.push({ seq, line: this.lines, code });
      }
      if (seq === null) this.expectedSeq += 1;
    }

    problemsOf(entry, text) {
      const codes = [];
      const canonical = vigia.canonical(entry);
      if (canonical !== text) codes.push('not-canonical');
      if (canonical !== null && hashOf(entry) !== entry.hash) codes.push('bad-hash');
      if (entry.seq !== this.expectedSeq) codes.push('wrong-seq');
      if (entry.prev !== this.expectedPrev) codes.push('broken-link');
      if (this.keys === null) return codes;
      const hash = vigia.fromHex(entry.hash);
      const signature = vigia.fromHex(entry.sig);
      if (!this.keys.some((key) => vigia.isSigned(key, hash, signature))) codes.push('bad-signature');
      return codes;
    }

    nameIn(value, seq) {
      if (isHash(value) && !this.named.has(value)) this.named.set(value, seq);
      if (typeof value !== 'object' || value === null) return;
      for (const name of Object.keys(value)) this.nameIn(value[name], seq);
    }
  }

  function parsed(text) {
    try {
      return JSON.parse(text);
    } catch (_) {
      return undefined;
    }
  }

  function hashOf(entry) {
    const body = {};
    for (const name of Object.keys(entry)) if (name !== 'hash' && name !== 'sig') body[name] = entry[name];
    const text = vigia.toUtf8(vigia.canonical(body));
    return vigia.toHex(vigia.sha256(DOMAIN, vigia.fromHex(entry.prev), text));
  }

  /** The keys in a text, one a line; `wrong` counts the lines that are none. */
  vigia.readKeys = (text) => {
    const lines = text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    const good = lines.filter((line) => HEX_64.test(line));
    return { keys: good.map(vigia.fromHex), wrong: lines.length - good.length };
  };

  /** Root of the Merkle tree of RFC 6962 over some hashes, from one index up to another. */
  function merkleRoot(hashes, from, to) {
    const count = to - from;
    if (count === 1) return vigia.sha256(new Uint8Array([0]), hashes[from]);
    let half = 1;
    while (2 * half < count) half *= 2;
    const left = merkleRoot(hashes, from, from + half);
    return vigia.sha256(new Uint8Array([1]), left, merkleRoot(hashes, from + half, to));
  }

  vigia.dailyRoots = (entries) => {
    const days = new Map();
    for (const entry of entries) {
      const day = entry.at.slice(0, 10);
      if (!days.has(day)) days.set(day, []);
      days.get(day).push(vigia.fromHex(entry.hash));
    }
    return Array.from(days, ([day, hashes]) => ({
      day,
      entries: hashes.length,
      root: vigia.toHex(merkleRoot(hashes, 0, hashes.length)),
    }));
  };

  vigia.receiptCode = (hash) => hash.slice(0, 20);

  vigia.receiptWords = (hash, list) => {
    const bits = BigInt(`0x${hash.slice(0, 22)}`);
    return [7, 6, 5, 4, 3, 2, 1, 0].map((place) => list[Number((bits >> BigInt(11 * place)) & BigInt(2047))]);
  };

  /** As words are typed: without accents and capitals. */
  const plain = (word) =>
    word
      .normalize('NFD')
      .replace(/[\u0300-\u036f]/g, '')
      .toLowerCase();

  /**
   * What somebody typed off a receipt: `{prefix}` in hex, `{problem}`, or null for nothing. The code has 20 digits; more are taken too.
   */
  vigia.readReceipt = (text, lists) => {
    const typed = text.trim();
    if (typed === '') return null;
    const digits = typed.replace(/[\s-]/g, '').toLowerCase();
    if (/^[0-9a-f]+$/.test(digits) && /\d/.test(digits)) {
      return digits.length >= 20 && digits.length <= 64 ? { prefix: digits } : { problem: 'digits' };
    }
    const words = typed.split(/[\s,.;]+/).filter((word) => word !== '');
    let known = 0;
    for (const list of lists) {
      const places = words.map((word) => list.findIndex((other) => plain(other) === plain(word)));
      if (words.length === 8 && places.every((place) => place >= 0)) {
        const bits = places.reduce((sum, place) => sum * BigInt(2048) + BigInt(place), BigInt(0));
        const hex = bits.toString(16);
        return { prefix: '0'.repeat(22 - hex.length) + hex };
      }
      known = Math.max(known, places.filter((place) => place >= 0).length);
    }
    return { problem: words.length === 8 || known < words.length ? 'words' : 'count' };
  };

  vigia.LogCheck = LogCheck;
})(vigia);
