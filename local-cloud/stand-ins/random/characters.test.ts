import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { checkCharacters, randomText } from "./characters.ts";

const minimum = fc.integer({ min: 0, max: 5 });

describe("random text", () => {
  it("has the given length, and at least the minimum of each kind", () => {
    fc.assert(
      fc.property(minimum, minimum, minimum, minimum, fc.integer({ min: 1, max: 20 }), (...given) => {
        const [minLower, minUpper, minNumeric, minSpecial, more] = given;
        const length = minLower + minUpper + minNumeric + minSpecial + more;
        const text = randomText({ length, minLower, minUpper, minNumeric, minSpecial });
        const has = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
        assert.equal(text.length, length);
        assert.ok(has(/[a-z]/g) >= minLower && has(/[A-Z]/g) >= minUpper);
        assert.ok(has(/[0-9]/g) >= minNumeric && has(/[^a-zA-Z0-9]/g) >= minSpecial);
      }),
    );
  });

  it("uses only enabled kinds, and the given special characters", () => {
    assert.match(randomText({ length: 200, upper: false, numeric: false, overrideSpecial: "_." }), /^[a-z_.]{200}$/);
    assert.match(randomText({ length: 200, special: false }), /^[a-zA-Z0-9]{200}$/);
  });

  it("has exactly the minimum of a disabled kind", () => {
    const text = randomText({ length: 100, special: false, minSpecial: 3 });
    assert.equal(text.replaceAll(/[a-zA-Z0-9]/g, "").length, 3);
  });

  it("is refused if the rules contradict each other", () => {
    assert.match(checkCharacters({ length: 3, minLower: 2, minUpper: 2 })[0]?.reason ?? "", /at least .*4 \(got 3\)/);
    const none = { length: 3, lower: false, upper: false, numeric: false, special: false };
    assert.equal(checkCharacters(none)[0]?.property, "special");
    assert.equal(checkCharacters({ length: 3, number: true, numeric: false })[0]?.property, "number");
  });
});
