import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ApiError, ERROR_CODES, ERRORS, fieldErrors, formatPath, Problem, toProblem } from './errors.ts';

describe('errors', () => {
  it.each(ERROR_CODES)('%s has a status of errors, a title and advice', (code) => {
    expect(ERRORS[code].status).toBeGreaterThanOrEqual(400);
    expect(ERRORS[code].status).toBeLessThan(600);
    expect(ERRORS[code].title).toMatch(/^[A-Z].*[^.]$/);
    expect(ERRORS[code].advice).toMatch(/^[A-Z].*\.$/);
  });

  it('become problems with what happened and what to do', () => {
    const error = new ApiError('job-not-found', 'The job x is not known.', {
      errors: [{ path: 'jobId', message: 'is not known' }],
    });
    expect(error.status).toBe(404);
    expect(Problem.parse(toProblem(error, 'request-1'))).toEqual({
      type: 'urn:rce:error:job-not-found',
      title: 'There is no such job',
      status: 404,
      detail: `The job x is not known. ${ERRORS['job-not-found'].advice}`,
      code: 'job-not-found',
      instance: 'request-1',
      errors: [{ path: 'jobId', message: 'is not known' }],
    });
  });

  it('keep to themselves what caused them', () => {
    const problem = toProblem(new ApiError('internal', '', { cause: new Error('secret') }));
    expect(JSON.stringify(problem)).not.toContain('secret');
    expect(problem).not.toHaveProperty('errors');
  });

  it.each([
    [[], ''],
    [['a'], 'a'],
    [['tests', 0, 'stdin'], 'tests[0].stdin'],
    [[0, 1], '[0][1]'],
    [['env', 'A.B'], 'env.A.B'],
  ])('name the field %j', (path, text) => {
    expect(formatPath(path)).toBe(text);
  });

  it('list unknown keys one by one, and not without end', () => {
    const { error } = z.strictObject({ a: z.string() }).safeParse({ a: 1, b: 1, c: 1 });
    expect(fieldErrors(error as z.ZodError).map(({ path }) => path)).toEqual(['a', 'b', 'c']);
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`k${n}`, 1]));
    const flood = z.strictObject({}).safeParse(many).error;
    expect(fieldErrors(flood as z.ZodError)).toHaveLength(50);
  });
});
