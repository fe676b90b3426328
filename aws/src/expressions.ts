/**
 * ExpressionAttributeNames for all `#name` in the expressions. Writing every attribute as `#name` spares
 * us DynamoDB's list of 573 reserved words.
 */
export function attributeNames(...expressions: readonly (string | undefined)[]): Record<string, string> {
  const found = expressions.join(' ').match(/#\w+/g) ?? [];
  return Object.fromEntries(found.map((placeholder) => [placeholder, placeholder.slice(1)]));
}

/**
 * Whether a write failed because its condition did not hold. The item that stood in the way is read by a
 * call of its own: emulators ignore ReturnValuesOnConditionCheckFailure.
 */
export function isConditionFailure(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}

/** Runs a conditional write; undefined when its condition did not hold. */
export async function conditional<Result>(write: Promise<Result>): Promise<Result | undefined> {
  try {
    return await write;
  } catch (error) {
    if (isConditionFailure(error)) return undefined;
    throw error;
  }
}
