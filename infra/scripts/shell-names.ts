import type { Assignment, Command, SyntaxNode, Word } from "unbash";
import { parseShell, visit } from "./parse-shell.ts";

/**
 * Names that a shell text defines and uses. Variables count only when their names are upper-case.
 */
export interface ShellNames {
  /** Functions that the text defines, by name. */
  functions: Map<string, FunctionTraits>;
  /** Commands that the text runs, including calls of functions. */
  commands: CommandUse[];
  /** Variables that the text reads. */
  reads: Set<string>;
  /** Variables that the text sets. */
  sets: Set<string>;
}

/** A function of a shell text. */
export interface FunctionTraits {
  /**
   * Position of the argument that the function runs as a command, if it runs its arguments
   * (`"$@"`).
   */
  runsArgument: number | undefined;
}

/** A command that a text runs. */
export interface CommandUse {
  name: string;
  /** The arguments; undefined for one that is not a plain word. */
  args: (string | undefined)[];
}

const VARIABLE = /^[A-Z][A-Z0-9_]*$/;
const ASSIGNING = new Set(["=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="]);
/** Builtins that set the variables named in their arguments. */
const SETTERS = new Set(["read", "mapfile", "readarray", "getopts", "printf", "local", "declare", "typeset"]);
/** Operators of `[[ ]]` with arithmetic operands, in which a plain word is a variable. */
const ARITHMETIC_TESTS = new Set(["-eq", "-ne", "-lt", "-le", "-gt", "-ge"]);

/**
 * Returns the names that a shell text defines and uses.
 *
 * @throws SyntaxError when the text is not valid Bash.
 */
export function shellNames(text: string): ShellNames {
  const names: ShellNames = { functions: new Map(), commands: [], reads: new Set(), sets: new Set() };
  visit(parseShell(text), (node) => {
    addNames(node, names);
  });
  return names;
}

/**
 * Returns the names of all commands that a text runs. This includes a command that a function runs
 * for the text, such as `joined` in `wait_until 60 "the node" joined`.
 *
 * @param functions the functions that the text can call.
 */
export function commandNames({ commands }: ShellNames, functions: ReadonlyMap<string, FunctionTraits>): Set<string> {
  const found = new Set<string>();
  for (const command of commands) {
    let name: string | undefined = command.name;
    let rest = command.args;
    while (name !== undefined) {
      found.add(name);
      const position: number | undefined = functions.get(name)?.runsArgument;
      if (position === undefined) break;
      name = rest[position];
      rest = rest.slice(position + 1);
    }
  }
  return found;
}

/** Adds the names that a node of the syntax tree itself defines or uses. */
function addNames(node: SyntaxNode, names: ShellNames): void {
  switch (node.type) {
    case "Function":
      names.functions.set(node.name.value, { runsArgument: runArgument(node.body) });
      break;
    case "Command":
      addCommand(node, names);
      break;
    case "Assignment":
      names.sets.add(node.name);
      addBareWord(node.index, names.reads);
      break;
    case "For":
    case "Select":
      addBareWord(node.name, names.sets);
      break;
    default:
      addExpression(node, names);
  }
}

/** Adds the variables that an expansion, an arithmetic expression or a test reads or sets. */
function addExpression(node: SyntaxNode, { reads, sets }: ShellNames): void {
  switch (node.type) {
    case "SimpleExpansion":
      addName(node.text.slice(1), reads);
      break;
    case "ParameterExpansion":
      addName(node.parameter, reads);
      addBareWord(node.index, reads);
      if (node.operation?.type === "Default" && node.operation.operator.endsWith("=")) addName(node.parameter, sets);
      break;
    case "ArithmeticWord":
      addName(node.value, reads);
      break;
    case "ArithmeticBinary":
      if (ASSIGNING.has(node.operator) && node.left.type === "ArithmeticWord") addName(node.left.value, sets);
      break;
    case "TestUnary":
      if (node.operator === "-v") addBareWord(node.operand, reads);
      break;
    case "TestBinary":
      if (!ARITHMETIC_TESTS.has(node.operator)) break;
      addBareWord(node.left, reads);
      addBareWord(node.right, reads);
      break;
    default:
  }
}

function addCommand({ name: word, args }: Command, names: ShellNames): void {
  const name = plainText(word);
  if (name === undefined) return;
  const texts = args.map(plainText);
  names.commands.push({ name, args: texts });
  if (name === "trap" && texts[0] !== undefined) {
    const handler = shellNames(texts[0]);
    names.commands.push(...handler.commands);
    for (const read of handler.reads) names.reads.add(read);
  }
  if (name === "export" || name === "readonly") for (const text of texts) addName(text, names.reads);
  if (SETTERS.has(name)) for (const text of texts) addName(text, names.sets);
}

/**
 * Returns the text of a word or assignment without its quotes. Returns undefined for one with an
 * expansion.
 */
function plainText(word: Word | Assignment | undefined): string | undefined {
  if (word === undefined || word.type !== "Word") return undefined;
  const plain = (word.parts ?? []).every(
    (part) =>
      part.type === "Literal" ||
      part.type === "SingleQuoted" ||
      (part.type === "DoubleQuoted" && part.parts.every(({ type }) => type === "Literal")),
  );
  return plain ? word.value : undefined;
}

function addBareWord(word: Word | undefined, names: Set<string>): void {
  addName(plainText(word), names);
}

function addName(name: string | undefined, names: Set<string>): void {
  if (name !== undefined && VARIABLE.test(name)) names.add(name);
}

/**
 * Returns the position of the argument that a function runs as a command, after the arguments that
 * it shifts away.
 */
function runArgument(body: SyntaxNode): number | undefined {
  const commands: Command[] = [];
  visit(body, (node) => {
    if (node.type === "Command") commands.push(node);
  });
  if (!commands.some(({ name }) => name?.text === '"$@"')) return undefined;
  const shifts = commands.filter(({ name }) => name?.text === "shift");
  return shifts.reduce((sum, { args }) => sum + Number(plainText(args[0]) ?? 1), 0);
}
