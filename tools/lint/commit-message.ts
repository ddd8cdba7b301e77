/** Most columns of a subject: `git log --oneline` and pull requests show no more. */
const SUBJECT_COLUMNS = 72;

/**
 * Returns the faults of a commit's message. It needs a subject `area: what changes` of at most 72
 * columns, an empty line, and a body that gives the reason.
 *
 * Comments of an editor's template and a diff below its scissors are not part of the message.
 */
export function faultsOfMessage(message: string): string[] {
  const text = message.replace(/^# -+ >8 -+\n[^]*/m, "").replace(/^#.*\n?/gm, "");
  const [subject = "", second = "", ...rest] = text.trimEnd().split("\n");
  // Git writes these itself.
  if (/^(?:Merge |Revert "|fixup! |squash! |amend! )/.test(subject)) return [];

  const faults: string[] = [];
  if (!/^[^\s:][^:]*: \S/.test(subject)) faults.push('the subject has to read "area: what changes"');
  if (subject.length > SUBJECT_COLUMNS) {
    faults.push(`the subject takes at most ${SUBJECT_COLUMNS} columns, and has ${subject.length}`);
  }
  if (second !== "") faults.push("an empty line has to follow the subject");
  const body = rest.filter((line) => !TRAILER.test(line));
  if (body.join("").trim() === "") faults.push("a body has to give the reason for the change");
  return faults;
}

/** A line such as `Signed-off-by: A Name <a@name>`, which gives no reason. */
const TRAILER = /^[A-Z][A-Za-z-]+-(?:by|By): /;
