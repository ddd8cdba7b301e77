import type { z } from "zod";

/** Placeholder for an input that the engine can't know yet. Inputs may hold it in a preview. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * A plain JSON-like property value of the provider protocol, with secrets and outputs unwrapped.
 */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };

/** The properties of one resource, by their Pulumi (camelCase) name. */
export type Properties = Record<string, Value>;

/**
 * One wrong input: the property's path ("ingress[0].fromPort"), the fault, and the allowed values.
 */
export interface CheckFailure {
  property: string;
  reason: string;
}

/** A broken rule across properties. */
export interface BrokenRule extends CheckFailure {
  /**
   * Top-level inputs that the rule reads besides its own property. While one of them is unknown,
   * the rule can't be broken.
   */
  alsoReads?: readonly string[];
}

/** The engine's side of a running operation: names, progress and interruption. */
export interface OperationContext {
  /** The URN of the resource, for names and messages. */
  urn: string;
  /** The logical name of the resource: the last part of the URN. */
  name: string;
  /** Returns a random suffix for an automatic name. The same Check gets the same suffixes. */
  randomSuffix: (length: number) => string;
  /** Shows a line of progress beside the resource. */
  progress: (message: string) => void;
  /**
   * Aborts when the user interrupts the update, or when the engine's timeout for the operation has
   * passed.
   */
  signal: AbortSignal;
}

/** A created or read resource: its provider id and all its outputs, inputs included. */
export interface Created {
  id: string;
  outputs: Properties;
}

/**
 * One resource type of a cloud: its schema and its life. The server does the protocol's work:
 *
 * - It validates inputs by `inputs`. An unknown property, a wrong type or a broken rule becomes a
 *   CheckFailure that names the property.
 * - It compares old and new inputs. A change under `replaceOn` replaces, any other change updates.
 * - It masks secrets.
 *
 * It doesn't clean up: a `create` that fails must leave nothing behind.
 *
 * Declare one with its own input type, `const vpc: ResourceType<VpcInputs> = {...}`. A list of
 * resource types is `ResourceType[]`; the members that take `I` are methods so that this assignment
 * compiles. The server passes them only inputs that `inputs` has parsed.
 *
 * @typeParam I The parsed inputs, as plain JSON values. Parsing them again must not change them.
 */
export interface ResourceType<I = unknown> {
  /** The type token, such as "aws:ec2/instance:Instance". */
  token: string;
  /**
   * A strict zod object of the inputs. It applies the defaults that the real provider records in
   * the inputs.
   */
  inputs: z.ZodType<I>;
  /**
   * Fills automatic names and defaults that depend on the resource. It gets the previous inputs, so
   * that names stay.
   */
  defaults?: (news: Properties, olds: Properties | undefined, context: OperationContext) => Properties;
  /**
   * Checks rules across properties, as the real provider or API does. Unknown inputs are absent.
   */
  check?(inputs: Partial<I>): BrokenRule[];
  /**
   * The top-level inputs or paths ("ebs.encrypted") whose change replaces the resource, or a
   * function that returns them.
   */
  replaceOn: readonly string[] | ((olds: Properties, news: Properties) => string[]);
  /**
   * Inputs or paths whose change alone is ignored, such as a login that differs each time
   * ("registry.password").
   */
  ignoreChanges?: readonly string[];
  /**
   * Returns true if a replacement must delete the old resource first (a name must be unique).
   */
  deleteBeforeReplace?: (news: Properties) => boolean;
  /** Output properties that are always secret. */
  secretOutputs?: readonly string[];
  /**
   * Inputs inside a secret object that are not secret themselves ("connection.host"). Their text
   * stays readable in other outputs and in messages.
   */
  plainInputs?: readonly string[];
  /**
   * Outputs that an update can change, or a function of the inputs that returns them. The others
   * are known in the preview of an update.
   */
  unstableOutputs?: readonly string[] | ((olds: Properties, news: Properties) => readonly string[]);
  /**
   * Computes the result of a creation, or of an update of the resource with `id`, without doing it.
   * A preview then shows these outputs instead of unknown values.
   */
  predict?(inputs: I, of: { urn: string; id?: string }): Created;
  create(inputs: I, context: OperationContext): Promise<Created>;
  /**
   * Reads the resource, and returns undefined when it is gone. Without `inputs` the server takes
   * the old inputs with their values from `outputs`, so that drift is visible. An import takes
   * every input that `outputs` has.
   */
  read: (id: string, state: Properties) => Promise<{ inputs?: Properties; outputs: Properties } | undefined>;
  /**
   * Updates the resource from its old state to the new inputs, and returns all outputs. Without it,
   * every change replaces the resource.
   */
  update?(id: string, olds: Properties, news: I, context: OperationContext): Promise<Properties>;
  /** Deletes the resource. One that is gone already is a success. */
  delete: (id: string, state: Properties, context: OperationContext) => Promise<void>;
}

/** One call of a function. */
export interface Call {
  preview: boolean;
  /** Aborts when the user interrupts the update. */
  signal: AbortSignal;
}

/** A function (data source) of a cloud. */
export interface FunctionType<I = unknown> {
  token: string;
  inputs: z.ZodType<I>;
  secretOutputs?: readonly string[];
  /** Runs the function. In a preview it changes nothing and doesn't need the Docker engine. */
  invoke(inputs: I, call: Call): Promise<Properties>;
}

/** Shows the user messages that don't belong to a single resource. */
export interface UserMessages {
  info: (message: string) => void;
  warning: (message: string) => void;
}

/** A set of resource types and functions under one package name, served as one provider. */
export interface CloudPackage {
  name: string;
  version: string;
  /** Strict schema of the provider's own configuration (region, profile ...). */
  configuration: z.ZodType;
  configure?: (configuration: Properties) => Promise<void>;
  /** Runs after the provider is configured, before any other call. */
  begin?: ((messages: UserMessages, configuration: Properties) => Promise<void>) | undefined;
  /** Replaces the configuration in a dry run. */
  dryRun?: Pick<CloudPackage, "configuration" | "configure">;
  resources: readonly ResourceType[];
  functions: readonly FunctionType[];
}
