/**
 * The arguments of a call against the JSON Schema of its tool.
 *
 * @module
 */

/**
 * Makes a check of a schema: draft 2020-12, or draft 7 where `$schema` says so. The validator is loaded at the first.
 *
 * @returns gives what is wrong with arguments, in words that help the model; undefined for what is right
 * @throws {Error} for what is no schema
 */
export async function argumentsCheck(
  schema: Readonly<Record<string, unknown>>,
): Promise<(args: unknown) => string | undefined> {
  const isDraft7 = String(schema['$schema'] ?? '').includes('draft-07');
  const { Ajv } = isDraft7 ? await import('ajv') : { Ajv: (await import('ajv/dist/2020.js')).Ajv2020 };
  // Keywords and formats that nobody knows are for the model to read.
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, logger: false });
  const isValid = ajv.compile(schema);
  return (args) => {
    if (isValid(args)) return undefined;
    return `the arguments do not fit: ${ajv.errorsText(isValid.errors, { dataVar: 'arguments' })}`;
  };
}
