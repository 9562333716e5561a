import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCarrierNat, isProxyProvider, networkKind } from './network-kind.js';

describe('the kind of a network', () => {
  it.each([
    [28403, 'RadioMovil Dipsa, S.A. de C.V.', 'mobile'],
    [265540, 'ALTAN REDES, S.A.P.I. de C. V.', 'mobile'],
    [8151, 'Uninet S.A. de C.V.', 'fixed'],
    [16276, 'OVH SAS', 'hosting'],
    [13335, 'Cloudflare, Inc.', 'hosting'],
    [64267, 'Sprious LLC', 'hosting'],
  ])('AS%i %s is %s, by its number', (asn, name, kind) => {
    expect(networkKind(asn, name)).toBe(kind);
    expect(networkKind(asn, null)).toBe(kind);
  });

  it.each([
    ['Universidad de Ejemplo', 'education'],
    ['Example Community College', 'education'],
    ['Ministerio de Ejemplo', 'government'],
    ['SECRETARÍA DE EJEMPLO', 'government'],
    ['Example Hosting GmbH', 'hosting'],
    ['Example Data Center S.A.', 'hosting'],
    ['Example VPS', 'hosting'],
    ['Example Cloud Ltd', 'hosting'],
    ['Ejemplo Móvil', 'mobile'],
    ['Example Telecommunications', 'fixed'],
    ['Ejemplo Telefónica del Sur', 'fixed'],
    ['Fibra Ejemplo', 'fixed'],
    ['Example Trading Company', 'unknown'],
    ['Ghostwriters Ltd', 'unknown'],
    ['', 'unknown'],
  ])('"%s" is %s, by its name', (name, kind) => {
    expect(networkKind(64_500, name)).toBe(kind);
  });

  it('is unknown without a number and a name', () => {
    expect(networkKind(0, null)).toBe('unknown');
  });

  it('knows where many share an address', () => {
    expect([28403, 28469, 28521, 8151, 7438, 28415, 265540, 14178, 17072, 22884].every(isCarrierNat)).toBe(
      true,
    );
    expect(isCarrierNat(16276)).toBe(false);
    expect(isCarrierNat(0)).toBe(false);
  });

  it('knows sellers of proxies', () => {
    expect([isProxyProvider(64267), isProxyProvider(16276)]).toEqual([true, false]);
  });

  it('is one of its kinds for any name', () => {
    const kinds = ['hosting', 'mobile', 'fixed', 'education', 'government', 'unknown'];
    fc.assert(
      fc.property(fc.nat(), fc.string({ unit: 'binary', maxLength: 400 }), (asn, name) =>
        kinds.includes(networkKind(asn, name)),
      ),
    );
  });
});
