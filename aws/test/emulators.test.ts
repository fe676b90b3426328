import { describeAdapters } from './adapters.ts';
import { startLocalCloud } from './local-cloud.ts';

describeAdapters('on dynalite and fauxqs, as in the embedded cloud', startLocalCloud);
