import Sequencer from '@jest/test-sequencer';

/** Tests that start whole engines, and take minutes. */
const LONG = /\/(web\/test|e2e|test-scripts|attacks|deploy)\//;

/** The long ones begin first, so that no worker is left with one of them at the end. */
export default class LongFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return [
      ...sorted.filter(({ path }) => LONG.test(path)),
      ...sorted.filter(({ path }) => !LONG.test(path)),
    ];
  }
}
