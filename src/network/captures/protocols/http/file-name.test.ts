import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dispositionName, parameterOf, pathName } from './file-name.js';

describe('names of files', () => {
  it.each([
    ['attachment; filename="a b.pdf"', 'a b.pdf'],
    ['attachment; filename=a.pdf; size=3', 'a.pdf'],
    ['attachment; filename="say \\"hi\\".txt"', 'say "hi".txt'],
    ['attachment;FileName=a.pdf', 'a.pdf'],
    ["attachment; filename=x; filename*=UTF-8'en'%e2%82%ac.txt", '€.txt'],
    ["attachment; filename*=ISO-8859-1''%e9.txt", 'é.txt'],
    ['attachment; other; filename="open', 'open'],
    ['attachment', null],
    ['inline; filename=', null],
  ])('in %j', (header, name) => {
    expect(dispositionName(header)).toBe(name);
  });

  it.each([
    ['/a/b.exe?x=/c.txt', 'b.exe'],
    ['http://a.example/b%20c.apk#d', 'b c.apk'],
    ['http://a.example', null],
    ['/a/', null],
    ['/%zz%4', '%zz%4'],
  ])('at the end of %j', (target, name) => {
    expect(pathName(target)).toBe(name);
  });

  it('a boundary with a semicolon inside', () => {
    expect(parameterOf('multipart/form-data; boundary="a;b"; x=y', 'boundary')).toBe('a;b');
  });

  it('any header gives a name or none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect((dispositionName(`attachment;${text}`) ?? '').length).toBeLessThan(256);
        expect((pathName(text) ?? '').length).toBeLessThan(256);
      }),
    );
  });
});
