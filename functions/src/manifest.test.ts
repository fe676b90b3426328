import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { WAIT } from '@rce/core/limits.ts';
import {
  ACCESS,
  FUNCTION_NAMES,
  FUNCTIONS,
  type FunctionDefinition,
  RESOURCE_SETTINGS,
  ROUTES,
} from './manifest.ts';
import { operationOf } from './openapi/document.ts';
import { SETTINGS } from './settings.ts';

describe('the manifest', () => {
  it.each(FUNCTION_NAMES)('lists of %s exactly the settings that it reads', (name) => {
    const { settings, options }: FunctionDefinition = FUNCTIONS[name];
    // Lambda, or whoever is in its place, gives every function those of its own.
    const read = Object.keys(SETTINGS[name].shape).filter((setting) => !setting.startsWith('AWS_'));
    expect([...settings, ...options].toSorted()).toEqual(read.toSorted());
    expect(RESOURCE_SETTINGS).toEqual(expect.arrayContaining([...settings]));
  });

  it.each(FUNCTION_NAMES)('names the file of %s', (name) => {
    expect(existsSync(new URL(`../${FUNCTIONS[name].entry}`, import.meta.url))).toBe(true);
  });

  it.each(FUNCTION_NAMES)('gives %s no right that it does not list', (name) => {
    const { access }: FunctionDefinition = FUNCTIONS[name];
    for (const right of access)
      expect(ACCESS[right].actions.every((action) => !action.includes('*'))).toBe(true);
  });

  it('has one function per route, each of which the API document describes', () => {
    const routes = ROUTES.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(routes).size).toBe(routes.length);
    for (const route of ROUTES) expect(operationOf(route).summary).not.toBe('');
  });

  it('starts every function by something', () => {
    for (const name of FUNCTION_NAMES) {
      const { routes, queue, scheduleEveryMs }: FunctionDefinition = FUNCTIONS[name];
      expect(routes.length > 0 || queue !== undefined || scheduleEveryMs !== undefined).toBe(true);
    }
  });

  it('lets functions with routes answer before the gateway gives up, and wait as long as callers may', () => {
    for (const { name } of ROUTES) expect(FUNCTIONS[name].timeoutSeconds).toBeLessThan(29);
    for (const name of ['submit', 'status'] as const)
      expect(FUNCTIONS[name].timeoutSeconds).toBeGreaterThan(WAIT.maxSeconds + 1);
  });
});
