/**
 * Handling of wire objects whose fields nobody has checked: scenarios write events, and faults spoil them.
 *
 * @module
 */

/** A JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value as an object, where it is one. */
export function asFields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** The object without the fields that are undefined: absent says "leave it", and undefined would too. */
export function present(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** The named fields of an object, as far as it has them. */
export function picked(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(
    names.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]),
  );
}
