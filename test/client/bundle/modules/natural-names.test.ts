import { describe, expect, it } from '@jest/globals';

import { withNaturalNames } from '../../../../client/bundle/modules/natural-names.js';

describe('withNaturalNames', () => {
  it.each([
    ['a function', 'function a() {\n}\n__name(a, "a");', 'function a() {\n}\n              ;'],
    [
      'a class',
      'class A {\n  static {\n    __name(this, "A");\n  }\n}',
      'class A {\n  static {\n                     ;\n  }\n}',
    ],
    ['a variable', 'const a = __name((b) => b, "a");', 'const a =       ((b) => b     );'],
    ['a property', 'x({ a: __name(function() {\n}, "a") });', 'x({ a:       (function() {\n}     ) });'],
    ['a named function', 'x(__name(function a() {\n}, "a"));', 'x(      (function a() {\n}     ));'],
  ])('The call that names %s is removed if the name is the same without it', (_of, text, expected) => {
    expect(withNaturalNames(text)).toBe(expected);
    expect(text.length).toBe(expected.length);
  });

  it.each([
    ['a renamed function', 'function a2() {\n}\n__name(a2, "a");'],
    ['a renamed class', 'class _A {\n  static {\n    __name(this, "A");\n  }\n}'],
    [
      'a class in a variable of another name',
      'let _A = class {\n  static {\n    __name(this, "A");\n  }\n};',
    ],
    ['a renamed variable', 'const a2 = __name((b) => b, "a");'],
    ['a member', 'x.a = __name((b) => b, "a");'],
    ['a conditional value', 'c ? a : __name((b) => b, "a");'],
    ['an argument', 'x(__name((b) => b, "a"));'],
    ['a function that has another name', 'const a = __name(function b() {\n}, "a");'],
    ['a text', 'const text = \'function a() {} __name(a, "a");\';'],
  ])('The call that names %s is kept', (_of, text) => {
    expect(withNaturalNames(text)).toBe(text);
  });

  it('Code that cannot be split into tokens stays as it is', () => {
    const text = 'function a() {}\n__name(a, "a"); (';

    expect(withNaturalNames(text)).toBe(text);
  });
});
