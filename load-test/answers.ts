/** What one request was answered, as the generator saw it. */
export interface Answer {
  /** first: a new user asks; again: the same user asks once more; status: a user follows the request. */
  kind: "first" | "again" | "status";
  /** Number of the user within the run, from 0. */
  number: number;
  /** When it was sent, in milliseconds since 1970. */
  at: number;
  /** How much later than planned it was sent, in milliseconds: the generator's own delay. */
  delay: number;
  /** From sending to the answer's end, in milliseconds. */
  duration: number;
  /** The HTTP status; 0 when the connection failed. */
  status: number;
  /** k6's number for what went wrong; 0 for nothing. https://grafana.com/docs/k6/latest/javascript-api/error-codes/ */
  error: number;
  /** A 503 that said when to come again. */
  retryAfter: boolean;
  /** Of a status: queued, issued or rejected. */
  state?: string;
}

/** The generator's own log of a run. */
export interface AnswerLog {
  answers: Answer[];
  /** Users that the run's end overtook before they asked. */
  unsent: Set<number>;
  /** When k6 began and ended, in milliseconds since 1970. */
  startedAt?: number;
  endedAt?: number;
  /** Lines that say nothing that is known. */
  unreadable: number;
}

const KINDS = { p: "first", r: "again", g: "status" } as const;
const LINE = /^([prg]) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)(\w*)$/;

/** An empty log. */
export function emptyLog(): AnswerLog {
  return { answers: [], unsent: new Set(), unreadable: 0 };
}

/** Adds one line of k6/users.js to the log. */
export function addLine(log: AnswerLog, line: string): void {
  const [, kind, number, at, delay, duration, status, error, more] = LINE.exec(line) ?? [];
  if (kind !== undefined) {
    const answer: Answer = {
      kind: KINDS[kind as keyof typeof KINDS],
      number: Number(number),
      at: Number(at),
      delay: Number(delay),
      duration: Number(duration),
      status: Number(status),
      error: Number(error),
      retryAfter: more === "w",
    };
    if (kind === "g" && more) answer.state = more;
    log.answers.push(answer);
    return;
  }
  const [word, first] = line.split(" ");
  if (word === "start") log.startedAt = Number(first);
  else if (word === "end") log.endedAt = Number(first);
  else if (word === "x") log.unsent.add(Number(first));
  else if (line !== "") log.unreadable++;
}

/** What is missing of a log: empty when it is whole. */
export function missingOf({ answers, unsent, endedAt, unreadable }: AnswerLog): string[] {
  const asked = new Set(unsent);
  let last = -1;
  for (const { kind, number } of answers) {
    if (kind === "first") asked.add(number);
  }
  for (const number of asked) last = Math.max(last, number);
  const gaps = last + 1 - asked.size;
  return [
    ...(endedAt === undefined ? ["its end is missing"] : []),
    ...(gaps > 0 ? [`${gaps} of ${last + 1} users are missing`] : []),
    ...(unreadable > 0 ? [`${unreadable} lines can't be read`] : []),
  ];
}

/**
 * Takes away the requests that k6 gave up when it was ended, from `at` on (milliseconds since 1970): it logs them as failed connections, and no system failed them.
 */
export function withoutGivenUp(log: AnswerLog, at: number): AnswerLog {
  return { ...log, answers: log.answers.filter((answer) => answer.status > 0 || answer.at + answer.duration < at) };
}
