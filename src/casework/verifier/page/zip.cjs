// Reading zip files (PKWARE APPNOTE) with files stored or deflated (RFC 1951), piece by piece.
((vigia) => {
  const END = 0x06054b50;
  const END_64 = 0x06064b50;
  const LOCATOR_64 = 0x07064b50;
  const CENTRAL = 0x02014b50;
  const LOCAL = 0x04034b50;
  const UNKNOWN_32 = 0xffffffff;
  const MAX_COMMENT = 0xffff;
  const MAX_DIRECTORY_BYTES = 268435456;
  const PIECE = 65536;

  class ZipError extends Error {}

  const viewOf = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const number64 = (view, at) => view.getUint32(at + 4, true) * 4294967296 + view.getUint32(at, true);

  /**
   * The files in a zip.
   *
   * @param read - (offset, length) -> promise of bytes
   */
  vigia.listZip = async (size, read) => {
    const tailLength = Math.min(size, MAX_COMMENT + 22);
    const tail = await read(size - tailLength, tailLength);
    const view = viewOf(tail);
    let at = tail.length - 22;
    // What stands behind it is a comment of the length that it says, and may itself look like such an end.
    const isEnd = (place) =>
      view.getUint32(place, true) === END && view.getUint16(place + 20, true) === tail.length - place - 22;
    while (at >= 0 && !isEnd(at)) at -= 1;
    if (at < 0) throw new ZipError('no-end');
    let count = view.getUint16(at + 10, true);
    let length = view.getUint32(at + 12, true);
    let start = view.getUint32(at + 16, true);
    if (at >= 20 && view.getUint32(at - 20, true) === LOCATOR_64) {
      const place = number64(view, at - 12);
      if (place + 56 > size) throw new ZipError('cut');
      const end = viewOf(await read(place, 56));
      if (end.getUint32(0, true) !== END_64) throw new ZipError('no-end');
      count = number64(end, 32);
      length = number64(end, 40);
      start = number64(end, 48);
    }
    if (length > MAX_DIRECTORY_BYTES || start + length > size) throw new ZipError('cut');
    const entries = directory(await read(start, length));
    if (entries.length !== count) throw new ZipError('cut');
    return entries.filter((entry) => entry.path.slice(-1) !== '/');
  };

  function directory(bytes) {
    const view = viewOf(bytes);
    const entries = [];
    let at = 0;
    while (at + 46 <= bytes.length && view.getUint32(at, true) === CENTRAL) {
      const nameEnd = at + 46 + view.getUint16(at + 28, true);
      const extraEnd = nameEnd + view.getUint16(at + 30, true);
      if (extraEnd > bytes.length) throw new ZipError('cut');
      const name = bytes.subarray(at + 46, nameEnd);
      const text = vigia.fromUtf8(name);
      const entry = {
        path: text === null ? String.fromCharCode.apply(null, name) : text,
        isEncrypted: (view.getUint16(at + 8, true) & 1) === 1,
        method: view.getUint16(at + 10, true),
        packed: view.getUint32(at + 20, true),
        size: view.getUint32(at + 24, true),
        offset: view.getUint32(at + 42, true),
      };
      readLongSizes(entry, view, nameEnd, extraEnd);
      entries.push(entry);
      at = extraEnd + view.getUint16(at + 32, true);
    }
    return entries;
  }

  /** Of files of four gigabytes and more. */
  function readLongSizes(entry, view, from, to) {
    for (let at = from; at + 4 <= to; at += 4 + view.getUint16(at + 2, true)) {
      if (view.getUint16(at, true) !== 1) continue;
      let place = at + 4;
      for (const field of ['size', 'packed', 'offset']) {
        if (entry[field] !== UNKNOWN_32) continue;
        if (place + 8 > to) throw new ZipError('cut');
        entry[field] = number64(view, place);
        place += 8;
      }
    }
  }

  /** Gives the content of a file in a zip to `onPiece`, and nothing longer than the zip says it is. */
  vigia.unzip = async (entry, size, read, onPiece) => {
    if (entry.isEncrypted || (entry.method !== 0 && entry.method !== 8)) throw new ZipError('method');
    if (entry.offset + 30 > size) throw new ZipError('cut');
    const local = viewOf(await read(entry.offset, 30));
    if (local.getUint32(0, true) !== LOCAL) throw new ZipError('cut');
    let at = entry.offset + 30 + local.getUint16(26, true) + local.getUint16(28, true);
    const end = at + entry.packed;
    if (end > size) throw new ZipError('cut');
    let given = 0;
    const give = (bytes) => {
      given += bytes.length;
      if (given > entry.size) throw new ZipError('too-long');
      onPiece(bytes);
    };
    const inflate = entry.method === 8 ? new vigia.Inflate(give) : null;
    while (at < end) {
      const bytes = await read(at, Math.min(PIECE, end - at));
      if (bytes.length === 0) throw new ZipError('cut');
      at += bytes.length;
      if (inflate) inflate.push(bytes);
      else give(bytes);
    }
    if (inflate) inflate.end();
    if (given !== entry.size) throw new ZipError('cut');
  };

  // RFC 1951, 3.2.5 and 3.2.7.
  const LENGTH_BASE = [];
  const LENGTH_BITS = [];
  const DISTANCE_BASE = [];
  const DISTANCE_BITS = [];
  for (let symbol = 0, base = 3; symbol < 28; symbol += 1) {
    const bits = symbol < 8 ? 0 : (symbol >> 2) - 1;
    LENGTH_BASE.push(base);
    LENGTH_BITS.push(bits);
    base += 1 << bits;
  }
  LENGTH_BASE.push(258);
  LENGTH_BITS.push(0);
  for (let symbol = 0, base = 1; symbol < 30; symbol += 1) {
    const bits = symbol < 4 ? 0 : (symbol >> 1) - 1;
    DISTANCE_BASE.push(base);
    DISTANCE_BITS.push(bits);
    base += 1 << bits;
  }
  const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
  const WINDOW = 32768;
  const OUTPUT = 4 * WINDOW;
  /** More than the head of a block takes: 14 + 19 * 3 + 320 * 22 bits. */
  const HEAD_BYTES = 1024;
  /** More than one symbol takes: 15 + 5 + 15 + 13 bits. */
  const SYMBOL_BYTES = 8;

  const FIXED_LENGTHS = lengthsOf([
    [144, 8],
    [112, 9],
    [24, 7],
    [8, 8],
  ]);
  const FIXED_DISTANCES = lengthsOf([[30, 5]]);

  function lengthsOf(runs) {
    const lengths = [];
    for (const [count, length] of runs) for (let index = 0; index < count; index += 1) lengths.push(length);
    return lengths;
  }

  /** For the next bits of the input: symbol times 16 plus the length of its code; 0 where no code is. */
  function codeTable(lengths) {
    const most = Math.max(1, ...lengths);
    const counts = new Array(17).fill(0);
    for (const length of lengths) if (length > 0) counts[length] += 1;
    const next = new Array(17).fill(0);
    let code = 0;
    for (let length = 1; length <= most; length += 1) {
      code = (code + (length > 1 ? counts[length - 1] : 0)) << 1;
      next[length] = code;
      if (code + counts[length] > 1 << length) throw new ZipError('damaged');
    }
    const table = new Uint16Array(1 << most);
    lengths.forEach((length, symbol) => {
      if (length === 0) return;
      let reversed = 0;
      for (let bit = 0, rest = next[length]; bit < length; bit += 1, rest >>= 1)
        reversed = (reversed << 1) | (rest & 1);
      next[length] += 1;
      for (let place = reversed; place < table.length; place += 1 << length)
        table[place] = symbol * 16 + length;
    });
    return { table, most };
  }

  /** Unpacks deflated bytes that come in pieces, and gives pieces of what was in them. */
  class Inflate {
    constructor(onPiece) {
      this.onPiece = onPiece;
      this.input = new Uint8Array(0);
      this.at = 0;
      this.isLast = false;
      this.bitValue = 0;
      this.bitCount = 0;
      this.output = new Uint8Array(OUTPUT);
      this.length = 0;
      this.flushed = 0;
      this.run = this.blocks();
    }

    push(bytes) {
      this.input = vigia.joinBytes(this.input.subarray(this.at), bytes);
      this.at = 0;
      this.run.next();
    }

    end() {
      this.isLast = true;
      if (!this.run.next().done) throw new ZipError('cut');
    }

    /** Stops wherever the input might not suffice, and goes on with the next piece. */
    *blocks() {
      let isFinal = false;
      while (!isFinal) {
        while (this.lacks(HEAD_BYTES)) yield;
        isFinal = this.bits(1) === 1;
        const kind = this.bits(2);
        if (kind === 3) throw new ZipError('damaged');
        if (kind === 0) {
          this.bitValue = 0;
          this.bitCount = 0;
          let rest = this.bits(16);
          if ((rest ^ this.bits(16)) !== 0xffff) throw new ZipError('damaged');
          while (rest > 0) {
            while (this.lacks(1)) yield;
            if (this.at >= this.input.length) throw new ZipError('cut');
            const part = this.input.subarray(this.at, this.at + Math.min(rest, WINDOW));
            this.makeRoom(part.length);
            this.output.set(part, this.length);
            this.length += part.length;
            this.at += part.length;
            rest -= part.length;
          }
          continue;
        }
        const [literals, distances] = kind === 1 ? fixedTables() : this.tables();
        for (;;) {
          while (this.lacks(SYMBOL_BYTES)) yield;
          const symbol = this.symbol(literals);
          if (symbol === 256) break;
          this.makeRoom(258);
          if (symbol < 256) this.output[this.length++] = symbol;
          else this.repeat(symbol - 257, distances);
        }
      }
      this.flush();
    }

    lacks(count) {
      return !this.isLast && this.input.length - this.at < count;
    }

    fill(count) {
      while (this.bitCount < count && this.at < this.input.length) {
        this.bitValue |= this.input[this.at++] << this.bitCount;
        this.bitCount += 8;
      }
    }

    drop(count) {
      if (this.bitCount < count) throw new ZipError('cut');
      this.bitValue >>>= count;
      this.bitCount -= count;
    }

    bits(count) {
      this.fill(count);
      const value = this.bitValue & ((1 << count) - 1);
      this.drop(count);
      return value;
    }

    symbol({ table, most }) {
      this.fill(most);
      const found = table[this.bitValue & ((1 << most) - 1)];
      if (found === 0) throw new ZipError(this.bitCount < most ? 'cut' : 'damaged');
      this.drop(found & 15);
      return found >> 4;
    }

    tables() {
      const literalCount = this.bits(5) + 257;
      const distanceCount = this.bits(5) + 1;
      const codeCount = this.bits(4) + 4;
      const codeLengths = new Array(19).fill(0);
      for (let index = 0; index < codeCount; index += 1) codeLengths[ORDER[index]] = this.bits(3);
      const codes = codeTable(codeLengths);
      const lengths = [];
      while (lengths.length < literalCount + distanceCount) {
        const symbol = this.symbol(codes);
        if (symbol < 16) {
          lengths.push(symbol);
          continue;
        }
        if (symbol === 16 && lengths.length === 0) throw new ZipError('damaged');
        const length = symbol === 16 ? lengths[lengths.length - 1] : 0;
        const count = symbol === 16 ? 3 + this.bits(2) : symbol === 17 ? 3 + this.bits(3) : 11 + this.bits(7);
        for (let index = 0; index < count; index += 1) lengths.push(length);
      }
      if (lengths.length > literalCount + distanceCount) throw new ZipError('damaged');
      return [codeTable(lengths.slice(0, literalCount)), codeTable(lengths.slice(literalCount))];
    }

    repeat(lengthSymbol, distances) {
      if (lengthSymbol >= LENGTH_BASE.length) throw new ZipError('damaged');
      const length = LENGTH_BASE[lengthSymbol] + this.bits(LENGTH_BITS[lengthSymbol]);
      const symbol = this.symbol(distances);
      if (symbol >= DISTANCE_BASE.length) throw new ZipError('damaged');
      const distance = DISTANCE_BASE[symbol] + this.bits(DISTANCE_BITS[symbol]);
      if (distance > this.length) throw new ZipError('damaged');
      const output = this.output;
      // Byte by byte: what is repeated may be what is just being written.
      for (let index = 0; index < length; index += 1) {
        output[this.length] = output[this.length - distance];
        this.length += 1;
      }
    }

    makeRoom(count) {
      if (this.length + count <= OUTPUT) return;
      this.flush();
      this.output.copyWithin(0, this.length - WINDOW, this.length);
      this.length = WINDOW;
      this.flushed = WINDOW;
    }

    flush() {
      if (this.length > this.flushed) this.onPiece(this.output.slice(this.flushed, this.length));
      this.flushed = this.length;
    }
  }

  let fixed = null;

  function fixedTables() {
    if (!fixed) fixed = [codeTable(FIXED_LENGTHS), codeTable(FIXED_DISTANCES)];
    return fixed;
  }

  vigia.Inflate = Inflate;
})(vigia);
