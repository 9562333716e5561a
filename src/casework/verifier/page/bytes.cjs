// Bytes, hex and UTF-8, and the canonical text of RFC 8785 (section 3 of docs/custody-format.md).
((vigia) => {
  const MAX_DEPTH = 100;
  const ESCAPES = {
    '"': '\\"',
    '\\': '\\\\',
    '\b': '\\b',
    '\t': '\\t',
    '\n': '\\n',
    '\f': '\\f',
    '\r': '\\r',
  };

  vigia.toHex = (bytes) => Array.from(bytes, (byte) => (byte < 16 ? '0' : '') + byte.toString(16)).join('');

  vigia.fromHex = (hex) => {
    const bytes = new Uint8Array(hex.length / 2);
    for (let index = 0; index < bytes.length; index += 1) {
      bytes[index] = Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16);
    }
    return bytes;
  };

  vigia.joinBytes = (...parts) => {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  };

  /** The text of UTF-8 bytes; null when they are not UTF-8. A byte order mark stays where it is. */
  vigia.fromUtf8 = (bytes) => {
    let text = '';
    let units = [];
    let at = 0;
    while (at < bytes.length) {
      const lead = bytes[at];
      const more =
        lead < 0x80 ? 0 : lead < 0xc2 ? -1 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : -1;
      if (more < 0 || at + more >= bytes.length) return null;
      let point = more === 0 ? lead : lead & (0x3f >> more);
      for (let index = 1; index <= more; index += 1) {
        const byte = bytes[at + index];
        if ((byte & 0xc0) !== 0x80) return null;
        point = (point << 6) | (byte & 0x3f);
      }
      // Longer than needed, half of a pair, or beyond Unicode.
      if (more === 2 && (point < 0x800 || (point >= 0xd800 && point < 0xe000))) return null;
      if (more === 3 && (point < 0x10000 || point > 0x10ffff)) return null;
      if (point < 0x10000) units.push(point);
      else units.push(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + ((point - 0x10000) & 0x3ff));
      at += more + 1;
      if (units.length > 4096) {
        text += String.fromCharCode.apply(null, units);
        units = [];
      }
    }
    return text + String.fromCharCode.apply(null, units);
  };

  /** UTF-8 of a text without lone surrogates. */
  vigia.toUtf8 = (text) => {
    const bytes = new Uint8Array(3 * text.length);
    let length = 0;
    for (let index = 0; index < text.length; index += 1) {
      let point = text.charCodeAt(index);
      if (point >= 0xd800 && point < 0xdc00) {
        index += 1;
        point = 0x10000 + ((point - 0xd800) << 10) + (text.charCodeAt(index) - 0xdc00);
      }
      if (point < 0x80) bytes[length++] = point;
      else {
        if (point < 0x800) bytes[length++] = 0xc0 | (point >> 6);
        else {
          if (point < 0x10000) bytes[length++] = 0xe0 | (point >> 12);
          else {
            bytes[length++] = 0xf0 | (point >> 18);
            bytes[length++] = 0x80 | ((point >> 12) & 0x3f);
          }
          bytes[length++] = 0x80 | ((point >> 6) & 0x3f);
        }
        bytes[length++] = 0x80 | (point & 0x3f);
      }
    }
    return bytes.subarray(0, length);
  };

  /** The canonical text of a value out of JSON.parse; null when it has none. */
  vigia.canonical = (value, depth = 0) => {
    if (depth > MAX_DEPTH) return null;
    if (value === null || typeof value === 'boolean') return String(value);
    // String() writes numbers as ECMAScript does, and -0 as 0.
    if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null;
    if (typeof value === 'string') return quoted(value);
    const parts = Array.isArray(value)
      ? value.map((item) => vigia.canonical(item, depth + 1))
      : Object.keys(value)
          // The default order is that of UTF-16 code units.
          .sort()
          .map((name) => {
            const text = name === '__proto__' ? null : vigia.canonical(value[name], depth + 1);
            const key = quoted(name);
            return key === null || text === null ? null : `${key}:${text}`;
          });
    if (parts.indexOf(null) >= 0) return null;
    return Array.isArray(value) ? `[${parts.join(',')}]` : `{${parts.join(',')}}`;
  };

  /** A text in quotes; null when it holds half of a surrogate pair. */
  function quoted(text) {
    let result = '"';
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      const sign = text[index];
      if (unit >= 0xd800 && unit < 0xe000) {
        const next = text.charCodeAt(index + 1);
        if (unit >= 0xdc00 || !(next >= 0xdc00 && next < 0xe000)) return null;
        result += sign + text[index + 1];
        index += 1;
      } else if (ESCAPES[sign] !== undefined) result += ESCAPES[sign];
      else if (unit < 0x20) result += `\\u00${unit < 0x10 ? '0' : ''}${unit.toString(16)}`;
      else result += sign;
    }
    return `${result}"`;
  }
})(vigia);
