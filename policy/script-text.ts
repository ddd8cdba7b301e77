/** A rendered script, split into its parts. `renderScript` in infra/scripts composes it. */
export interface ScriptText {
  /** Values of the script, by the name of their shell variable. */
  values: Record<string, string | string[]>;
  /** Text after the values. */
  body: string;
}

/** Splits a rendered script. Any other text becomes a body without values. */
export function readScript(text: string): ScriptText {
  const values: ScriptText["values"] = {};
  let rest = text.replace(/^#!.*\n/, "");
  for (;;) {
    const found = /^readonly (-a )?([A-Z][A-Z0-9_]*)=/.exec(rest);
    if (found?.[2] === undefined) return { values, body: rest };
    const [declared, list, name] = found;
    const { words, length } = readWords(rest.slice(declared.length), list !== undefined);
    values[name] = list === undefined ? (words[0] ?? "") : words;
    rest = rest.slice(declared.length + length).replace(/^\n/, "");
  }
}

/** Reads one quoted word, or a list of them in parentheses. */
function readWords(text: string, list: boolean): { words: string[]; length: number } {
  const words: string[] = [];
  let position = list ? 1 : 0;
  while (position < text.length && text[position] !== ")" && text[position] !== "\n") {
    if (text[position] === " ") {
      position += 1;
      continue;
    }
    const word = readWord(text.slice(position));
    words.push(word.value);
    position += word.length;
    if (!list) break;
  }
  return { words, length: list ? position + 1 : position };
}

/** Reads one word in single quotes, as `quote` in infra/scripts writes it. */
function readWord(text: string): { value: string; length: number } {
  const quoted = /^'((?:[^']|'\\'')*)'/.exec(text);
  if (quoted?.[1] === undefined) return { value: "", length: 1 };
  return { value: quoted[1].replaceAll("'\\''", "'"), length: quoted[0].length };
}
