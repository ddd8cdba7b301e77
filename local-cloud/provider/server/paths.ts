/** Position of a value in a resource's properties: names of members and indices of lists. */
export type Path = readonly (string | number)[];

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** Formats a path as Pulumi does: `ingress[0].fromPort`, `tags["a.b"]`. */
export function formatPath(path: Path): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else if (IDENTIFIER.test(part)) text += text === "" ? part : `.${part}`;
    else text += `[${JSON.stringify(part)}]`;
  }
  return text;
}

/** Formats a path without list indices, as `replaceOn` expects it: `ingress.fromPort`. */
export function dottedNames(path: Path): string {
  return path.filter((part) => typeof part === "string").join(".");
}
