import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";
import { commentOpening, commentWidth } from "./tools/lint/comment-rules.ts";
import { functionLength } from "./tools/lint/function-length.ts";

const local = {
  rules: { "comment-opening": commentOpening, "comment-width": commentWidth, "function-length": functionLength },
};

export default defineConfig(
  { ignores: ["**/dist/", "**/node_modules/", ".local/"] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { local },
    rules: {
      "local/comment-opening": "error",
      "local/comment-width": "error",
      "local/function-length": "error",
      "no-restricted-syntax": [
        "error",
        {
          selector: "ClassDeclaration[superClass.name='Error']:not(:has(PropertyDefinition[key.name='code']))",
          message: "An error class has a code, which callers and logs can tell it by.",
        },
      ],
      // Pulumi resources are made for their effect on the engine.
      "no-new": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // node:test registers tests by calls whose promise the runner holds.
      "@typescript-eslint/no-floating-promises": [
        "error",
        {
          allowForKnownSafeCalls: [
            { from: "package", name: ["describe", "it", "test", "suite"], package: "node:test" },
          ],
        },
      ],
    },
  },
  { files: ["**/*.js", "**/*.cjs"], extends: [tseslint.configs.disableTypeChecked] },
  { files: ["**/*.cjs"], languageOptions: { sourceType: "commonjs" } },
);
