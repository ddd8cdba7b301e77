import {
  UNKNOWN,
  type CheckFailure,
  type CloudPackage,
  type FunctionType,
  type Properties,
  type ResourceType,
} from "../resource-type.ts";
import { decodeConfiguration, withSource } from "./configuration.ts";
import { openContext, typeOf, type OpenContext } from "./context.ts";
import { diffInputs, type Change } from "./diff.ts";
import { debug, type EngineLog } from "./engine-log.ts";
import { Operations } from "./operations.ts";
import { inputsFromOutputs, previewOfUpdate } from "./state.ts";
import { validate } from "./validate.ts";
import { withoutUnknown } from "./values.ts";
import { decode, encode, mergeSecrets, redact, type Decoded, type Secrets } from "./wire.ts";

/** Properties in the protocol's form, in which secrets and unknown values are marked. */
export type Wire = Record<string, unknown>;

/** The resource of a request, and the seconds that the operation may take (0: no limit). */
export interface Target {
  urn: string;
  id: string;
  timeoutSeconds: number;
}

/**
 * A provider for any package of resource types: one method for each call of the protocol, without
 * gRPC. Its arguments and results are in the protocol's form; resource types see plain values.
 */
export class Provider {
  readonly operations = new Operations();
  readonly #package: CloudPackage;
  readonly #log: EngineLog;
  readonly #resources: ReadonlyMap<string, ResourceType>;
  readonly #functions: ReadonlyMap<string, FunctionType>;

  constructor(cloudPackage: CloudPackage, log: EngineLog) {
    this.#package = cloudPackage;
    this.#log = log;
    this.#resources = new Map(cloudPackage.resources.map((type) => [type.token, type]));
    this.#functions = new Map(cloudPackage.functions.map((type) => [type.token, type]));
  }

  get name(): string {
    return this.#package.name;
  }

  get version(): string {
    return this.#package.version;
  }

  checkConfig(urn: string, news: Wire): { inputs: Properties; failures: CheckFailure[] } {
    const { properties, secrets } = decodeConfiguration(this.#package.configuration, news);
    const { inputs, failures } = validate(this.#package.configuration, properties, secrets);
    return { inputs: encode(inputs, secrets), failures: withSource(urn, this.name, failures) };
  }

  async configure(args: Wire): Promise<void> {
    const { properties, secrets } = decodeConfiguration(this.#package.configuration, args);
    const { inputs } = validate(this.#package.configuration, properties, secrets);
    await this.#package.configure?.(inputs);
    const lines: Promise<void>[] = [];
    const show = (severity: "info" | "warning") => (message: string) => {
      lines.push(this.#log.message(severity, message));
    };
    await this.#package.begin?.({ info: show("info"), warning: show("warning") }, inputs);
    await Promise.all(lines);
  }

  async check(
    urn: string,
    olds: Wire | undefined,
    news: Wire,
    seed: Uint8Array,
  ): Promise<{ inputs: Properties; failures: CheckFailure[] }> {
    const type = this.#resource(urn);
    const { properties, secrets } = decode(news, type.plainInputs);
    const old = olds === undefined || Object.keys(olds).length === 0 ? undefined : decode(olds).properties;
    return this.operations.run(0, async (signal) => {
      const { context, shown } = openContext(this.#log, { urn, secrets, signal, seed });
      const given = type.defaults?.(properties, old, context) ?? properties;
      const { inputs, failures } = validate(type.inputs, given, secrets);
      if (failures.length === 0) failures.push(...brokenRules(type, inputs));
      await shown();
      return { inputs: encode(inputs, secrets), failures };
    });
  }

  diff(urn: string, oldInputs: Wire, news: Wire): { changes: Change[]; deleteBeforeReplace: boolean } {
    const type = this.#resource(urn);
    const { properties } = decode(news, type.plainInputs);
    const changes = diffInputs(decode(oldInputs).properties, properties, type);
    return { changes, deleteBeforeReplace: type.deleteBeforeReplace?.(properties) ?? false };
  }

  async create(target: Target, inputs: Wire, preview: boolean): Promise<{ id: string; outputs: Properties }> {
    const type = this.#resource(target.urn);
    const { properties, secrets } = decode(inputs, type.plainInputs);
    if (preview) {
      const { id, outputs } = type.predict?.(properties, target) ?? { id: "", outputs: properties };
      return { id, outputs: encode(outputs, secrets, type.secretOutputs) };
    }
    const created = await this.#run(target, secrets, ({ context }) => type.create(properties, context));
    return { id: created.id, outputs: encode(created.outputs, secrets, type.secretOutputs) };
  }

  async read(
    target: Target,
    state: Wire,
    inputs: Wire,
  ): Promise<{ inputs: Properties; outputs: Properties } | undefined> {
    const type = this.#resource(target.urn);
    const [old, oldInputs] = [decode(state, type.plainInputs), decode(inputs, type.plainInputs)];
    const secrets = mergeSecrets(old.secrets, oldInputs.secrets);
    const found = await this.#run(target, secrets, () => type.read(target.id, old.properties));
    if (found === undefined) return undefined;
    const known = inputsFromRead(type, oldInputs, old, found);
    return { inputs: encode(known, secrets), outputs: encode(found.outputs, secrets, type.secretOutputs) };
  }

  async update(target: Target, olds: Wire, oldInputs: Wire, news: Wire, preview: boolean): Promise<Properties> {
    const type = this.#resource(target.urn);
    const [old, { properties, secrets }] = [decode(olds, type.plainInputs), decode(news, type.plainInputs)];
    const always = type.secretOutputs;
    if (preview) {
      const before = decode(oldInputs).properties;
      const { unstableOutputs: unstable } = type;
      const outputs =
        type.predict?.(properties, target).outputs ??
        previewOfUpdate(
          old.properties,
          before,
          properties,
          typeof unstable === "function" ? unstable(before, properties) : unstable,
        );
      return encode(outputs, mergeSecrets(old.secrets, secrets), always);
    }
    const outputs = await this.#run(target, mergeSecrets(old.secrets, secrets), async ({ context }) => {
      if (type.update === undefined) throw new Error(`${type.token} can't be updated, only replaced`);
      return type.update(target.id, old.properties, properties, context);
    });
    return encode(outputs, secrets, always);
  }

  async delete(target: Target, state: Wire): Promise<void> {
    const type = this.#resource(target.urn);
    const { properties, secrets } = decode(state, type.plainInputs);
    await this.#run(target, secrets, ({ context }) => type.delete(target.id, properties, context));
  }

  async invoke(
    token: string,
    args: Wire,
    preview: boolean,
  ): Promise<{ outputs?: Properties; failures: CheckFailure[] }> {
    const type = this.#functions.get(token);
    if (type === undefined) throw new Error(this.#unknownToken("function", token, this.#functions));
    const { properties, secrets } = decode(args);
    const { inputs, failures } = validate(type.inputs, properties, secrets);
    if (failures.length > 0) return { failures };
    const outputs = await this.operations.run(0, (signal) => type.invoke(inputs, { preview, signal }));
    return { outputs: encode(outputs, secrets, type.secretOutputs), failures: [] };
  }

  /** Runs an operation on a resource, and removes secrets from its messages and its error. */
  async #run<T>(target: Target, secrets: Secrets, operation: (open: OpenContext) => Promise<T>): Promise<T> {
    return this.operations.run(target.timeoutSeconds, async (signal) => {
      const open = openContext(this.#log, { urn: target.urn, secrets, signal });
      try {
        return await operation(open);
      } catch (error) {
        debug(error instanceof Error ? (error.stack ?? error.message) : String(error));
        // The message contains the cause's. A `cause` would show it again, with its secrets.
        // eslint-disable-next-line preserve-caught-error
        throw new Error(redact(describeError(error), secrets));
      } finally {
        await open.shown();
      }
    });
  }

  #resource(urn: string): ResourceType {
    const token = typeOf(urn);
    const type = this.#resources.get(token);
    if (type === undefined) throw new Error(this.#unknownToken("resource type", token, this.#resources));
    return type;
  }

  #unknownToken(what: string, token: string, known: ReadonlyMap<string, unknown>): string {
    const list = [...known.keys()].sort().join(", ");
    return `the ${what} ${token} is not served here; this provider of "${this.name}" has: ${list}`;
  }
}

/** Returns the message of an error together with those of its causes. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : describeError(error.cause);
  return cause === "" || error.message.includes(cause) ? error.message : `${error.message}: ${cause}`;
}

/** Returns the broken rules. A rule that reads an unknown input is checked when that is known. */
function brokenRules(type: ResourceType, inputs: Properties): CheckFailure[] {
  const broken = type.check?.(withoutUnknown(inputs)) ?? [];
  return broken
    .filter(({ property, alsoReads = [] }) =>
      [property.replace(/[.[].*$/, ""), ...alsoReads].every((name) => inputs[name] !== UNKNOWN),
    )
    .map(({ property, reason }) => ({ property, reason }));
}

function inputsFromRead(
  type: ResourceType,
  oldInputs: Decoded,
  old: Decoded,
  found: { inputs?: Properties; outputs: Properties },
): Properties {
  if (found.inputs !== undefined) return found.inputs;
  if (Object.keys(old.properties).length > 0) return inputsFromOutputs(oldInputs.properties, found.outputs);
  const names = inputNames(type);
  return Object.fromEntries(Object.entries(found.outputs).filter(([name]) => names.has(name)));
}

function inputNames(type: ResourceType): Set<string> {
  return new Set("shape" in type.inputs ? Object.keys(type.inputs.shape as object) : []);
}
