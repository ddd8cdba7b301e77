import type { z } from "zod";

/**
 * A value that the engine knows only after something else was made; inputs may hold it during a
 * preview.
 */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * A plain JSON-like property value as it crosses the provider protocol, secrets and outputs
 * unwrapped.
 */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };

/** The properties of one resource, by their Pulumi (camelCase) name. */
export type Properties = Record<string, Value>;

/**
 * One wrong input: the property's path ("ingress[0].fromPort") and what is wrong with it, and what
 * is allowed.
 */
export interface CheckFailure {
  property: string;
  reason: string;
}

/** A broken rule across properties. */
export interface BrokenRule extends CheckFailure {
  /**
   * Top-level inputs that the rule looked at beside its own property: while one is unknown, nothing
   * is broken yet.
   */
  judgedBy?: readonly string[];
}

/** What the engine and the provider say while an operation runs. */
export interface OperationContext {
  /** The URN of the resource, for names and messages. */
  urn: string;
  /** The logical name of the resource: the last part of the URN. */
  name: string;
  /** A random suffix for automatic names, stable for this resource's Check. */
  randomSuffix: (length: number) => string;
  /** Shows a line of progress beside the resource. */
  progress: (message: string) => void;
  /**
   * Aborts when the user interrupts the update, or when the engine's timeout for the operation has
   * passed.
   */
  signal: AbortSignal;
}

/**
 * What a created or read resource is: its provider id, and all its output properties (inputs
 * included).
 */
export interface Created {
  id: string;
  outputs: Properties;
}

/**
 * One resource type of a cloud: its schema and its life. The server does the protocol's work around
 * it: it validates inputs by `inputs` (an unknown property, a wrong type, a broken rule: a
 * CheckFailure that names the property), compares old and new inputs (a change under `replaceOn`
 * replaces, any other change updates), masks what is secret, and cleans up nothing: a `create` that
 * fails must leave nothing behind.
 *
 * Declare one with its own input type, `const vpc: ResourceType<VpcInputs> = {...}`; a list of them
 * is `ResourceType[]`. (The members that take `I` are methods so that this assignment holds; the
 * server passes them only what `inputs` has parsed.)
 *
 * @typeParam I the parsed inputs: plain JSON values. `inputs` must give the same again when it
 *   parses what it has parsed.
 */
export interface ResourceType<I = unknown> {
  /** The type token, as "aws:ec2/instance:Instance". */
  token: string;
  /**
   * A strict zod object of the inputs. A default that the real provider records in its inputs is
   * applied here.
   */
  inputs: z.ZodType<I>;
  /**
   * Fills automatic names and defaults that depend on the resource; gets the previous inputs so
   * that names stay.
   */
  defaults?: (news: Properties, olds: Properties | undefined, context: OperationContext) => Properties;
  /**
   * Rules across properties, as the real provider or API judges them. Inputs that are still unknown
   * are absent.
   */
  check?(inputs: Partial<I>): BrokenRule[];
  /**
   * The top-level inputs or paths ("ebs.encrypted") whose change replaces the resource, or a
   * function of both.
   */
  replaceOn: readonly string[] | ((olds: Properties, news: Properties) => string[]);
  /**
   * Inputs or paths whose change alone is no change: a login that is another one each time
   * ("registry.password").
   */
  unwatched?: readonly string[];
  /**
   * True where a replacement must delete the old one first (an explicit name that must be unique).
   */
  deleteBeforeReplace?: (news: Properties) => boolean;
  /** Output properties that are always secret. */
  secretOutputs?: readonly string[];
  /**
   * Inputs whose own text is no secret even inside a secret object ("connection.host"): it stays
   * readable in other outputs and in messages.
   */
  plainInputs?: readonly string[];
  /** Outputs that an update can change; the others are known in the preview of an update. */
  unstableOutputs?: readonly string[];
  /**
   * What a creation, or an update of the resource with `id`, would give, where that is known
   * beforehand. With it a preview shows these outputs in place of unknown ones.
   */
  foresee?(inputs: I, of: { urn: string; id?: string }): Created;
  create(inputs: I, context: OperationContext): Promise<Created>;
  /**
   * The resource as it is, or undefined when it is gone. Without `inputs` the server takes the old
   * inputs with the values that `outputs` has for them now, so that what drifted is seen; an import
   * then takes every input that `outputs` has.
   */
  read: (id: string, state: Properties) => Promise<{ inputs?: Properties; outputs: Properties } | undefined>;
  /**
   * Takes the state before and the new inputs, gives all output properties. Without it every change
   * replaces.
   */
  update?(id: string, olds: Properties, news: I, context: OperationContext): Promise<Properties>;
  /** Idempotent: a resource that is gone already is a success. */
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
  /** A call in a preview makes, starts and changes nothing, and does without the Docker engine. */
  invoke(inputs: I, call: Call): Promise<Properties>;
}

/** Shows lines to the user that are about no single resource. */
export interface Tell {
  info: (message: string) => void;
  warning: (message: string) => void;
}

/**
 * A set of resource types and functions under one package name, served to the engine as one
 * provider.
 */
export interface CloudPackage {
  name: string;
  version: string;
  /** The provider's own configuration (region, profile ...), strict as well. */
  configuration: z.ZodType;
  configure?: (configuration: Properties) => Promise<void>;
  /** Runs once the provider is configured, before anything else is asked of it. */
  begin?: ((tell: Tell, configuration: Properties) => Promise<void>) | undefined;
  /** Replaces the configuration where nothing is made. */
  onPaper?: Pick<CloudPackage, "configuration" | "configure">;
  resources: readonly ResourceType[];
  functions: readonly FunctionType[];
}
