import { credentials, type ServiceError } from "@grpc/grpc-js";
import { EngineClient, LogRequest, LogSeverity } from "./protos.ts";

/** Shows messages in the engine's own display, beside the resource that they belong to. */
export class EngineLog {
  #client: InstanceType<typeof EngineClient> | undefined;

  /**
   * Connects to an address that the engine gives: on the command line, in the handshake, or when it
   * attaches.
   */
  connect(address: string): void {
    this.#client?.close();
    // The engine is on loopback, which a proxy of the user can't reach.
    this.#client = new EngineClient(address, credentials.createInsecure(), { "grpc.enable_http_proxy": 0 });
  }

  /**
   * Shows a line as the resource's status, and resolves when the engine has it. A line that can't
   * be shown is dropped.
   */
  async status(urn: string, message: string): Promise<void> {
    await this.#log(message, { urn, severity: "info", ephemeral: true });
  }

  /** Shows a line that stays and doesn't belong to a single resource. */
  async message(severity: "info" | "warning", message: string): Promise<void> {
    await this.#log(message, { urn: "", severity, ephemeral: false });
  }

  async #log(message: string, line: { urn: string; severity: "info" | "warning"; ephemeral: boolean }): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    const request = new LogRequest();
    request.setSeverity(line.severity === "info" ? LogSeverity.INFO : LogSeverity.WARNING);
    request.setUrn(line.urn);
    request.setMessage(message);
    request.setEphemeral(line.ephemeral);
    await new Promise<void>((resolve) => {
      client.log(request, (error: ServiceError | null) => {
        if (error !== null) debug(`the engine refused a message: ${error.message}`);
        resolve();
      });
    });
  }

  close(): void {
    this.#client?.close();
  }
}

/** Writes to stderr, which the engine shows, so only when debugging is on. */
export function debug(message: string): void {
  if (process.env["LOCAL_CLOUD_DEBUG"]) process.stderr.write(`${message}\n`);
}
