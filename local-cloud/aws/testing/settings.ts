/** What varies in the program of notes.ts from one update to the next; the test writes it to settings.json beside the program. */
export interface Settings {
  database: {
    instanceClass: string;
    username: string;
    password: string;
    /** Statements slower than this are logged, in milliseconds. */
    slowStatement: number;
  };
  entrance: {
    /** Of connections, in seconds. */
    idleTimeout: number;
    /** Where the host answers: 8080 or 8081. */
    targetPort: number;
  };
  images: { mutable: boolean; kept: number };
  role: {
    path: string;
    /** Names of the parameters that the host may read. */
    readable: string[];
  };
  parameters: Record<string, string>;
}
