/**
 * Settings of the program of notes.ts that change between updates. The test writes them to
 * settings.json beside the program.
 */
export interface Settings {
  database: {
    instanceClass: string;
    username: string;
    password: string;
    /** The server logs statements that take longer than this, in milliseconds. */
    slowStatement: number;
  };
  loadBalancer: {
    /** Idle timeout of connections in seconds. */
    idleTimeout: number;
    /** Port on which the host answers: 8080 or 8081. */
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
