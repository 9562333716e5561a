import fc from 'fast-check';

/** What a column of SQLite can hold whatever its declared type, the numbers that readers compare with among it. */
export const anySqliteValue: fc.Arbitrary<null | number | bigint | string | Uint8Array> = fc.oneof(
  fc.constantFrom(null, 0, 1),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.uint8Array({ maxLength: 60 }),
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);

/** Copies of `whole` with some bytes changed, none up to `maxChanges` of them. */
export function changedBytes(whole: Uint8Array, maxChanges: number): fc.Arbitrary<Buffer> {
  const change = fc.tuple(fc.nat({ max: whole.byteLength - 1 }), fc.nat({ max: 255 }));
  return fc.array(change, { maxLength: maxChanges }).map((changes) => {
    const copy = Buffer.from(whole);
    for (const [offset, byte] of changes) copy[offset] = byte;
    return copy;
  });
}
