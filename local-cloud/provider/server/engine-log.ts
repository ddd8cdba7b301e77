import { credentials, type ServiceError } from "@grpc/grpc-js";
import { EngineClient, LogRequest, LogSeverity } from "./protos.ts";

/** Shows messages in the engine's own display, beside the resource they are about. */
export class EngineLog {
  #client: InstanceType<typeof EngineClient> | undefined;

  /**
   * Called with each address that the engine gives: on the command line, in the handshake, when it
   * attaches.
   */
  connect(address: string): void {
    this.#client?.close();
    // The engine is on loopback, where a proxy of the user's leads nowhere.
    this.#client = new EngineClient(address, credentials.createInsecure(), { "grpc.enable_http_proxy": 0 });
  }

  /**
   * Shows a line as the resource's status; resolves when the engine has it. A line that can't be
   * shown stops nothing.
   */
  async status(urn: string, message: string): Promise<void> {
    await this.#log(message, { urn, severity: "info", ephemeral: true });
  }

  /** Shows a line that is about no single resource, and stays. */
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
        if (error !== null) debug(`the engine did not take a message: ${error.message}`);
        resolve();
      });
    });
  }

  close(): void {
    this.#client?.close();
  }
}

/** The engine shows what a plugin writes to stderr, so it is for debugging only. */
export function debug(message: string): void {
  if (process.env["LOCAL_CLOUD_DEBUG"]) process.stderr.write(`${message}\n`);
}
