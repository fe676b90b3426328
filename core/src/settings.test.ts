import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { flag, integer, parseSettings, SettingsError } from './settings.ts';

const SCHEMA = z.object({
  PORT: integer(1, 65_535).default(3_000).describe('where it listens'),
  WARM: flag.default(true),
  NAME: z.string(),
});

describe('settings', () => {
  it('come from variables of their names; empty ones count as not set', () => {
    expect(parseSettings(SCHEMA, { NAME: ' x ', PORT: '80', WARM: 'no', OTHER: 'y' })).toEqual({
      NAME: 'x',
      PORT: 80,
      WARM: false,
    });
    expect(parseSettings(SCHEMA, { NAME: 'x', PORT: '', WARM: '  ' })).toEqual({
      NAME: 'x',
      PORT: 3_000,
      WARM: true,
    });
  });

  it('report all mistakes at once, each with its value and meaning', () => {
    const parse = () => parseSettings(SCHEMA, { PORT: '99999', WARM: 'maybe' });
    expect(parse).toThrow(SettingsError);
    expect(parse).toThrow(/PORT is "99999": .*\(where it listens\)/);
    expect(parse).toThrow(/WARM is "maybe"/);
    expect(parse).toThrow(/NAME is not set/);
  });

  it.each(['1.5', '0x10', '1e3', 'ten', '--1', '0', '65536'])('refuse %j as a port', (PORT) => {
    expect(() => parseSettings(SCHEMA, { NAME: 'x', PORT })).toThrow(/PORT/);
  });
});
