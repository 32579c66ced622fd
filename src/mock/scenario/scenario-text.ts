/**
 * Reading the text of a scenario: JSON with comments, and where in it each field stands.
 *
 * @module
 */
import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';

/** A place in a text, both counted from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** What is wrong with the text itself. */
export interface TextFault extends TextPlace {
  readonly reason: string;
}

/** Text that has been read. */
export interface ReadText {
  readonly value: unknown;
  /** Where the field at the end of a path begins, or the last field on the way to it that is there. */
  placeOf(path: readonly (string | number)[]): TextPlace;
}

/** Reads JSON with `//` and block comments and trailing commas. Of a name that stands twice the last counts. */
export function readJsonWithComments(text: string): ReadText | TextFault {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error || !root) {
    const reason = error ? sentence(printParseErrorCode(error.error)) : 'it is empty';
    return { ...placeAt(text, error?.offset ?? 0), reason };
  }
  return { value: plainValue(root), placeOf: (path) => placeAt(text, nearest(root, path).offset) };
}

function nearest(root: Node, path: readonly (string | number)[]): Node {
  for (let length = path.length; length > 0; length--) {
    const found = findNodeAtLocation(root, path.slice(0, length));
    // A field is where its name is.
    if (found) return found.parent?.type === 'property' ? found.parent : found;
  }
  return root;
}

function placeAt(text: string, offset: number): TextPlace {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** Objects without a prototype of their own making: a field called `__proto__` is a field. */
function plainValue(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(plainValue);
  if (node.type !== 'object') return node.value;
  const entries = (node.children ?? []).map(({ children = [] }): [string, unknown] => {
    const [name, value] = children;
    return [String(name?.value), value && plainValue(value)];
  });
  return Object.fromEntries(entries);
}

/** `CommaExpected` as words: "comma expected". */
function sentence(code: string): string {
  return code.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).toLowerCase();
}
