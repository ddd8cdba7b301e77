/** Where a value stands in a resource's properties: names of objects, indices of lists. */
export type Path = readonly (string | number)[];

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** A path as Pulumi writes it: `ingress[0].fromPort`, `tags["a.b"]`. */
export function formatPath(path: Path): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else if (IDENTIFIER.test(part)) text += text === "" ? part : `.${part}`;
    else text += `[${JSON.stringify(part)}]`;
  }
  return text;
}

/** A path by its names only, list indices left out, as `replaceOn` has it: `ingress.fromPort`. */
export function dottedNames(path: Path): string {
  return path.filter((part) => typeof part === "string").join(".");
}
