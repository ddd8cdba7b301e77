/** A script for a host, taken apart again: what `renderScript` of infra/scripts/render-script.ts put together. */
export interface ScriptText {
  /** What the script is told, by the name of its shell variable. */
  values: Record<string, string | string[]>;
  /** What it does. */
  body: string;
}

/** Takes a rendered script apart. A text that was not rendered so has no values, and all of it is body. */
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

/** Reads quoted words: one, or a list in parentheses. */
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

/** Reads one word as `quote` of infra/scripts/render-script.ts writes it: in single quotes, with '\'' for each that it holds. */
function readWord(text: string): { value: string; length: number } {
  const quoted = /^'((?:[^']|'\\'')*)'/.exec(text);
  if (quoted?.[1] === undefined) return { value: "", length: 1 };
  return { value: quoted[1].replaceAll("'\\''", "'"), length: quoted[0].length };
}
