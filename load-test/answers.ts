/** The answer to one request, as the generator logged it. */
export interface Answer {
  /** first: a user's first request. again: a repeated request. status: a read of its status. */
  kind: "first" | "again" | "status";
  /** The user's number in the run, from 0. */
  number: number;
  /** Time of sending, in milliseconds since 1970. */
  at: number;
  /** Delay between the planned and the real time of sending, in milliseconds. */
  delay: number;
  /** Time from sending to the end of the answer, in milliseconds. */
  duration: number;
  /** HTTP status, or 0 when the connection failed. */
  status: number;
  /** k6's error code, or 0. https://grafana.com/docs/k6/latest/javascript-api/error-codes/ */
  error: number;
  /** The answer was 503 with Retry-After. */
  retryAfter: boolean;
  /** Body of a status read: queued, issued or rejected. */
  state?: string;
}

/** The generator's log of a run. */
export interface AnswerLog {
  answers: Answer[];
  /** Number of users who had not sent their first request when the run ended. */
  unsent: Set<number>;
  /** Start and end of k6, in milliseconds since 1970. */
  startedAt?: number;
  endedAt?: number;
  /** Number of lines that can't be parsed. */
  unreadable: number;
}

const KINDS = { p: "first", r: "again", g: "status" } as const;
const LINE = /^([prg]) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)(\w*)$/;

/** Returns an empty log. */
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

/** Returns the missing parts of a log; empty when it is complete. */
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
 * Removes the requests that k6 abandoned at an early end. k6 logs them as failed connections,
 * though the system didn't fail.
 *
 * @param at time of the early end, in milliseconds since 1970.
 */
export function withoutAbandoned(log: AnswerLog, at: number): AnswerLog {
  return { ...log, answers: log.answers.filter((answer) => answer.status > 0 || answer.at + answer.duration < at) };
}
