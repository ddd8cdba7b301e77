/**
 * The header of a script: its first comment lines, with the fields `# uses:`, `# values:` and `#
 * environment:`.
 */
export interface ScriptHeader {
  /** Libraries that the script uses, by name. */
  uses: string[];
  /** Variables that the caller gives values, by name. */
  values: Map<string, ValueForm>;
  /** Variables that the script takes from its environment, such as SSH_ORIGINAL_COMMAND. */
  environment: Set<string>;
}

/** Form of a declared value: `NAME` is one text, `NAME[]` a list of texts. */
export type ValueForm = "text" | "list";

const FIELD = /^# (uses|values|environment):(.*)$/;
const LIBRARY = /^[a-z][a-z0-9-]*$/;
const VALUE = /^([A-Z][A-Z0-9_]*)(\[\])?$/;
const VARIABLE = /^[A-Z][A-Z0-9_]*$/;

/**
 * Reads the header of a script: all comment lines before the first other line. A field may have
 * several lines.
 *
 * @throws SyntaxError when an item of a field has the wrong form or is repeated.
 */
export function readHeader(text: string): ScriptHeader {
  const header: ScriptHeader = { uses: [], values: new Map(), environment: new Set() };
  for (const line of text.split("\n")) {
    if (!line.startsWith("#")) break;
    const [, field, rest = ""] = FIELD.exec(line) ?? [];
    if (field === undefined) continue;
    for (const word of rest.split(" ").filter((part) => part !== "")) addWord(field, word, header);
  }
  return header;
}

function addWord(field: string, word: string, { uses, values, environment }: ScriptHeader): void {
  const repeated = () => new SyntaxError(`${word} is repeated in the header`);
  const wrong = (allowed: string) => new SyntaxError(`"${word}" in "# ${field}:" is not ${allowed}`);
  if (field === "uses") {
    if (!LIBRARY.test(word)) throw wrong("the name of a library, as nodes");
    if (uses.includes(word)) throw repeated();
    uses.push(word);
    return;
  }
  const [, name, list] = VALUE.exec(word) ?? [];
  if (field === "environment" ? !VARIABLE.test(word) : name === undefined)
    throw wrong(field === "environment" ? "a variable, as NAME" : "a variable, as NAME, or a list, as NAME[]");
  if (name === undefined || values.has(name) || environment.has(name)) throw repeated();
  if (field === "environment") environment.add(name);
  else values.set(name, list === undefined ? "text" : "list");
}
