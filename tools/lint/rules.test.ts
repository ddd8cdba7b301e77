import { describe, it } from "node:test";
import { RuleTester } from "eslint";
import { commentOpening, commentWidth } from "./comment-rules.ts";
import { functionLength } from "./function-length.ts";

RuleTester.describe = describe;
RuleTester.it = it;
RuleTester.itOnly = it.only;

const tester = new RuleTester();
const words = (columns: number): string => "word ".repeat(columns).slice(0, columns - 1) + "x";

tester.run("comment-width", commentWidth, {
  valid: [
    `// ${words(97)}`,
    `/* ${words(94)} */`,
    `const code = "${words(110)}";`,
    `// https://example.com/${"a".repeat(100)}`,
    `// eslint-disable-next-line no-undef, no-unused-vars -- ${words(60)}`,
  ],
  invalid: [
    { code: `// ${words(98)}`, errors: [{ messageId: "wide", column: 101 }] },
    { code: `const code = 1; // ${words(82)}`, errors: [{ messageId: "wide" }] },
    {
      code: `/**\n * ${words(98)}\n * short\n * ${words(120)}\n */`,
      errors: [
        { messageId: "wide", line: 2 },
        { messageId: "wide", line: 4 },
      ],
    },
  ],
});

tester.run("comment-opening", commentOpening, {
  valid: [
    "/** Returns what the host was told. */",
    "// When the broker is away, wait.",
    "// The token decides\n// what the host becomes.",
    "/** Whatsoever is a word of its own. */",
  ],
  invalid: [
    { code: "/** What the host is told. */", errors: [{ messageId: "opening", data: { word: "What" } }] },
    { code: "/**\n * Whether it is up.\n */", errors: 1 },
    { code: "/** Has the Swarm take leave. */", errors: 1 },
    { code: "/** When it ended. */", errors: 1 },
    { code: "// Of the two, the first.", errors: 1 },
    { code: "f(); // a word\n   // So that nothing waits.", errors: 1 },
  ],
});

const lines = (count: number): string => "f();\n".repeat(count);

tester.run("function-length", functionLength, {
  valid: [
    `function short() {\n${lines(68)}}`,
    `function blank() {\n${lines(68)}\n\n// word\n/*\n * word\n */}`,
    `describe("a suite", () => {\n${lines(100)}});`,
  ],
  invalid: [
    { code: `function long() {\n${lines(69)}}`, errors: [{ messageId: "long", data: { most: "70", lines: "71" } }] },
    { code: `it("a test", () => {\n${lines(69)}});`, errors: 1 },
    { code: `class A { long() {\n${lines(69)}} }`, errors: 1 },
    { code: `const long = \`${"\n".repeat(71)}\`; const f = () => \`${"\n".repeat(71)}\`;`, errors: 1 },
  ],
});
