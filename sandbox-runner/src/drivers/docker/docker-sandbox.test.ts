import Docker from 'dockerode';
import { describeLayer, missingDocker } from '../../../../e2e/support/layers.ts';
import { describeSandbox } from '../../sandbox.contract.ts';
import { createDockerSandbox } from './docker-sandbox.ts';

describeLayer('docker', await missingDocker(), 'the docker driver', () => {
  describeSandbox('docker', {
    create: () =>
      createDockerSandbox({ docker: new Docker(), images: {}, pull: [], slots: 2, owner: 'test' }),
  });
});
